"""Applying, live: files and statements as rows, what is waited for, what Esc would do; then what happened.

The files run in the worker process of `tui.migrate`. The run belongs to the application: leaving this screen does not
stop it, and quitting is refused until it is settled.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from models.operations import system_actor
from tui.keys import bindings
from tui.migrate.apply import apply_plan
from tui.migrate.outcome import RunStatus
from tui.screens.base import AreaScreen
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.migrations.board import Board, Step, content, feed
from tui.screens.migrations.outcome import outcome_content
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.migrate.events import Event
    from tui.migrate.outcome import RunOutcome
    from tui.migrate.planning import RunPlan

TICK: Final = 0.25
"""Seconds between two looks at the clock while something runs."""


@dataclass
class Happened(Message):
    """The worker process told something; `at` is when, on the monotonic clock."""

    event: Event
    at: float


class Happening(Static):
    """What happened, put on top once it has its height: before, there is nothing to scroll to."""

    def on_resize(self) -> None:
        if self.has_class("-there") and self.parent is not None:
            self.screen.call_after_refresh(self.scroll_visible, animate=False, top=True, immediate=True)


class ApplyScreen(Scrolls, AreaScreen):
    """One run of a plan that was agreed to. Answers nothing: who opened it looks at the database again.

    `leads_on`: something comes after it when all went well.
    """

    CSS_PATH = "migrations.tcss"
    INTRO = (
        "Files are applied one by one in a process of their own. Esc asks before it cancels: the file that runs is "
        "rolled back, those before it stay applied."
    )
    HINTS = ("app.back", "move.down", "move.page_down")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCROLLING), Binding("enter", "onward", show=False)]

    def __init__(self, plan: RunPlan, target: str, *, leads_on: bool = False) -> None:
        super().__init__()
        self._leads_on = leads_on
        self._plan = plan
        self._target = target
        self._board = Board.of(plan.versions)
        self._outcome: RunOutcome | None = None
        self._cancel = asyncio.Event()
        self._timer: Timer | None = None

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", self._plan.target)

    def compose_body(self) -> ComposeResult:
        yield Static(safe(f"{self._plan.target} to {self._target}", 300), id="facts")
        with VerticalScroll(id="board", can_focus=False):
            yield Static(id="lines")
            yield Happening(id="problem")
        yield Static(id="says")

    def on_mount(self) -> None:
        self._timer = self.set_interval(TICK, self._show)
        if not self.run_write(self._plan.target, self._run, self._ended, failed=self._broke):
            self._broke("Nothing was begun: something else is being written.")
        self._show()

    # The run --------------------------------------------------------------------------------------------------------

    async def _run(self) -> RunOutcome:
        shell = self.shell
        actor = shell.person.actor if shell.person is not None else system_actor()
        return await apply_plan(self._plan, self._tell, cancel=self._cancel, actor=actor, database=shell.database)

    def _tell(self, event: Event) -> None:
        self.post_message(Happened(event, monotonic()))

    def on_happened(self, message: Happened) -> None:
        feed(self._board, message.event, message.at)
        self._show()
        if self._outcome is None:
            # At once: one that waited for the next frame could come after the outcome was scrolled to.
            self.scrolled.scroll_end(animate=False, immediate=True)
        else:
            self._scroll_to_problem()

    def _ended(self, outcome: RunOutcome) -> None:
        self._outcome = outcome
        self._settle(_step_of(outcome.status), outcome_content(outcome))
        if self.app.screen is not self:
            (self.shell.notify if outcome.is_ok else self.shell.warn)(f"{self._plan.target}: {outcome.sentence}")

    def _broke(self, sentence: str) -> None:
        """The run ended without an outcome; nothing is known but the sentence."""
        self._settle(Step.FAILED, safe(sentence, 600).stylize("bold $text-error"))

    def _settle(self, step: Step, said: Content) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._board.end(step)
        self._show()
        problem = self.query_one("#problem", Static)
        problem.update(said)
        problem.add_class("-there")
        self._scroll_to_problem()
        self.refresh_bindings()

    def _scroll_to_problem(self) -> None:
        """Puts what happened on top, once the lines above it have their place."""
        problem = self.query_one("#problem", Static)
        self.call_after_refresh(self.scrolled.scroll_to_widget, problem, animate=False, top=True, immediate=True)

    # What is shown --------------------------------------------------------------------------------------------------

    @property
    def scrolled(self) -> VerticalScroll:
        return self.query_one("#board", VerticalScroll)

    @property
    def is_going(self) -> bool:
        """Whether the run is not settled yet."""
        return self._timer is not None

    def _show(self) -> None:
        self.query_one("#lines", Static).update(content(self._board, monotonic()))
        self.query_one("#says", Static).update(safe(self._says(), 400))

    def _says(self) -> str:
        if not self.is_going:
            is_onward = self._leads_on and self._outcome is not None and self._outcome.is_ok
            return "Enter or Esc goes on." if is_onward else "Esc goes back."
        if self._cancel.is_set():
            return "Cancelling ..."
        return f"Esc asks: {self._cancel_words()}"

    def _cancel_words(self) -> str:
        """What cancelling would do now, in words."""
        running = self._board.running
        done = self._board.done
        stays = (
            f"{', '.join(done)} {'stay' if len(done) > 1 else 'stays'} applied" if done else "nothing else is undone"
        )
        if running is None:
            return f"cancel? Nothing runs yet; {stays}."
        if running.step is Step.COMMITTING:
            return f"cancel? {running.version} is being committed and stays applied, what follows is not begun."
        transactional = next(file.transactional for file in self._plan.files if file.version == running.version)
        if transactional:
            return f"cancel? It rolls back {running.version}; {stays}."
        return f"cancel? {running.version} is not in a transaction: what it has done so far remains; {stays}."

    # Keys -----------------------------------------------------------------------------------------------------------

    def action_back(self) -> None:
        """Esc: asks whether to cancel while it runs, else one step back."""
        if not self.is_going:
            self.leave()
            return
        if self._cancel.is_set():
            return
        words = self._cancel_words()
        self.shell.push_screen(
            ConfirmDialog(
                "Cancel?", (words[:1].upper() + words[1:],), yes="Cancel the run", no="Go on", destructive=True
            ),
            self._answered,
        )

    def action_onward(self) -> None:
        """Enter: one step on, once it is over."""
        if not self.is_going:
            self.leave()

    def _answered(self, answer: bool | None) -> None:
        if answer and self.is_going:
            self._cancel.set()
            self._show()


def _step_of(status: RunStatus) -> Step:
    """What became of the file that was running, if one was."""
    return Step.FAILED if status in (RunStatus.FAILED, RunStatus.UNKNOWN) else Step.CANCELLED
