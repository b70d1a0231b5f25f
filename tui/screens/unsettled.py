"""What stands in the place of every verb on a user while nobody knows whether an earlier change happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from tui.screens.work_dialog import WorkDialog
from tui.widgets.choice import Choice
from tui.widgets.target_card import Card, TargetCard

if TYPE_CHECKING:
    from models.operations import Outcome


class UnsettledDialog(WorkDialog):
    """Says which change it is, and asks the database again. Answers the outcome if it happened."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("Not settled yet")
        self._outcome = outcome

    def compose_body(self) -> ComposeResult:
        yield TargetCard(Card.of(self._outcome.target))
        yield Static(id="message")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Close", id="cancel")
        yield Choice("Check again  ^S", id="confirm")

    def on_mount(self) -> None:
        self.stay_in_doubt(self._outcome)

    def answered(self, outcome: Outcome) -> None:
        """What did not happen is said, and there is nothing more to ask."""
        super().answered(outcome)
        self.allow(outcome.is_ok)
