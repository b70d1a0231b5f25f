"""History as it is listed: the log's records, and Aerich's rows that nobody wrote down. Pure.

    lines = chronicle(records, rows, app)        newest first

A row that plain `aerich` wrote stands behind the last of ours whose row has a smaller id; when it was, and by whom, is
unknown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.past.records import Record
from tui.sanitise import sanitise

if TYPE_CHECKING:
    from tui.migrate.applied import AppliedRow

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done. `record` None: plain `aerich` did it."""

    version: str
    record: Record | None
    row_id: int | None = None

    @property
    def key(self) -> tuple[str, str, int | None]:
        """What the line is known by in a list."""
        return (self.record.run if self.record is not None else "", self.version, self.row_id)

    @property
    def what(self) -> str:
        """`apply`, `apply failed`, `stamp`; `applied` for a row without a record."""
        record = self.record
        if record is None:
            return "applied"
        return record.action if record.is_done else f"{record.action} {sanitise(record.outcome, 20)}"

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        if self.record is not None:
            return self.record.as_json()
        return {"id": None, "version": self.version, "action": "apply", "outcome": UNKNOWN, "aerich_id": self.row_id}


def chronicle(records: Iterable[Record], rows: Iterable[AppliedRow], app: str) -> tuple[Line, ...]:
    """Everything that is known to have been done to the app, the newest first."""
    ours = [record for record in records if record.app == app]
    known = {(record.version, record.aerich_id) for record in ours if record.aerich_id is not None}
    others = sorted((row for row in rows if row.app == app and (row.version, row.id) not in known), key=lambda r: r.id)
    places = sorted((record.aerich_id, place) for place, record in enumerate(ours) if record.aerich_id is not None)
    ids = [number for number, _ in places]
    last = list(accumulate((place for _, place in places), max))
    behind: dict[int, list[AppliedRow]] = {}
    for row in others:
        smaller = bisect_left(ids, row.id)
        behind.setdefault(last[smaller - 1] if smaller else -1, []).append(row)
    lines = [_unknown(row) for row in behind.get(-1, ())]
    for place, record in enumerate(ours):
        lines.append(Line(record.version, record, record.row))
        lines.extend(_unknown(row) for row in behind.get(place, ()))
    return tuple(reversed(lines))


def _unknown(row: AppliedRow) -> Line:
    return Line(row.version, None, row.id)


def when_words(record: Record | None) -> str:
    """`2026-03-02 12:00` in local time."""
    if record is None or record.started_at is None:
        return UNKNOWN
    try:
        return f"{record.started_at.astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return UNKNOWN


def took_words(record: Record | None) -> str:
    """`40 ms`, `1.2 s`, `3 min`, `2.5 h`; nothing while it is not known."""
    if record is None or record.took_ms is None or record.took_ms < 0:
        return ""
    ms = record.took_ms
    if ms < 1000:
        return f"{ms} ms"
    for unit, size in (("s", 1000), ("min", 60_000)):
        if ms < 60 * size:
            return f"{ms / size:.1f} {unit}" if ms < 10 * size else f"{ms / size:.0f} {unit}"
    return f"{min(ms / 3_600_000, 9999):.1f} h"


def who_words(record: Record | None) -> str:
    """The actor, or that nobody knows."""
    return (sanitise(record.actor, 120) or UNKNOWN) if record is not None else UNKNOWN


def how_far(record: Record) -> str:
    """`3 statements`, or `1 of 3 statements`."""
    if record.is_done or not record.statements:
        return f"{record.statements} statement{'' if record.statements == 1 else 's'}"
    return f"{record.done} of {record.statements} statements"


def summary(lines: Sequence[Line]) -> str:
    """`12 entries, 3 without a record`."""
    count = sum(line.record is None for line in lines)
    return f"{len(lines)} entries" + (f", {count} without a record" if count else "")
