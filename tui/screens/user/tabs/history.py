"""The History tab: what was done to the user, newest first, by key range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from tui.browse.moments import stamp
from tui.browse.user.history import HistoryRow, HistorySource
from tui.screens.user.tabs.tab import Deed, Tab
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column, Tone
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.user_words import changes_words, what

if TYPE_CHECKING:
    from tui.browse.user.detail import Detail


def make(user_id: int, now: Callable[[], datetime]) -> Tab:
    """Return the tab. The history outlives the user: it is read whether the user is there or not."""
    table: KeysetTable[HistoryRow] = KeysetTable(history_columns(now), id="history")

    def again() -> None:
        table.open(HistorySource(user_id))

    async def show(_: Detail | None) -> None:
        table.say(Content("Nothing has been recorded about this user."))

    def undo() -> Deed | None:
        return Deed("undo", {"event": table.row.id}) if table.row is not None else None

    hints = ("list.open", "user.undo", "users.edit", "users.reset")
    return Tab("history-tab", "History", (table,), lambda: table, show, hints, {"undo": undo}, again)


def history_columns(now: Callable[[], datetime]) -> Sequence[Column[HistoryRow]]:
    """Return the columns of what was done to a user."""
    return (
        Column("when", "WHEN", 16, lambda row: Cell(Content(stamp(row.at, now()))), pinned=True),
        Column("who", "WHO", 10, lambda row: Cell(safe(row.actor, 100)), grow=1),
        Column("what", "WHAT", 14, _what),
        Column("changes", "CHANGES", 24, lambda row: Cell(changes_words(row)), grow=4),
    )


def _what(row: HistoryRow) -> Cell:
    return Cell(what(row), Tone.PLAIN if row.outcome == "ok" else Tone.CAUTION)
