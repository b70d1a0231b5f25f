"""Events of the audit in words: the columns of the list, times in the operator's zone, values of a change. No widget.

Everything that comes from the database goes through `safe` here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from textual.content import Content

from models.operations.text import grouped
from tui.browse.audit.events import AuditRow, Span
from tui.browse.audit.query import AuditQuery
from tui.terminal.safe import safe, safe_whole
from tui.widgets.keyset_columns import Cell, Column, Tone
from tui.widgets.keyset_window import Window

NONE: Final = Content("–")
UNREADABLE: Final = "unreadable"

_TONES: Final = {"ok": Tone.QUIET, "denied": Tone.CAUTION, "conflict": Tone.CAUTION}
_BY_ITSELF: Final = frozenset({"user", "session", "auth"})
"""What an action is on, where the verb alone says it: `users.reset_password` is "reset password"."""


def now_here() -> datetime:
    """Now, in the operator's zone."""
    return datetime.now().astimezone()


def columns(clock: Callable[[], datetime]) -> Sequence[Column[AuditRow]]:
    """The columns of the list; `clock` tells which times are today's, whenever a row is drawn."""
    return (
        Column("when", "WHEN", 12, lambda row: Cell(Content(short_time(row.at, clock()))), pinned=True),
        Column("actor", "ACTOR", 9, lambda row: Cell(actor(row)), grow=2),
        Column("action", "ACTION", 15, lambda row: Cell(safe(verb(row.action), 60)), grow=1),
        Column("target", "TARGET", 12, lambda row: Cell(target(row)), grow=3),
        Column("outcome", "OUTCOME", 8, _outcome),
        Column("changed", "CHANGED", 10, _changed, grow=3),
        Column("why", "REASON", 14, _why, grow=4, from_width=110),
        Column("via", "VIA", 6, lambda row: Cell(safe(row.actor_kind, 10), Tone.QUIET), from_width=140),
        Column("seq", "SEQ", 7, lambda row: Cell(safe(number(row.seq), 24), Tone.QUIET), right=True, from_width=110),
    )


def short_time(at: datetime | None, now: datetime) -> str:
    """`14:03` today, `12 Nov 10:01` or `2024-11-12`, in the operator's zone."""
    if at is None:
        return UNREADABLE
    local = at.astimezone()
    if local.date() == now.date():
        return f"{local:%H:%M}"
    if local.year == now.year:
        return f"{local.day} {local:%b %H:%M}"
    return f"{local:%Y-%m-%d}"


def full_time(at: datetime | None) -> str:
    """`Tue 12 Nov 2024 10:01:07 CET (2024-11-12 09:01:07 UTC)`: the operator's zone, then UTC."""
    if at is None:
        return UNREADABLE
    local = at.astimezone()
    return f"{local:%a} {local.day} {local:%b %Y %H:%M:%S %Z} ({at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"


def verb(action: str) -> str:
    """An action's codename as a person says it: `users.edit` is "edit", `roles.grant` is "grant role"."""
    noun, dot, words = action.partition(".")
    if not dot or not words:
        return action.replace("_", " ")
    thing = noun.removesuffix("s").replace("_", " ")
    said = words.replace("_", " ")
    return said if thing in _BY_ITSELF else f"{said} {thing}"


def actor(row: AuditRow) -> Content:
    """Who acted, by the name kept with the event."""
    return safe(row.actor_label or "nobody", 120)


def target(row: AuditRow) -> Content:
    """On whom or what: `alice #4711`."""
    parts = [safe(row.target_label, 120)] if row.target_label else []
    if row.target_id is not None:
        parts.append(safe(f"#{row.target_id}", 24))
    return Content(" ").join(parts) if parts else safe(row.target_type, 24)


def field(name: str) -> Content:
    """A field as a person calls it: `hashed_password`, of which nothing is ever shown, is "password"."""
    return safe(name.removeprefix("hashed_").replace("_", " "), 60)


def value(stored: object) -> Content:
    """A value of a change as it is shown: `nothing`, `yes`, `no`, or itself."""
    if stored is None or stored == "":
        return Content("nothing")
    if isinstance(stored, bool):
        return Content("yes" if stored else "no")
    if isinstance(stored, list):
        return Content(", ").join([value(item) for item in stored]) if stored else Content("nothing")
    return safe_whole(stored, 2000)


def number(count: object) -> str:
    """`1 204 551`."""
    return grouped(count) if isinstance(count, int) else str(count)


def found_line(window: Window[AuditRow], query: AuditQuery, searched: int, span: Span | None, *, loading: bool) -> str:
    """How many events fit a query, as far as that is known, and how far a search without an index is."""
    held, whole = len(window.rows), window.tail is None and window.head is None
    said = f"{number(held)}{'' if whole else '+'} event{'' if held == 1 and whole else 's'}: {query.words()}"
    if searched and window.tail is not None:
        of = f" of ~{number(span.seq)}" if span else ""
        said += f" · searched {number(searched)}{of}{' · Esc stops' if loading else ''}"
    return said


def _outcome(row: AuditRow) -> Cell:
    return Cell(safe(row.outcome, 16), _TONES.get(row.outcome, Tone.DANGER))


def _changed(row: AuditRow) -> Cell:
    if row.changed is None:
        return Cell(Content(UNREADABLE), Tone.DANGER)
    return Cell(Content(", ").join([field(name) for name in row.changed[:20]]) if row.changed else NONE)


def _why(row: AuditRow) -> Cell:
    return Cell(safe(" · ".join(part for part in (row.ticket, row.reason) if part), 200) or NONE, Tone.QUIET)
