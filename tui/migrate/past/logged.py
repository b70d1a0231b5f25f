"""What our own log adds to a list of migrations: CHANGED, FAKED, PARTIAL, and who ran what. Pure.

Rows that plain `aerich` applied have no record, and stay as they are.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from tui.migrate.past.records import Record, standing
from tui.migrate.plans.action import Action
from tui.migrate.states import Entry, Listing, State, problems_of
from tui.sanitise import sanitise


def with_records(listing: Listing, records: Iterable[Record], live: Container[str] = ()) -> Listing:
    """The listing with what our log knows of each entry. `records` oldest first; `live`: ids of runs that go on now."""
    by_version: dict[str, list[Record]] = {}
    for record in records:
        if record.app == listing.app:
            by_version.setdefault(record.version, []).append(record)
    if not by_version or not listing.is_known:
        return listing
    entries = tuple(_with(entry, by_version.get(entry.version, ()), live) for entry in listing.entries)
    return replace(listing, entries=entries, problems=problems_of(entries, listing.ahead))


def _with(entry: Entry, records: Sequence[Record], live: Container[str]) -> Entry:
    record = standing(records, entry.row_ids)
    return entry if record is None else _with_record(entry, record, live)


def _with_record(entry: Entry, record: Record, live: Container[str]) -> Entry:
    if record.is_half:
        if entry.file is None or entry.state is State.DUPLICATE_ROWS:
            return entry
        if record.run in live:
            return replace(entry, record=record, note=f"It runs now, begun by {sanitise(record.actor, 80)}.")
        return replace(entry, state=State.PARTIAL, record=record, note=half_sentence(record))
    found = replace(entry, record=record)
    if entry.state is not State.APPLIED or entry.file is None:
        return found
    if record.action == Action.STAMP:
        why = f": {sanitise(record.reason, 200)}" if record.reason else ""
        return replace(
            found,
            state=State.FAKED,
            note=f"{sanitise(record.actor, 80)} recorded it as applied without running it{why}.",
        )
    if record.source_sha256 != entry.file.sha256:
        note = "The file is no longer what was run. c shows the difference."
        return replace(found, state=State.CHANGED, note=note)
    return found


def half_sentence(record: Record) -> str:
    """How far a file without a transaction came: `It stopped after statement 2 of 5; statement 3 was begun.`"""
    total = f" of {record.statements}" if record.statements else ""
    word = "Reverting it" if record.action == Action.REVERT else "It"
    far = f"{word} stopped after statement {record.done}{total}" if record.done else f"{word} stopped"
    if record.begun > record.done:
        begun = f"statement {record.begun}{'' if record.done else total} was begun, and may be done or not"
        return f"{far}; {begun}." if record.done else f"{word} stopped in its first statements: {begun}."
    return f"{far}." if record.done else f"{word} stopped before its first statement."
