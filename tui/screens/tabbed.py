"""A page in tabs about one account: who it is on top, the tabs below, [ and ] between them."""

from __future__ import annotations

from abc import abstractmethod
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static, TabbedContent, TabPane
from textual.widgets import Tabs as TabRow

from tui.screens.base import AreaScreen
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.browse.user.detail import Detail
    from tui.screens.user.tabs.tab import Tab


class TabbedPage(AreaScreen):
    """The page sets `_tabs`, reads in `read` and keeps what came in `_detail`."""

    _tabs: dict[str, Tab]
    _detail: Detail | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(Content("…loading"), id="who")
        with TabbedContent(id="tabs"):
            for tab in self._tabs.values():
                with TabPane(Content(tab.title), id=tab.id):
                    yield from tab.widgets

    def on_mount(self) -> None:
        self.query_one(TabRow).can_focus = False
        self._focus_tab()
        self.read()

    @property
    @abstractmethod
    def user_id(self) -> int:
        """Whose page it is."""

    @abstractmethod
    def read(self) -> None:
        """Reads everything again."""

    @property
    def tab(self) -> Tab:
        """The tab in front; the first one before there is any."""
        active = self.query_one(TabbedContent).active
        return self._tabs.get(active) or next(iter(self._tabs.values()))

    def _now(self) -> datetime:
        """The database's own time at the last reading."""
        return self._detail.now if self._detail else datetime.now(UTC)

    def _failed(self, sentence: str) -> None:
        self.query_one("#who", Static).update(Content.assemble(safe(sentence, 300), " ctrl+r tries again."))

    def action_next_tab(self) -> None:
        self._turn(1)

    def action_previous_tab(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        ids = list(self._tabs)
        self.query_one(TabbedContent).active = ids[(ids.index(self.tab.id) + by) % len(ids)]

    def on_tabbed_content_tab_activated(self) -> None:
        self._focus_tab()
        self.refresh_bindings()

    def _focus_tab(self) -> None:
        """The keys that move go to what is shown."""
        self.tab.focus().focus()

    def action_refresh(self) -> None:
        """Reads everything again."""
        self.read()

    def action_copy_id(self) -> None:
        self.shell.copy(str(self.user_id), f"id {self.user_id}")
