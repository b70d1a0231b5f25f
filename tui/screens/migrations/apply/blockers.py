"""Whose session is to be ended, so that a run goes on: each named, with what ending it does. It asks; the run acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Static

from tui.keys import bindings
from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.check import Options
from tui.widgets.choice import Choice, DangerousChoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.migrate.running.events import Holder


@dataclass(frozen=True, slots=True)
class Wish:
    """`how`: "cancel" the statement that runs, or "terminate" the session."""

    pid: int
    how: str


class BlockersDialog(Dialog[Wish]):
    """Those who held the run up when it was opened; who is gone by then is not ended."""

    WIDTH = 90
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("migrations.cancel_theirs", "migrations.end_theirs")]
    DEFAULT_CSS = """
    BlockersDialog Option { height: auto; width: 100%; }
    BlockersDialog .caution { margin: 1 0 0 0; }
    """

    def __init__(self, holders: Sequence[Holder]) -> None:
        super().__init__("In the way")
        self._holders = {str(holder.pid): holder for holder in holders if holder.pid is not None}

    def compose_body(self) -> ComposeResult:
        choices = {pid: safe(holder.sentence(), 300) for pid, holder in self._holders.items()}
        yield Options(choices, next(iter(choices)), id="who")
        yield Static(id="does", classes="caution")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Leave them alone", id="leave")
        yield DangerousChoice("Cancel its statement  c", id="cancel")
        yield DangerousChoice("End its session  t", id="terminate")

    def on_mount(self) -> None:
        self._explain()
        self.query_one("#leave", Button).focus()

    @property
    def _picked(self) -> Holder:
        return self._holders[self.query_one(Options).picked]

    @on(Options.Changed)
    def _explain(self) -> None:
        holder = self._picked
        is_idle = holder.state.startswith("idle")
        self.query_one("#cancel", Button).disabled = is_idle
        who = safe(f"pid {holder.pid} ({holder.user}{', ' + holder.application if holder.application else ''})", 200)
        does = (
            " runs no statement that could be cancelled. Ending its session undoes its open transaction."
            if is_idle
            else " gets an error when its statement is cancelled. Ending its session undoes its transaction as well."
        )
        self.query_one("#does", Static).update(Content.assemble(who, does))

    @on(Button.Pressed, "#cancel")
    def action_cancel_theirs(self) -> None:
        """Answers that the statement is to be cancelled, where one runs."""
        if not self.query_one("#cancel", Button).disabled:
            self._wish("cancel")

    @on(Button.Pressed, "#terminate")
    def action_end_theirs(self) -> None:
        """Answers that the session is to be ended."""
        self._wish("terminate")

    def _wish(self, how: str) -> None:
        pid = self._picked.pid
        assert pid is not None
        self.dismiss(Wish(pid, how))

    @on(Button.Pressed, "#leave")
    def _left(self) -> None:
        self.dismiss(None)
