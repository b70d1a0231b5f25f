"""The columns of the list of users as a table shows them: a width for each, and what a row says in it. No widget.

Which columns there are, and what is read for them, is in `tui.browse.lists.columns`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from textual.content import Content

from models.operations.text import grouped
from tui.browse.lists.columns import BY_NAME, PINNED
from tui.browse.lists.rows import UserRow
from tui.browse.moments import ago, day, stamp
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column, Tone
from tui.widgets.user_words import NONE, state_cell

Say: TypeAlias = Callable[[UserRow, datetime], Cell]


@dataclass(frozen=True, slots=True)
class _Look:
    """How a column is shown: its least width, what it says at a moment, its share of spare room, its side."""

    width: int
    say: Say
    grow: int = 0
    right: bool = False


def user_columns(names: Sequence[str], now: Callable[[], datetime]) -> Sequence[Column[UserRow]]:
    """Return the columns of these names, in their order; `now` is the database's clock as of the last read."""
    return [_column(name, _LOOKS[name], now) for name in names]


def _column(name: str, look: _Look, now: Callable[[], datetime]) -> Column[UserRow]:
    return Column(
        name,
        BY_NAME[name].label,
        look.width,
        lambda row: look.say(row, now()),
        grow=look.grow,
        right=look.right,
        pinned=name in PINNED,
    )


def _text(text: str | None) -> Cell:
    return Cell(safe(text, 254)) if text else Cell(NONE, Tone.QUIET)


def _words(words: str) -> Cell:
    return Cell(Content(words)) if words else Cell(NONE, Tone.QUIET)


def _yes(holds: object) -> Cell:
    return _words("yes" if holds else "")


def _end(at: datetime | None, now: datetime) -> Cell:
    """A moment at which something ends: quiet once it has."""
    if at is None:
        return Cell(NONE, Tone.QUIET)
    return Cell(Content(stamp(at, now)), Tone.QUIET if at <= now else Tone.PLAIN)


_LOOKS: Final[Mapping[str, _Look]] = {
    "id": _Look(9, lambda row, _: Cell(Content(grouped(row.id))), right=True),
    "username": _Look(14, lambda row, _: Cell(safe(row.username, 60)), grow=3),
    "state": _Look(13, state_cell, grow=1),
    "roles": _Look(8, lambda row, _: _text(", ".join(row.roles)), grow=1),
    "last_login_at": _Look(10, lambda row, now: Cell(Content(ago(row.last_login_at, now)))),
    "email": _Look(16, lambda row, _: _text(row.email), grow=3),
    "full_name": _Look(14, lambda row, _: _text(row.full_name), grow=2),
    "created_at": _Look(10, lambda row, now: _words(day(row.created_at, now) if row.created_at else "")),
    "last_login_ip": _Look(15, lambda row, _: _text(row.extra.get("last_login_ip"))),
    "failed_count": _Look(8, lambda row, _: _words(grouped(row.extra.get("failed_count") or 0)), right=True),
    "locked_until": _Look(16, lambda row, now: _end(row.locked_until, now)),
    "expires_at": _Look(16, lambda row, now: _end(row.expires_at, now)),
    "password_expires_at": _Look(16, lambda row, now: _end(row.password_expires_at, now)),
    "must_change_password": _Look(11, lambda row, _: _yes(row.must_change_password)),
    "is_verified": _Look(8, lambda row, _: _yes(row.extra.get("is_verified"))),
    "deleted_at": _Look(16, lambda row, now: _end(row.deleted_at, now)),
    "updated_at": _Look(16, lambda row, now: _words(stamp(at, now) if (at := row.extra.get("updated_at")) else "")),
    "version": _Look(7, lambda row, _: _words(grouped(row.version)), right=True),
}
