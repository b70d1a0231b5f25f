"""Which files would be recorded as applied without being run, and which rows forgotten, and why not. Pure.

plan_stamp(project, listing, "12", reason=...)                 that one
plan_stamp(project, listing, "12", up_to=True, reason=...)     every pending one up to and with it
plan_unstamp(project, listing, "12", reason=...)               its row goes; the tables stay as they are

Nothing of a file's SQL is run either way: only Aerich's rows say something else afterwards. So a reason is asked for,
and kept in the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tui.migrate.plans.action import Action
from tui.migrate.plans.planning import Caution, PlannedFile, RunPlan, common_refusals, planned_file
from tui.migrate.states import Entry, Listing, State
from tui.migrate.wording import listed

if TYPE_CHECKING:
    from tui.migrate.source.project import Project

NO_REASON: Final = "Say why: nothing is run, so the reason is all that tells later what happened here."


def plan_stamp(
    project: Project,
    listing: Listing,
    which: str,
    *,
    reason: str,
    up_to: bool = False,
    writable: bool = True,
    read_only: str = "",
) -> RunPlan:
    """`which` is a version, a name or a number. Never raises: what is wrong is in `refusals`."""
    entry, refusal = _one(listing, which, [each for each in listing.find(which) if each.is_pending], "is not pending")
    chosen: Sequence[Entry] = ()
    if entry is not None:
        pending = listing.pending
        chosen = pending[: pending.index(entry) + 1] if up_to else (entry,)
    refusals = [refusal] if refusal else []
    refusals.extend(
        f"{each.version} cannot be read{f' (line {each.line})' if each.line else ''}: {each.note}"
        for each in chosen
        if each.file is not None and each.file.unreadable is not None
    )
    return _plan(
        project,
        listing,
        Action.STAMP,
        tuple(planned_file(each) for each in chosen),
        refusals,
        tuple(_cautions(listing, chosen, up_to=up_to)),
        reason,
        writable=writable,
        read_only=read_only,
    )


def plan_unstamp(
    project: Project, listing: Listing, which: str, *, reason: str, writable: bool = True, read_only: str = ""
) -> RunPlan:
    """Forgets the row of an applied one, of a file that is gone as well; of several rows of one file all but one."""
    entry, refusal = _one(
        listing, which, [each for each in listing.find(which) if each.is_applied], "has no row to forget"
    )
    files: tuple[PlannedFile, ...] = ()
    cautions: tuple[Caution, ...] = ()
    if entry is not None:
        files = (_planned(entry),)
        cautions = (Caution(entry.state, entry.version, _what_is_forgotten(listing, entry)),)
    return _plan(
        project,
        listing,
        Action.UNSTAMP,
        files,
        [refusal] if refusal else [],
        cautions,
        reason,
        writable=writable,
        read_only=read_only,
    )


def _plan(
    project: Project,
    listing: Listing,
    action: Action,
    files: tuple[PlannedFile, ...],
    refusals: list[str],
    cautions: tuple[Caution, ...],
    reason: str,
    *,
    writable: bool,
    read_only: str,
) -> RunPlan:
    refusals = [
        *(refusals if listing.is_known else ()),
        *common_refusals(listing, writable=writable, read_only=read_only),
    ]
    if not reason.strip():
        refusals.append(NO_REASON)
    return RunPlan(
        project,
        files,
        listing.expected,
        tuple(refusals),
        cautions,
        action=action,
        reason=reason.strip(),
        at_once=len(files) > 1,
    )


def _one(listing: Listing, which: str, fit: list[Entry], why_not: str) -> tuple[Entry | None, str]:
    found = listing.find(which)
    if not found:
        return None, f"There is no migration {which!a}."
    if not fit:
        return None, f"{found[0].version} {why_not}: it is {found[0].state}."
    if len(fit) > 1:
        return None, f"{which} is more than one migration: {listed([each.version for each in fit], 'and')}. Name one."
    return fit[0], ""


def _planned(entry: Entry) -> PlannedFile:
    if entry.file is not None and entry.file.number is not None:
        return planned_file(entry)
    # A file that is gone has no hash: the worker looks for none.
    return PlannedFile(entry.version, entry.number or 0, entry.name, "", True, False, True)


def _what_is_forgotten(listing: Listing, entry: Entry) -> str:
    if len(entry.row_ids) > 1:
        spare = len(entry.row_ids) - 1
        return f"It has {len(entry.row_ids)} rows: {spare} {'go' if spare > 1 else 'goes'}, the oldest stays."
    if entry.file is None:
        return "Its file is not here: nothing will say any more that it was applied, and what it did stays."
    later = [each.version for each in listing.applied if each.number is not None and each.number > (entry.number or 0)]
    again = "The next upgrade, of plain aerich too, runs it again: what it made has to be gone by then."
    return f"{again} {len(later)} later {'are' if len(later) > 1 else 'is'} applied." if later else again


def _cautions(listing: Listing, chosen: Sequence[Entry], *, up_to: bool) -> Iterator[Caution]:
    for entry in chosen:
        if entry.state is State.PARTIAL:
            yield Caution(entry.state, entry.version, f"{entry.note} Stamped, it counts as done.".strip())
        elif entry.state is State.SAME_NUMBER:
            yield Caution(entry.state, entry.version, entry.note)
        if entry.file is not None and entry.file.up.is_program:
            yield Caution(entry.state, entry.version, "It is a program: what it does to rows is not done.")
    if chosen and not up_to:
        before = [each.version for each in listing.pending[: listing.pending.index(chosen[0])]]
        if before:
            words = listed(before if len(before) <= 3 else [*before[:3], f"{len(before) - 3} more"], "and")
            stay = "stay" if len(before) > 1 else "stays"
            sentence = f"{words} before it {stay} pending, and out of order then."
            yield Caution(chosen[0].state, chosen[0].version, sentence)


__all__ = ["NO_REASON", "plan_stamp", "plan_unstamp"]
