"""What a person did to a database of migrations that is no run of a file, written to the log beside the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.migrate.past.journals import log_order
from tui.migrate.past.records import Deed
from tui.migrate.running.jobs import run_job
from tui.migrate.source.project import Project, ProjectError
from tui.sanitise import sanitise

if TYPE_CHECKING:
    from models.operations import Actor

__all__ = ["Deed", "note_deed"]


async def note_deed(project: Project, deed: Deed, what: str, *, actor: Actor | None = None, reason: str = "") -> str:
    """Adds the row; "" or a sentence on why the table has none. `what` stands where a run has its file: the copy that
    was put back, the pid. Raises nothing: what was done stays done.
    """
    order = {"job": "note", "action": str(deed), "what": what, "log": log_order(project, actor, reason)}
    try:
        end = await run_job(project, order)
    except (ProjectError, OSError) as error:
        return f"That is in no log: {sanitise(str(error), 600)}"
    if end.fault is not None:
        return f"That is in no log: {end.fault.message}"
    return sanitise(end.values.get("log"), 600)
