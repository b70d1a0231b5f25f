"""One direction of a migration's SQL on a screen, and filling both panes of a list from its row."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.screens.migrations.sql.sides import sides
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from textual.worker import WorkType

    from tui.migrate.states import Entry
    from tui.screens.base import AreaScreen
    from tui.screens.migrations.sql.sides import Part, Side, Sides, Told


REST: Final = 0.05
"""Seconds that the cursor rests before what is under it is read: a key that is held down comes every 0.03."""


def show_sides(screen: AreaScreen, entry: Entry | None, dialect: str | None, told: Told | None = None) -> None:
    """Fills the panes `#up` and `#down` of a screen once the cursor rests, prepared in a thread; None empties them.

    Not one of the screen's reads: nothing is waited for, and Esc has better things to do than to stop it.
    """
    if entry is None:
        _fill(screen, None)
        return

    async def work() -> None:
        await asyncio.sleep(REST)
        try:
            found = await asyncio.to_thread(sides, entry, dialect, told=told)
        except Exception as error:  # noqa: BLE001 - the list goes on without a preview
            screen.shell.warn(screen.shell.trouble(error))
        else:
            screen.call_later(_fill, screen, found)

    worker: WorkType[None] = work
    screen.run_worker(worker, group="sql", exclusive=True, exit_on_error=False)


def _fill(screen: AreaScreen, found: Sides | None) -> None:
    screen.query_one("#up", SqlPane).show(found.up if found is not None else None)
    screen.query_one("#down", SqlPane).show(found.down if found is not None else None)


class SqlPane(VerticalScroll):
    """One direction. `show` replaces what is there; statements with hits are widgets of their own, to be jumped to."""

    DEFAULT_CSS = """
    SqlPane {
        width: 1fr;
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        .pane--title { height: 1; width: 100%; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
        .pane--notice { height: auto; width: 100%; color: $text-muted; }
        .pane--sql { height: auto; width: 100%; text-wrap: nowrap; text-overflow: ellipsis; }
        .pane--sql.-note { padding: 0 0 0 7; text-wrap: wrap; }
        .pane--sql.-here { background: $boost; }
    }
    SqlPane.-whole .pane--sql { text-wrap: wrap; }
    """

    def __init__(self, *, id: str, can_focus: bool = False) -> None:  # noqa: A002
        super().__init__(id=id, can_focus=can_focus)
        self._shown: Side | None = None
        self._here = -1

    def compose(self) -> ComposeResult:
        yield Static(classes="pane--title")
        yield Static(classes="pane--notice")
        yield VerticalGroup(classes="pane--parts")

    @property
    def side(self) -> Side | None:
        """What is shown now."""
        return self._shown

    @property
    def here(self) -> Part | None:
        """The statement with hits that was jumped to last; None before the first."""
        found = self._jumps
        return found[self._here][0] if 0 <= self._here < len(found) else None

    def show(self, side: Side | None) -> None:
        """Shows a direction of a file; None empties the pane."""
        if side == self._shown and side is not None:
            return
        if side is not None and self._shown is not None and side.text != self._shown.text:
            self.scroll_home(animate=False)
            self._here = -1
        self._shown = side
        self.query_one(".pane--title", Static).update(safe(side.title, 200) if side else Content(""))
        notice = self.query_one(".pane--notice", Static)
        notice.update(safe(side.notice, 600) if side else Content(""))
        notice.display = bool(side and side.notice)
        self._put(side.parts if side is not None else ())

    def _put(self, parts: tuple[Part, ...]) -> None:
        """Widgets that are there are filled again: a pane changes with every key in the list above it."""
        group = self.query_one(".pane--parts", VerticalGroup)
        there = self._widgets
        wanted = list(_pieces(parts))
        for widget, (content, is_note) in zip(there, wanted, strict=False):
            widget.update(content)
            widget.set_class(is_note, "-note")
        for widget in there[len(wanted) :]:
            widget.add_class("-gone")
            widget.remove()
        new = [
            Static(content, classes="pane--sql -note" if is_note else "pane--sql")
            for content, is_note in wanted[len(there) :]
        ]
        if new:
            group.mount(*new)
        self._mark()

    # Jumping ----------------------------------------------------------------------------------------------------------

    @property
    def _jumps(self) -> list[tuple[Part, int]]:
        """The parts with hits, and the place of each one's widget among all."""
        found: list[tuple[Part, int]] = []
        place = 0
        for part in self._shown.parts if self._shown is not None else ():
            if part.hits:
                found.append((part, place))
            place += 1 + (part.notes is not None)
        return found

    def jump(self, step: int) -> bool:
        """To the next (1) or the previous (-1) statement with hits, around the end; False when there is none."""
        found = self._jumps
        if not found:
            return False
        self._here = (self._here + step) % len(found) if self._here >= 0 else (0 if step > 0 else len(found) - 1)
        self._mark()
        self._scroll_here()
        return True

    def jump_to(self, statement: int | None) -> None:
        """To the hits of a statement, by its number; None to those of the whole file."""
        for number, (part, _) in enumerate(self._jumps):
            if part.hits[0].statement == statement:
                self._here = number
                self._mark()
                self.call_after_refresh(self._scroll_here)
                return

    def _scroll_here(self) -> None:
        widgets = self._widgets
        at = self._jumps[self._here][1] if 0 <= self._here < len(self._jumps) else -1
        if 0 <= at < len(widgets):
            self.scroll_to_widget(widgets[at], animate=False, top=True)

    @property
    def _widgets(self) -> list[Static]:
        found = self.query_one(".pane--parts", VerticalGroup).query(Static)
        return [widget for widget in found if not widget.has_class("-gone")]

    def _mark(self) -> None:
        at = self._jumps[self._here][1] if 0 <= self._here < len(self._jumps) else -1
        for index, widget in enumerate(self._widgets):
            widget.set_class(at >= 0 and index in (at, at + 1), "-here")


def _pieces(parts: Sequence[Part]) -> Iterator[tuple[Content, bool]]:
    """What is a widget of its own, and whether it is notes."""
    for part in parts:
        yield part.content, False
        if part.notes is not None:
            yield part.notes, True
