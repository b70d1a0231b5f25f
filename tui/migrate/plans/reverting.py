"""Which files would be reverted, exactly, and why not. Pure: a plan is a value, made from a listing, executing nothing.

plan_revert(project, listing, "11")          to just after 11: what stands behind it goes, 11 itself stays
plan_revert_last(project, listing)           the one that was applied last
plan_revert_all(project, listing)            every one, the first too

Aerich's own `downgrade -v 11` reverts 11 too, each file by itself. Here it stays, and all that go are one transaction
where their files allow it: the newest first, in the order in which Aerich recorded them. No file is ever deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.migrate.plans.action import Action
from tui.migrate.plans.planning import Caution, PlannedFile, RunPlan, common_refusals, planned_file
from tui.migrate.process.sql.ddl import deeds_of
from tui.migrate.source.files import number_of
from tui.migrate.states import Entry, Listing, State
from tui.migrate.wording import listed, numbers

if TYPE_CHECKING:
    from tui.migrate.source.project import Project
    from tui.migrate.source.scripts import Script


def plan_revert(
    project: Project, listing: Listing, after: str, *, writable: bool = True, read_only: str = "", reason: str = ""
) -> RunPlan:
    """Everything applied that stands behind `after` (a version, a name or a number) in the list, newest first.

    Never raises: what is wrong is in `refusals`. Missing, unreadable, irreversible and half-done ones refuse.
    """
    chosen, refusals = _behind(listing, after)
    return _plan(project, listing, chosen, refusals, writable=writable, read_only=read_only, reason=reason)


def why_no_revert(listing: Listing, after: str, *, writable: bool = True, read_only: str = "") -> str:
    """The first refusal of that plan, "" when there is none: without reading any SQL, for a key that is greyed."""
    chosen, refusals = _behind(listing, after)
    ordered = sorted(chosen, key=_recorded, reverse=True)
    return next(_refusals(listing, ordered, refusals, writable=writable, read_only=read_only), "")


def plan_revert_last(
    project: Project, listing: Listing, *, writable: bool = True, read_only: str = "", reason: str = ""
) -> RunPlan:
    """The one that was applied last, whatever its number."""
    newest = sorted(listing.applied, key=_recorded)[-1:]
    return _plan(project, listing, newest, _none(listing), writable=writable, read_only=read_only, reason=reason)


def plan_revert_all(
    project: Project, listing: Listing, *, writable: bool = True, read_only: str = "", reason: str = ""
) -> RunPlan:
    """Everything that is applied."""
    return _plan(
        project, listing, listing.applied, _none(listing), writable=writable, read_only=read_only, reason=reason
    )


def what_stays(plan: RunPlan) -> str:
    """`0 to 11 stay applied.`, or that nothing does."""
    gone = set(plan.versions)
    stay = [version for app, version in plan.expected if app == plan.project.app and version not in gone]
    known = [number for version in stay if (number := number_of(version)) is not None]
    if not stay:
        return "None stays applied."
    words = numbers(known) if len(known) == len(stay) else listed(stay)
    return f"{words} {'stay' if len(set(stay)) > 1 else 'stays'} applied."


def _plan(
    project: Project,
    listing: Listing,
    chosen: Sequence[Entry],
    refusals: list[str],
    *,
    writable: bool,
    read_only: str,
    reason: str,
) -> RunPlan:
    ordered = sorted(chosen, key=_recorded, reverse=True)
    refusals = list(_refusals(listing, ordered, refusals, writable=writable, read_only=read_only))
    files = tuple(_planned(entry) for entry in ordered if entry.file is not None)
    at_once = all(file.transactional for file in files)
    return RunPlan(
        project,
        files if len(files) == len(ordered) else (),
        listing.expected,
        tuple(refusals),
        tuple(_cautions(listing, ordered)),
        action=Action.REVERT,
        reason=reason,
        at_once=at_once and len(files) > 1,
    )


def _behind(listing: Listing, after: str) -> tuple[Sequence[Entry], list[str]]:
    """What is applied behind a file, and why that is nothing."""
    target, refusal = _applied(listing, after)
    if target is None:
        return (), [refusal]
    applied = listing.applied
    chosen = applied[applied.index(target) + 1 :]
    nothing = f"Nothing is applied behind {target.version}: it is the last one. Choose the one to go back to."
    return chosen, [] if chosen else [nothing]


def _refusals(
    listing: Listing, ordered: Sequence[Entry], first: Sequence[str], *, writable: bool, read_only: str
) -> Iterator[str]:
    if listing.is_known:
        yield from first
    yield from common_refusals(listing, writable=writable, read_only=read_only)
    yield from (sentence for entry in ordered if (sentence := _why_not(entry)))
    for entry in listing.entries:
        if entry.state is State.PARTIAL and entry not in ordered:
            yield f"{entry.version} is half done: recover it first."


def _planned(entry: Entry) -> PlannedFile:
    """As planned for applying, but outside of a transaction too where only its downgrade cannot be in one."""
    return replace(planned_file(entry), transactional=_is_transactional(entry))


def _is_transactional(entry: Entry) -> bool:
    file = entry.file
    return file is not None and file.transactional and not _needs_none(file.down)


def _needs_none(script: Script) -> bool:
    sql = script.sql or ""
    # What a statement does is read only where the word stands: there may be a thousand files.
    return "CONCURRENTLY" in sql.upper() and any(deed.concurrently for deed in deeds_of(sql, "postgres"))


def _why_not(entry: Entry) -> str:
    """Why an applied one cannot be reverted."""
    file = entry.file
    if file is None:
        return f"{entry.version} cannot be taken back. {entry.note}"
    if file.unreadable is not None:
        where = f" (line {file.unreadable.line})" if file.unreadable.line else ""
        return f"{entry.version} cannot be read{where}: {file.unreadable.sentence}"
    if entry.state is State.PARTIAL:
        return f"{entry.version} is half done: recover it first."
    if file.irreversible:
        return f"{entry.version} cannot be taken back: it has no downgrade, or an empty one."
    return ""


def _cautions(listing: Listing, ordered: Sequence[Entry]) -> Iterator[Caution]:
    """What the person must have seen, by file and then about the order."""
    for entry in ordered:
        for sentence in _of_entry(entry):
            yield Caution(entry.state, entry.version, sentence)
    outside = [entry for entry in ordered if not _is_transactional(entry)]
    if outside and len(ordered) > 1:
        first = outside[0]
        yield Caution(
            first.state, first.version, "This is not one transaction: if one file fails, those before it stay reverted."
        )
    gone = {entry.version for entry in ordered}
    oldest = min(map(_recorded, ordered), default=0)
    for entry in listing.applied:
        # Most of what stays is older than all that goes.
        if entry.version not in gone and ordered and oldest < _recorded(entry):
            older = [each for each in ordered if _recorded(each) < _recorded(entry)]
            words = listed([each.version for each in older])
            yield Caution(entry.state, entry.version, f"It stays, and was applied after {words}: it may rest on that.")
    by_number = sorted(ordered, key=lambda entry: entry.number or 0, reverse=True)
    if by_number != list(ordered) and ordered:
        words = listed([str(entry.number) for entry in ordered])
        yield Caution(
            ordered[0].state, ordered[0].version, f"They were applied out of order: reverted are {words}, newest first."
        )


def _of_entry(entry: Entry) -> Iterator[str]:
    file = entry.file
    if file is None or file.unreadable is not None:
        return
    if entry.state is State.CHANGED:
        yield "The file was changed after it was applied: the SQL that it has now is run."
    if entry.state is State.FAKED:
        yield "It was stamped, not run: its SQL is run all the same. To forget the row only, un-stamp it."
    if len(entry.row_ids) > 1:
        yield f"Aerich's table has it {len(entry.row_ids)} times: its SQL is run once, and all its rows go."
    if file.down.is_program or file.down.sql is None:
        yield "Its downgrade is a program: only running it tells what it does."
    if not _is_transactional(entry):
        why = ", since it has CONCURRENTLY in it" if file.transactional else ""
        yield f"It runs outside a transaction{why}: what fails half-way stays half-way."


def _applied(listing: Listing, text: str) -> tuple[Entry | None, str]:
    """The applied one that a person means, or why there is none."""
    found = listing.find(text)
    applied = [entry for entry in found if entry.is_applied]
    if not found:
        return None, f"There is no migration {text!a}."
    if not applied:
        return None, f"{found[0].version} is not applied: it is {found[0].state}."
    if len(applied) > 1:
        return None, f"{text} is more than one migration: {listed([each.version for each in applied])}. Name one."
    return applied[0], ""


def _none(listing: Listing) -> list[str]:
    return [] if listing.applied else ["Nothing is applied."]


def _recorded(entry: Entry) -> int:
    """When it was recorded, by the newest of its rows."""
    return max(entry.row_ids, default=0)
