"""What stands in the place of every verb on a user while nobody knows whether an earlier change happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from models.engines.settlement import Fate
from tui.screens.read_dialog import ReadDialog
from tui.screens.work_dialog import WorkDialog
from tui.widgets.choice import Choice
from tui.widgets.target_card import Card, TargetCard

if TYPE_CHECKING:
    from uuid import UUID

    from models.operations import Outcome


class UnsettledBatchDialog(ReadDialog[bool]):
    """The same for a bulk or an import that may have changed the user. Answers whether it is settled."""

    def __init__(self, op_id: UUID) -> None:
        super().__init__("Not settled yet")
        self._op_id = op_id

    def compose_body(self) -> ComposeResult:
        yield Static(id="message")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Close", id="cancel")
        yield Choice("Check again  ^S", id="confirm")

    def on_mount(self) -> None:
        batch = self.shell.doubts.batches.get(self._op_id)
        if batch is None:  # settled on its own screen meanwhile
            self.dismiss(True)
            return
        self.complain(f"{batch.words}, of which this user is one. {batch.sentence}")

    def confirmed(self) -> None:
        """Asks the database."""
        batch = self.shell.doubts.batches.get(self._op_id)
        if batch is None:
            self.dismiss(True)
            return
        self.say("Asking the database ...")
        self.allow(False)
        self.read(batch.ask, self._checked)

    def _checked(self, fate: Fate) -> None:
        batch = self.shell.doubts.batches.get(self._op_id)
        self.allow(True)
        if fate is Fate.UNKNOWN and batch is not None:
            self.complain(f"Still not known. {batch.sentence}")
            return
        self.shell.doubts.batches.pop(self._op_id, None)
        words = batch.words if batch is not None else "It"
        did = "did happen" if fate is Fate.COMMITTED else "did not happen, and cannot happen any more"
        self.shell.notify(f"{words}: it {did}.")
        self.dismiss(True)


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
