"""The ways on that are no run of files: end a statement, put a copy back, and say that something was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.migrate.backups import restore_copy
from tui.migrate.past.deeds import Deed, note_deed
from tui.migrate.past.history import end_backend
from tui.migrate.past.journals import mark_told
from tui.migrate.past.ways import Way

if TYPE_CHECKING:
    from tui.migrate.past.recovery import Unfinished
    from tui.migrate.source.project import Project


class NotSettled(Exception):
    """What was wanted could not be done; the message says why, and that nothing was changed."""


async def settle(project: Project, found: Unfinished, way: Way) -> str:
    """Goes one of the ways END, RESTORE and SEEN; a sentence on what was done. Raises NotSettled."""
    match way:
        case Way.END:
            assert found.backend is not None
            if not await end_backend(project, found.backend):
                return f"pid {found.backend.pid} was gone already."
            said = await note_deed(project, Deed.END, f"pid {found.backend.pid}", reason=found.backend.query[:500])
            return f"pid {found.backend.pid} was ended; what it had not committed is undone. {said}".strip()
        case Way.RESTORE:
            assert found.backup is not None
            database = found.backup.with_name(found.backup.name.rpartition(".backup-")[0])
            done = await restore_copy(database, found.backup)
            if done.fault:
                raise NotSettled(done.sentence)
            mark_settled(found)
            said = await note_deed(project, Deed.RESTORE, found.backup.name, reason=found.sentence)
            return (
                f"{database.name} is as it was before the run. What was there now is in {done.before}. {said}".strip()
            )
    mark_settled(found)
    run = found.journals[0].stem if found.journals else "a run"
    said = await note_deed(project, Deed.ASIDE, run, reason=found.sentence)
    return f"It is not shown again. {said}".strip()


def mark_settled(found: Unfinished) -> None:
    """The run is not brought up again."""
    for path in found.journals:
        mark_told(path)
