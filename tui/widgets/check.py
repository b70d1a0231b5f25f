"""Toggles that read without colour: `[x]` and `[ ]`, and for one of several `(•)` and `( )`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets._toggle_button import ToggleButton

from tui.keys import bindings


class Check(ToggleButton):
    """A box to tick with space or enter. `label` may be Content of the database."""

    DEFAULT_CSS = """
    Check, Check.-textual-compact, Check:ansi {
        border: none;
        padding: 0;
        height: 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        background: transparent;
        color: $foreground;
        &:focus { border: none; background-tint: initial; text-style: reverse; }
        & > .toggle--label, & > .toggle--button, &:focus > .toggle--label, &.-on > .toggle--button,
        &:blur:hover > .toggle--label { color: $foreground; background: transparent; text-style: none; }
        &:focus > .toggle--label, &:focus > .toggle--button { text-style: reverse; }
        &:disabled > .toggle--label, &:disabled > .toggle--button { text-style: dim; }
    }
    """

    MARKS: ClassVar[tuple[str, str]] = ("[ ]", "[x]")

    class Changed(ToggleButton.Changed):
        """It was ticked or unticked."""

    @property
    def _button(self) -> Content:
        return Content.styled(self.MARKS[self.value], self.get_visual_style("toggle--button"))


class Option(Check):
    """One of several: ticking it unticks the others; a ticked one stays ticked."""

    MARKS: ClassVar[tuple[str, str]] = ("( )", "(•)")

    class Changed(ToggleButton.Changed):
        """Not what to listen to: `Options.Changed` says it once."""

    @dataclass
    class Picked(Message):
        """This one was chosen."""

        option: Option

    def toggle(self) -> Option:
        """Chooses it."""
        if not self.value:
            self.post_message(self.Picked(self))
        return self


class Options(VerticalGroup):
    """A choice of one. `picked` is its key."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("move.down", "move.up")]
    DEFAULT_CSS = """
    Options { width: 100%; height: auto; }
    """

    @dataclass
    class Changed(Message):
        """Another one was chosen."""

        options: Options
        key: str

        @property
        def control(self) -> Options:
            """Who says it: handlers are chosen by its id."""
            return self.options

    def __init__(self, choices: Mapping[str, str | Content], picked: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._choices = choices
        self.picked = picked

    def compose(self) -> ComposeResult:
        for key, label in self._choices.items():
            content = label if isinstance(label, Content) else Content(label)
            yield Option(content, key == self.picked, name=key, id=f"{self.id}-{key}", compact=True)

    def action_down(self) -> None:
        """To the next one; from the last one to what comes behind them."""
        self.screen.focus_next()

    def action_up(self) -> None:
        """To the one before."""
        self.screen.focus_previous()

    def on_option_picked(self, event: Option.Picked) -> None:
        """Unticks the others."""
        event.stop()
        self.pick(event.option.name or "")

    def pick(self, key: str) -> None:
        """Chooses by key; says so if it is another one."""
        if key == self.picked:
            return
        self.picked = key
        for option in self.query(Option):
            option.value = option.name == key
        self.post_message(self.Changed(self, key))
