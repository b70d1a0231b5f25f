"""The line in which a list is searched: a text, and beside it what it costs, before it runs.

It knows nothing of users: the screen says what a text means and what is wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.keys import bindings

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer
    from textual.widget import Widget

DEBOUNCE = 0.18
"""Seconds without a key after which a text is searched for."""


class SearchBox(VerticalGroup):
    """Posts Changed at every key, Searched when typing paused, Left when the list should have the focus."""

    DEFAULT_CSS = """
    SearchBox {
        width: 100%;
        HorizontalGroup { height: 1; }
        .search--slash { width: 3; padding: 0 0 0 1; color: $text-accent; text-style: bold; }
        Input { width: 1fr; height: 1; border: none; padding: 0; background: transparent; }
        Input:focus { background: $boost; }
        .search--cost { width: auto; height: 1; padding: 0 1; color: $text-muted; }
        .search--error { height: auto; max-height: 3; padding: 0 1 0 4; color: $text-error; display: none; }
        .search--error.-shown { display: block; }
    }
    """

    @dataclass
    class Changed(Message):
        """The text is another one; it will be searched for after a pause."""

        text: str

    @dataclass
    class Searched(Message):
        """Typing paused, or Enter was pressed (`entered`)."""

        text: str
        entered: bool = False

    class Left(Message):
        """The list should have the focus."""

    def __init__(self) -> None:
        super().__init__()
        self._input = SearchInput(placeholder="a name, an e-mail, is:locked or role:support", select_on_focus=False)
        self._cost = Static(classes="search--cost")
        self._error = Static(classes="search--error")
        self._timer: Timer | None = None
        self._came_from: Widget | None = None

    def compose(self) -> ComposeResult:
        with HorizontalGroup():
            yield Static(Content("/"), classes="search--slash")
            yield self._input
            yield self._cost
        yield self._error

    @property
    def text(self) -> str:
        """What stands in the box."""
        return self._input.value

    @text.setter
    def text(self, text: str) -> None:
        self._input.value = text
        self._input.cursor_position = len(text)

    def enter(self) -> None:
        """Take the focus at once: the letters typed right behind must not reach the list, where they are keys.

        What stood there is replaced by typing, and kept by moving in it.
        """
        if not self.has_focus_within:
            self._came_from = self.screen.focused
        self.screen.set_focus(self._input)
        self._input.select_all()

    def leave(self) -> None:
        """Give the focus back at once; wherever it came from, the screen hears of it."""
        if self._came_from is not None and self._came_from.is_attached:
            self.screen.set_focus(self._came_from)
        self.post_message(self.Left())

    def show_cost(self, words: str) -> None:
        """Say what the search costs, or what it took."""
        self._cost.update(Content(words))

    def show_error(self, message: Content | None, position: int = 0) -> None:
        """Say what is wrong with the text, under the place where it is wrong; None: nothing is."""
        self._error.set_class(message is not None, "-shown")
        if message is not None:
            room = max(0, self.size.width - 5 - message.cell_length - 2)
            indent = min(max(0, position - int(self._input.scroll_offset.x)), room)
            self._error.update(Content.assemble(" " * indent, "^ ", message))

    def action_submit(self) -> None:
        self._stop_timer()
        self.post_message(self.Searched(self.text, entered=True))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_submit()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._stop_timer()
        self.post_message(self.Changed(event.value))
        self._timer = self.set_timer(DEBOUNCE, self._paused)

    def _paused(self) -> None:
        self._timer = None
        self.post_message(self.Searched(self.text))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None


class SearchInput(Input):
    """The field itself. It binds the keys, since an Input has keys of its own for Enter and the arrows.

    They are priority bindings: the application runs those before it hands out the next key, and so that one goes where
    the focus is by then.
    """

    BINDINGS: ClassVar = [*bindings("search.submit", "search.list", "search.leave", priority=True)]

    def action_list(self) -> None:
        self.query_ancestor(SearchBox).leave()

    def action_leave(self) -> None:
        self.query_ancestor(SearchBox).leave()
