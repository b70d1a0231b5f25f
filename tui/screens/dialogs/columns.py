"""Which columns the list of users has, and in which order; id and username always come first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Static
from textual.widgets.option_list import Option

from tui.browse.lists.columns import BY_NAME, COLUMNS, DEFAULT, PINNED, chosen_columns
from tui.keys import bindings
from tui.screens.dialogs.base import Dialog
from tui.widgets.choice import Choice
from tui.widgets.option_list import OptionList


class ColumnsDialog(Dialog[tuple[str, ...]]):
    """Answers the names of the columns chosen, in their order."""

    WIDTH = 56
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("columns.switch", "columns.earlier", "columns.later", "columns.reset"),
        *bindings("move.down", "move.up", "dialog.confirm"),
    ]
    DEFAULT_CSS = """
    ColumnsDialog > #box { overflow: hidden; }
    ColumnsDialog OptionList { height: auto; max-height: 12; border: none; padding: 0; background: $surface; }
    ColumnsDialog OptionList { scrollbar-size-vertical: 1; }
    ColumnsDialog #hints { height: auto; color: $text-muted; margin: 1 0 0 0; }
    """

    def __init__(self, chosen: Sequence[str]) -> None:
        super().__init__("Columns")
        self._chosen = [name for name in chosen if name not in PINNED]
        self._listed: list[str] = []

    def compose_body(self) -> ComposeResult:
        yield OptionList(markup=False, compact=True)
        yield Static(
            Content("space shows or hides · K J move · R resets\nid and username always come first"), id="hints"
        )

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Show  ⏎", id="confirm")

    def on_mount(self) -> None:
        super().on_mount()
        self._fill(0)
        self.query_one(OptionList).focus()

    def _fill(self, at: int | str) -> None:
        """List the chosen ones in their order, then the others; `at` is where the cursor goes: a place or a name."""
        others = [column.name for column in COLUMNS if column.name not in (*self._chosen, *PINNED)]
        self._listed = [*self._chosen, *others]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            [
                Option(Content(f"[{'x' if name in self._chosen else ' '}] {BY_NAME[name].words}"))
                for name in self._listed
            ]
        )
        options.highlighted = self._listed.index(at) if isinstance(at, str) else min(at, len(self._listed) - 1)

    def _line(self, name: str) -> Content:
        return Content(f"[{'x' if name in self._chosen else ' '}] {BY_NAME[name].words}")

    @property
    def _under_cursor(self) -> str:
        return self._listed[self.query_one(OptionList).highlighted or 0]

    def action_switch(self) -> None:
        """A column that is shown joins the end of those; the cursor stays where it was, for the next one."""
        name, at = self._under_cursor, self.query_one(OptionList).highlighted or 0
        if name not in self._chosen:
            self._chosen.append(name)
            self._fill(min(at + 1, len(self._listed) - 1) if at >= len(self._chosen) else name)
        elif len(self._chosen) == 1:
            self.notify("One column beside id and username is always shown.", markup=False)
        else:
            self._chosen.remove(name)
            self._fill(at)

    def action_earlier(self) -> None:
        self._move(-1)

    def action_later(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        name = self._under_cursor
        if name not in self._chosen:
            return
        at = self._chosen.index(name)
        to = max(0, min(at + by, len(self._chosen) - 1))
        self._chosen.insert(to, self._chosen.pop(at))
        self._fill(name)

    def action_reset(self) -> None:
        self._chosen = [name for name in DEFAULT if name not in PINNED]
        self._fill(0)

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    @on(OptionList.OptionSelected)
    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Answers what is ticked."""
        if self.is_settled:
            self.dismiss(chosen_columns(self._chosen))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
