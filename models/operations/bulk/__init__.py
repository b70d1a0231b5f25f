"""One verb on many users: a selection frozen, a plan shown, batches applied, a result for each user.

``plan_bulk(actor, selection, verb, *, reason="", ticket="") -> BulkPlan``: reads only.
``apply_bulk(plan, *, progress=None, cancel=None, journal=None) -> BulkOutcome``: up to 10 000 users in one transaction,
more in batches. With the same plan it goes on where it was stopped. `cancel` is an `asyncio.Event`, looked at between
batches; `journal` a path for a file that outlives the process.
``pending_jobs(directory) -> tuple[PendingJob, ...]`` and ``resume(path, actor) -> BulkPlan``: after a crash.
``retry(outcome) -> BulkPlan``: the failures only, frozen anew. ``export_results(outcome, path, *, only=None)``: CSV.

The whole surface is imported from here. What matches a query is frozen by `tui.browse.selection`.
"""
