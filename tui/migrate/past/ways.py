"""The ways on from what a run left unfinished: what each is called, and the plan of those that run or record something.

    plan = plan_way(project, listing, found, Way.RESUME, reason)

Pure. The ways that are no run of files are gone in `settling`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tui.migrate.plans.action import Action
from tui.migrate.plans.planning import RunPlan, planned_file

if TYPE_CHECKING:
    from tui.migrate.past.recovery import Unfinished
    from tui.migrate.source.project import Project
    from tui.migrate.states import Listing


class Way(StrEnum):
    """How to go on."""

    END = "end"
    """End the backend that still runs."""
    RESUME = "resume"
    """Go on behind the last statement that is known to be done."""
    RESUME_AFTER = "resume-after"
    """Go on behind the statement that was begun: somebody looked, and it is done."""
    MARK = "mark"
    """Record the file as done: a person did the rest."""
    MARK_PENDING = "mark-pending"
    """Record it as not done: a person undid what was done."""
    REVERT = "revert"
    """Run its downgrade, statement by statement."""
    RESTORE = "restore"
    """Put the copy of the SQLite database back that was made before the run."""
    SEEN = "seen"
    """Nothing is to be done."""


NEED_REASON: Final = (Way.MARK, Way.MARK_PENDING)
"""Ways that somebody must give a reason for: what is recorded then is their word."""


def plan_way(project: Project, listing: Listing, found: Unfinished, way: Way, reason: str = "") -> RunPlan:
    """The plan of a way that runs or records something: not of END, RESTORE and SEEN. Never raises: see `refusals`."""
    entry = next((each for each in listing.entries if each.version == found.version), None)
    expected = listing.expected
    refusals = []
    if entry is None or entry.file is None:
        return RunPlan(project, (), expected, (f"The file of {found.version} is gone.",))
    if way not in found.ways:
        refusals.append(f"{way} is no way on for {found.version}.")
    if way in NEED_REASON and not reason.strip():
        refusals.append("A reason is needed: what is recorded is your word.")
    is_down = found.action == Action.REVERT
    resume = {}
    match way:
        case Way.RESUME | Way.RESUME_AFTER:
            action = Action.REVERT if is_down else Action.APPLY
            resume = {entry.version: found.done if way is Way.RESUME else found.begun}
        case Way.MARK:
            action = Action.UNSTAMP if is_down else Action.STAMP
        case Way.MARK_PENDING:
            action = Action.UNSTAMP
        case _:
            action = Action.REVERT
    return RunPlan(
        project, (planned_file(entry),), expected, tuple(refusals), action=action, reason=reason.strip(), resume=resume
    )


def way_words(found: Unfinished, way: Way) -> str:
    """What a way does, in a line for a list or a button's dialog."""
    version, next_one = found.version or "", found.done + 1
    of = f" of {found.statements}" if found.statements else ""
    match way:
        case Way.END:
            return f"End pid {found.backend.pid if found.backend else '?'}: what it had not committed is undone"
        case Way.RESUME:
            again = ", which was begun" if found.begun > found.done else ""
            return f"Resume {version} with statement {next_one}{of}{again}"
        case Way.RESUME_AFTER:
            return f"Resume {version} behind statement {found.begun}{of}: you looked, and it is done"
        case Way.MARK:
            word = "reverted" if found.action == Action.REVERT else "applied"
            return f"Record {version} as {word}, without running anything: you did the rest"
        case Way.MARK_PENDING:
            return f"Record {version} as not applied, without running anything: you undid it"
        case Way.REVERT:
            return f"Run the downgrade of {version}, statement by statement"
        case Way.RESTORE:
            return f"Put back the copy from before the run: {found.backup.name if found.backup else ''}"
    return "Seen: do not show this again"
