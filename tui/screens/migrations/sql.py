"""The SQL of one migration on the screen: a pane for each direction, and the page that shows both whole."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.keys import bindings
from tui.screens.base import AreaScreen
from tui.screens.migrations.words import sides
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from tui.migrate.states import Entry
    from tui.screens.migrations.words import Side, Sides

WHOLE: Final = 4000
"""Lines of one direction that the page shows."""


def show_sides(screen: AreaScreen, entry: Entry | None, dialect: str | None) -> None:
    """Fills the panes `#up` and `#down` of a screen, prepared in a thread; None empties them.

    Not one of the screen's reads: nothing is waited for, and Esc has better things to do than to stop it.
    """
    if entry is None:
        _fill(screen, None)
        return

    async def work() -> None:
        try:
            found = await asyncio.to_thread(sides, entry, dialect)
        except Exception as error:  # noqa: BLE001 - the list goes on without a preview
            screen.shell.warn(screen.shell.trouble(error))
        else:
            screen.call_later(_fill, screen, found)

    screen.run_worker(work(), group="sql", exclusive=True, exit_on_error=False)


def _fill(screen: AreaScreen, found: Sides | None) -> None:
    screen.query_one("#up", SqlPane).show(found.up if found is not None else None)
    screen.query_one("#down", SqlPane).show(found.down if found is not None else None)


class SqlPane(VerticalScroll):
    """One direction. `show` replaces what is there."""

    DEFAULT_CSS = """
    SqlPane {
        width: 1fr;
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        .pane--title { height: 1; width: 100%; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
        .pane--notice { height: auto; width: 100%; color: $text-muted; }
        .pane--sql { height: auto; width: 100%; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    SqlPane.-whole .pane--sql { text-wrap: wrap; }
    """

    def __init__(self, *, id: str, can_focus: bool = False) -> None:  # noqa: A002
        super().__init__(id=id, can_focus=can_focus)
        self._shown: Side | None = None

    def compose(self) -> ComposeResult:
        yield Static(classes="pane--title")
        yield Static(classes="pane--notice")
        yield Static(classes="pane--sql")

    @property
    def side(self) -> Side | None:
        """What is shown now."""
        return self._shown

    def show(self, side: Side | None) -> None:
        """Shows a direction of a file; None empties the pane."""
        if side is not None and self._shown is not None and side.title != self._shown.title:
            self.scroll_home(animate=False)
        self._shown = side
        title, notice, sql = self.query(Static)
        title.update(safe(side.title, 200) if side else Content(""))
        notice.update(safe(side.notice, 600) if side else Content(""))
        notice.display = bool(side and side.notice)
        sql.update(side.sql if side else Content(""))


class SqlScreen(Scrolls, AreaScreen):
    """A migration whole: both directions side by side from 120 columns, else one, `s` shows the other."""

    CSS_PATH = "migrations.tcss"
    INTRO = "The SQL of one migration. The numbers are the lines of the file. Nothing is executed to show it."
    HINTS = ("app.back", "migrations.direction", "migrations.copy_sql", "move.down", "move.page_down")
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("migrations.direction", "migrations.copy_sql", *SCROLLING),
    ]

    def __init__(self, version: str, facts: Sequence[str], both: Sides, *, is_down: bool = False) -> None:
        super().__init__()
        self._version = version
        self._facts = facts
        self._sides = both
        self._is_down = is_down

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", self._version)

    def compose_body(self) -> ComposeResult:
        yield Static(safe(" · ".join(self._facts), 300), id="facts")
        with Horizontal(id="sides"):
            yield SqlPane(id="up", can_focus=True)
            yield SqlPane(id="down", can_focus=True)

    def on_mount(self) -> None:
        up, down = self.panes
        for pane, side in ((up, self._sides.up), (down, self._sides.down)):
            pane.add_class("-whole")
            pane.show(side)
        self._turn()

    @property
    def panes(self) -> tuple[SqlPane, SqlPane]:
        """Up and down."""
        return self.query_one("#up", SqlPane), self.query_one("#down", SqlPane)

    @property
    def front(self) -> SqlPane:
        """The pane that keys scroll and copy."""
        return self.panes[self._is_down]

    @property
    def scrolled(self) -> SqlPane:
        return self.front

    def _turn(self) -> None:
        for pane in self.panes:
            pane.set_class(pane is self.front, "-front")
        self.front.focus()

    def action_direction(self) -> None:
        """The other direction."""
        self._is_down = not self._is_down
        self._turn()

    def action_copy_sql(self) -> None:
        """Copies the SQL of the pane in front."""
        side = self.front.side
        if side is not None and side.text:
            self.shell.copy(side.text, f"the SQL of {self._version}, {side.direction}")
        else:
            self.shell.warn("There is no SQL to copy.")
