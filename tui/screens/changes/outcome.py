"""Why a changeset was not written, user by user; the first that stopped it is under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Static
from textual.widgets.option_list import Option

from models.operations.text import counted
from tui.screens.changes.words import STATES, sentence_of
from tui.screens.dialogs.base import Dialog
from tui.widgets.choice import Choice
from tui.widgets.option_list import OptionList

if TYPE_CHECKING:
    from models.operations.changesets.rows import Row
    from models.operations.changesets.values import ChangesetOutcome


class OutcomeDialog(Dialog[int]):
    """Answers the id of the user that the person wants to look at."""

    WIDTH: ClassVar[int] = 76

    DEFAULT_CSS = """
    OutcomeDialog #said { height: auto; width: 100%; margin: 0 0 1 0; }
    OutcomeDialog OptionList {
        height: auto;
        max-height: 10;
        width: 100%;
        border: none;
        padding: 0;
        background: transparent;
        &:focus { border: none; }
    }
    OutcomeDialog #held { height: auto; width: 100%; margin: 1 0 0 0; color: $text-muted; }
    """

    def __init__(self, outcome: ChangesetOutcome) -> None:
        super().__init__("Nothing was committed")
        self._blocked = outcome.blocked
        self._held = len(outcome.rows) - len(self._blocked)

    def compose_body(self) -> ComposeResult:
        stopped = f"{counted(len(self._blocked), 'user')} stopped it. Enter goes there."
        yield Static(Content(stopped), id="said")
        yield OptionList(*(Option(_line(row)) for row in self._blocked), id="rows", markup=False)
        if self._held:
            others = "1 other was" if self._held == 1 else f"{self._held} others were"
            yield Static(Content(f"{others} held back with it: nothing is written unless all of it is."), id="held")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Close", id="close")
        yield Choice("Go there  ⏎", id="show")

    def on_mount(self) -> None:
        rows = self.query_one(OptionList)
        rows.highlighted = 0
        rows.focus()

    @on(OptionList.OptionSelected)
    @on(Button.Pressed, "#show")
    def _show(self) -> None:
        index = self.query_one(OptionList).highlighted
        self.dismiss(self._blocked[index].edit.user_id if index is not None else None)

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.dismiss(None)


def _line(row: Row) -> Content:
    """`CONFLICT  full name of alice.jones #42 changed meanwhile, by maria ...`"""
    return Content.assemble((f"{STATES[row.state][0]:<10}", "bold"), sentence_of(row))
