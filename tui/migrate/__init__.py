"""Migrations without the interface: projects read as text, plans made of what is read, and the worker that runs them.

    source      a project as it lies on the disk
    listing     files and rows put together: `look`, and what each file says
    plans       what would be done, as values
    running     the worker process from outside: `apply.apply_plan`, `jobs.run_job`
    past        what was run, and what a run that was cut off left
    lint, drift, dry_run, make      each a question of its own
    process     the worker process itself

Nothing here imports Textual, and nothing but `process` runs a project's code.
"""
