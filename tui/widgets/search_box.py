"""The line in which a list is searched: a text, beside it what it costs, before it runs, and under it what may follow.

It knows nothing of users: the screen says what a text means, what is wrong with it and how it can be completed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.browse.search.complete import Completions
from tui.keys import bindings
from tui.widgets.completion_list import CompletionList
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.timer import Timer
    from textual.widget import Widget

DEBOUNCE = 0.18
"""Seconds without a key after which a text is searched for."""


_NOTHING = Completions(0, 0)


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

    class Entered(Message):
        """It has the focus."""

    class Left(Message):
        """The list should have the focus."""

    def __init__(self, placeholder: str = "a name, an e-mail, is:locked or role:support") -> None:
        super().__init__()
        self._input = SearchInput(placeholder=placeholder, select_on_focus=False)
        self._cost = Static(classes="search--cost")
        self._error = Static(classes="search--error")
        self._list = CompletionList()
        self.completer: Callable[[str, int], Completions] | None = None
        """What may stand at a place of the text."""
        self._offer = _NOTHING
        self._completing = ""  # the text for which the offer is
        self._picked: int | None = None  # the candidate of the offer that stands there now
        self._timer: Timer | None = None
        self._came_from: Widget | None = None

    def compose(self) -> ComposeResult:
        with HorizontalGroup():
            yield Static(Content("/"), classes="search--slash")
            yield self._input
            yield self._cost
        yield self._list
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
        self.post_message(self.Entered())

    def leave(self) -> None:
        """Give the focus back at once; wherever it came from, the screen hears of it."""
        if self._came_from is not None and self._came_from.is_attached:
            self.screen.set_focus(self._came_from)
        self.post_message(self.Left())

    def show_cost(self, words: str) -> None:
        """Say what the search costs, or what it took."""
        self._cost.update(Content(words))

    def show_error(self, message: Content | None, position: int | None = None) -> None:
        """Say what is wrong with the text, under the place where it is wrong, if it is one place; None: nothing is."""
        self._error.set_class(message is not None, "-shown")
        if message is not None and position is None:
            self._error.update(message)
        elif message is not None and position is not None:
            room = max(0, self.size.width - 5 - message.cell_length - 2)
            indent = min(max(0, position - int(self._input.scroll_offset.x)), room)
            self._error.update(Content.assemble(" " * indent, "^ ", message))

    # Completing -----------------------------------------------------------------------------------------------------

    @property
    def completes(self) -> bool:
        """Whether there is something to complete the text with."""
        return bool(self._offer.candidates)

    def is_unfinished(self, position: int) -> bool:
        """Whether a place of the text is in the term that is still being completed: it is too early for a mistake."""
        return self.completes and self._picked is None and position >= self._offer.start

    def complete(self, step: int) -> None:
        """Put the next candidate there; the one after it takes its place with the next step."""
        number = len(self._offer.candidates)
        if number:
            following = 0 if step > 0 else number - 1
            self._pick(following if self._picked is None else (self._picked + step) % number)

    @on(CompletionList.Clicked)
    def _clicked(self, event: CompletionList.Clicked) -> None:
        event.stop()
        self.screen.set_focus(self._input)
        self._pick(event.number)

    def _pick(self, number: int) -> None:
        offer, candidate = self._offer, self._offer.candidates[number]
        text, cursor = offer.applied(self._completing, candidate)
        self._picked = number if candidate.whole else None
        if not candidate.whole:
            self._offer_for(text, cursor)
        with self._input.prevent(Input.Changed):
            self._input.value = text
            self._input.cursor_position = cursor
        self._changed(text)
        self._show_offer()

    def _offer_for(self, text: str, cursor: int) -> None:
        """What can follow a field, or two letters at least: one is the beginning of almost anything."""
        self._picked, self._completing, self._offer = None, text, _NOTHING
        if self.completer is not None and self._input.has_focus:
            offer = self.completer(text, cursor)
            if offer.end - offer.start > 1 or text[: offer.start].endswith(":"):
                self._offer = offer

    def _show_offer(self) -> None:
        x = 3 + cell_len(self._completing[: self._offer.start]) - int(self._input.scroll_offset.x) - 2
        before = self._list.display
        self._list.show(self._offer.candidates, self._picked or 0, max(0, x))
        if self._list.display is not before:
            self.screen.refresh_bindings()  # Tab is another key now

    def forget_offer(self) -> None:
        """Offer nothing until something is typed."""
        self._offer, self._picked = _NOTHING, None
        self._show_offer()

    # Searching ------------------------------------------------------------------------------------------------------

    def action_submit(self) -> None:
        self.forget_offer()
        self._stop_timer()
        self.post_message(self.Searched(self.text, entered=True))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_submit()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._offer_for(event.value, self._input.cursor_position)
        self._show_offer()
        self._changed(event.value)

    def _changed(self, text: str) -> None:
        self._stop_timer()
        self.post_message(self.Changed(text))
        self._timer = self.set_timer(DEBOUNCE, self._paused)

    def _paused(self) -> None:
        self._timer = None
        self.post_message(self.Searched(self.text))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None


class SearchInput(LineInput):
    """The field itself. It binds the keys, since an Input has keys of its own for Enter and the arrows.

    They are priority bindings: the application runs those before it hands out the next key, and so that one goes where
    the focus is by then.
    """

    BINDINGS: ClassVar = [
        *bindings("search.submit", "search.list", "search.leave", priority=True),
        *bindings("search.complete", "search.complete_back", priority=True),
    ]

    @property
    def takes_tab(self) -> bool:
        """Whether Tab completes now instead of leading to the next field."""
        return self.query_ancestor(SearchBox).completes

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("complete", "complete_back"):
            return self.takes_tab
        return super().check_action(action, parameters)

    def action_complete(self) -> None:
        self.query_ancestor(SearchBox).complete(1)

    def action_complete_back(self) -> None:
        self.query_ancestor(SearchBox).complete(-1)

    def _on_blur(self, event: events.Blur) -> None:
        super()._on_blur(event)
        self.query_ancestor(SearchBox).forget_offer()

    def action_list(self) -> None:
        self.query_ancestor(SearchBox).leave()

    def action_leave(self) -> None:
        self.query_ancestor(SearchBox).leave()
