"""Migrations without the interface: files read as text, the applied state, and the worker process that applies.

The doors, each in its module: `project.load_project` and `own_project`, `listing.look`, `preview`, `sql_of` and
`pending_preview`, `apply.plan_apply`, `plan_next` and `apply_plan`, `consent.has_consent` and `remember_consent`.
Nothing here imports Textual, and nothing but `process/` runs a project's code.
"""
