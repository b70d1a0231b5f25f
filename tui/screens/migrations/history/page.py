"""A page of text that is scrolled: facts, and under them whatever was prepared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.keys import bindings
from tui.screens.base import AreaScreen
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.terminal.safe import safe


class PageScreen(Scrolls, AreaScreen):
    """`content` was made of texts that went through `safe`; `text` is what `y` copies, `what` how that is called."""

    CSS_PATH = "../migrations.tcss"
    INTRO = "Nothing is executed to show this."
    HINTS = ("app.back", "migrations.copy_sql", "move.down", "move.page_down")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("migrations.copy_sql", *SCROLLING)]

    def __init__(self, crumbs: Sequence[str], facts: Sequence[str], content: Content, text: str, what: str) -> None:
        super().__init__()
        self._crumbs = tuple(crumbs)
        self._facts = facts
        self._content = content
        self._text = text
        self._what = what

    def crumbs(self) -> tuple[str, ...]:
        return self._crumbs

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="page", can_focus=True):  # the facts too: a long name would hide the reason below it
            yield Static(Content("\n").join(safe(fact, 600) for fact in self._facts), id="facts")
            yield Static(self._content, id="text")

    def on_mount(self) -> None:
        self.scrolled.focus()

    @property
    def scrolled(self) -> VerticalScroll:
        return self.query_one("#page", VerticalScroll)

    def why_not(self, action: str) -> str:
        """Nothing to copy."""
        return "There is nothing to copy." if action == "copy_sql" and not self._text else ""

    def action_copy_sql(self) -> None:
        """Copies the text."""
        if self._text:
            self.shell.copy(self._text, self._what)
