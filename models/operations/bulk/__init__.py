"""One verb on many users: a selection frozen, a plan shown, batches applied, a result for each user.

``plan_bulk(actor, selection, verb, *, reason="", ticket="") -> BulkPlan``: reads only.
``apply_bulk(plan, *, progress=None, cancel=None, journal=None) -> BulkOutcome``: up to 10 000 users in one transaction,
more in batches. With the same plan it goes on where it was stopped. `cancel` is an `asyncio.Event`, looked at between
batches; `journal` a path for a file that outlives the process.
``pending_jobs(directory) -> tuple[PendingJob, ...]`` and ``resume(path, actor) -> BulkPlan``: after a crash.
``retry(outcome) -> BulkPlan``: the failures only, frozen anew.
``export_results(outcome, path, visible, *, only=None)``: CSV.

The whole surface is imported from here. What matches a query is frozen by `tui.browse.lists.selection`.
"""

from models.operations.bulk.journal import JournalError, PendingJob, job_path, pending_jobs
from models.operations.bulk.plan import (
    ATOMIC,
    BulkOutcome,
    BulkPlan,
    BulkProgress,
    BulkStatus,
    Excluded,
    Sample,
)
from models.operations.bulk.planning import plan_bulk
from models.operations.bulk.results import export_results, labels, resume, retry
from models.operations.bulk.running import apply_bulk
from models.operations.bulk.selection import MOST, Selection, TooMany, freeze_ids
from models.operations.bulk.verbs import (
    SETTABLE,
    VERBS,
    Activate,
    Deactivate,
    ForceChange,
    GrantRole,
    RevokeRole,
    RevokeSessions,
    SetField,
    SoftDelete,
    Undo,
    Unlock,
    Verb,
)
from models.operations.bulk.verdicts import RowResult, Verdict

__all__ = [
    "ATOMIC",
    "MOST",
    "SETTABLE",
    "VERBS",
    "Activate",
    "BulkOutcome",
    "BulkPlan",
    "BulkProgress",
    "BulkStatus",
    "Deactivate",
    "Excluded",
    "ForceChange",
    "GrantRole",
    "JournalError",
    "PendingJob",
    "RevokeRole",
    "RevokeSessions",
    "RowResult",
    "Sample",
    "Selection",
    "SetField",
    "SoftDelete",
    "TooMany",
    "Undo",
    "Unlock",
    "Verb",
    "Verdict",
    "apply_bulk",
    "export_results",
    "freeze_ids",
    "job_path",
    "labels",
    "pending_jobs",
    "plan_bulk",
    "resume",
    "retry",
]
