"""Where to in a list: one line. It stays until there is such a place, or it is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from tui.browse.lists.goto import FORMS, Goto, GotoError, parse_goto
from tui.screens.dialogs.base import Dialog
from tui.screens.work import is_there
from tui.terminal.safe import safe
from tui.widgets.line_input import LineInput

Attempt = Callable[[Goto, str, Callable[[], object], Callable[[str], object]], object]
"""Goes somewhere, which was written so, and then calls the one or, with a sentence, the other."""


class GotoDialog(Dialog[None]):
    """Takes a place and lets `attempt` go there; what is wrong with it stands under it."""

    WIDTH: ClassVar[int] = 60
    DEFAULT_CSS = """
    GotoDialog #body { padding: 0; }
    GotoDialog Input { height: 1; border: none; padding: 0; background: $boost; }
    GotoDialog #said { height: auto; min-height: 1; color: $text-muted; }
    GotoDialog #said.-wrong { color: $text-error; }
    GotoDialog #buttons { display: none; }
    """

    def __init__(self, attempt: Attempt, text: str = "") -> None:
        super().__init__("Go to")
        self._attempt = attempt
        self._text = text

    def compose_body(self) -> ComposeResult:
        yield LineInput(self._text, placeholder="50%", select_on_focus=False)
        yield Static(Content(f"{FORMS}; a date in an order of dates"), id="said")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _go(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            goto = parse_goto(event.value)
        except GotoError as error:
            self._wrong(str(error))
            return
        self._attempt(goto, event.value.strip(), self._there, self._wrong)

    def _there(self) -> None:
        if is_there(self):
            self.dismiss(None)

    def _wrong(self, sentence: str) -> None:
        if is_there(self):
            said = self.query_one("#said", Static)
            said.set_class(True, "-wrong")
            said.update(safe(sentence, 200))
