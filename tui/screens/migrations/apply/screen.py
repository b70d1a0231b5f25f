"""A run, live: files and statements as rows, what is waited for, what Esc would do; then what happened.

The files run in the worker process of `tui.migrate`. The run belongs to the application: leaving this screen does not
stop it, and quitting is refused until it is settled.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from models.operations import system_actor
from tui.keys import bindings
from tui.migrate.plans.action import Action
from tui.migrate.running.after import drift_after
from tui.migrate.running.apply import Blockers, apply_plan
from tui.migrate.running.events import Answered, Connected
from tui.migrate.running.outcome import RunStatus
from tui.screens.base import AreaScreen
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.migrations.apply.blockers import BlockersDialog
from tui.screens.migrations.apply.board import Board, Step, feed
from tui.screens.migrations.apply.lines import content
from tui.screens.migrations.apply.outcome import outcome_content
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.running.events import Event
    from tui.migrate.running.outcome import RunOutcome
    from tui.screens.migrations.apply.blockers import Wish

TICK: Final = 0.1
"""Seconds between two pictures of what runs: a file of 5 000 statements tells more than anybody can read."""
DRIFT_SECONDS: Final = 60.0


class Happening(Static):
    """What happened, put on top once it has its height: before, there is nothing to scroll to."""

    def on_resize(self) -> None:
        if self.has_class("-there") and self.parent is not None:
            self.screen.call_after_refresh(self.scroll_visible, animate=False, top=True, immediate=True)


class ApplyScreen(Scrolls, AreaScreen):
    """One run of a plan that was agreed to. Answers nothing: who opened it looks at the database again.

    `leads_on`: something comes after it when all went well.
    """

    CSS_PATH = "../migrations.tcss"
    INTRO = (
        "Files are applied one by one in a process of their own. Esc asks before it cancels: the file that runs is "
        "rolled back, those before it stay applied."
    )
    HINTS = ("app.back", "migrations.blockers", "move.down", "move.page_down")
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*SCROLLING, "migrations.blockers"),
        Binding("enter", "onward", show=False),
    ]

    def __init__(self, plan: RunPlan, target: str, *, leads_on: bool = False) -> None:
        super().__init__()
        self._leads_on = leads_on
        self._plan = plan
        self._target = target
        self._board = Board.of(plan.versions, plan.action.done)
        self._blockers = Blockers()
        self._dialect = ""
        self._outcome: RunOutcome | None = None
        self._cancel = asyncio.Event()
        self._timer: Timer | None = None
        self._told: deque[tuple[Event, float]] = deque()
        """What the worker process told, and when, that is not on the board yet."""

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", self._plan.target)

    def compose_body(self) -> ComposeResult:
        yield Static(safe(f"{self._plan.target} {self._plan.action.where} {self._target}", 300), id="facts")
        with VerticalScroll(id="board", can_focus=False):
            yield Static(id="lines")
            yield Happening(id="problem")
        yield Static(id="says")

    def on_mount(self) -> None:
        self._timer = self.set_interval(TICK, self._show)
        if not self.run_write(self._plan.target, self._run, self._ended, failed=self._broke, is_long=True):
            self._broke("Nothing was begun: something else is being written.")
        self._show()

    # The run --------------------------------------------------------------------------------------------------------

    async def _run(self) -> RunOutcome:
        shell = self.shell
        actor = shell.person.actor if shell.person is not None else system_actor()
        return await apply_plan(
            self._plan,
            self._tell,
            cancel=self._cancel,
            actor=actor,
            database=shell.database,
            blockers=self._blockers,
        )

    def _tell(self, event: Event) -> None:
        # Taken in with the next picture: some hundred files tell more than a thousand things a second.
        self._told.append((event, monotonic()))

    def _take_in(self) -> None:
        """What was told since the last picture, in its order."""
        had_holders = bool(self._board.holders)
        while self._told:
            event, at = self._told.popleft()
            if isinstance(event, Connected):
                self._dialect = event.dialect
            elif isinstance(event, Answered):
                (self.shell.notify if event.done else self.shell.warn)(event.sentence)
            feed(self._board, event, at)
        if bool(self._board.holders) != had_holders:
            self.refresh_bindings()

    def _ended(self, outcome: RunOutcome) -> None:
        self._outcome = outcome
        self._settle(_step_of(outcome.status), outcome_content(outcome))
        if self.app.screen is not self:
            (self.shell.notify if outcome.is_ok else self.shell.warn)(f"{self._plan.target}: {outcome.sentence}")
        if outcome.is_ok and self._plan.action is not Action.UNSTAMP and not self._leads_on:
            self.run_read(
                self._find_drift, self._say_drift, group="drift", deadline=DRIFT_SECONDS, failed=lambda _: None
            )

    async def _find_drift(self) -> str:
        """Whether the tables that were touched are as the models say."""
        return await drift_after(self._plan, self._dialect)

    def _say_drift(self, sentence: str) -> None:
        if self._outcome is not None and sentence:
            outcome = replace(self._outcome, notes=(*self._outcome.notes, sentence))
            self.query_one("#problem", Static).update(outcome_content(outcome))

    def _broke(self, sentence: str) -> None:
        """The run ended without an outcome; nothing is known but the sentence."""
        self._settle(Step.FAILED, safe(sentence, 600).stylize("bold $text-error"))

    def _settle(self, step: Step, said: Content) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._take_in()
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
        self._take_in()
        self.query_one("#lines", Static).update(content(self._board, monotonic(), is_whole=not self.is_going))
        self.query_one("#says", Static).update(safe(self._says(), 400))
        if self.is_going:
            self.scrolled.scroll_end(animate=False, immediate=True)

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
            f"{', '.join(done)} {'stay' if len(done) > 1 else 'stays'} {self._plan.action.done}"
            if done
            else "nothing else is undone"
        )
        if running is None:
            return f"cancel? Nothing runs yet; {stays}."
        if running.step is Step.COMMITTING:
            stays = f"is being committed and stays {self._plan.action.done}"
            return f"cancel? {running.version} {stays}, what follows is not begun."
        if running.step is Step.PAUSED:
            return f"cancel? {running.version} is rolled back already and is not tried again; {stays}."
        if self._plan.at_once:
            return "cancel? It rolls back everything: all files are one transaction."
        transactional = next(file.transactional for file in self._plan.files if file.version == running.version)
        if transactional or not self._plan.action.runs_sql:
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
        self._take_in()
        words = self._cancel_words()
        self.shell.push_screen(
            ConfirmDialog(
                "Cancel?", (words[:1].upper() + words[1:],), yes="Cancel the run", no="Go on", destructive=True
            ),
            self._answered,
        )

    def why_not(self, action: str) -> str:
        """Why a key does nothing now."""
        if action == "blockers" and not self._board.holders:
            return "Nobody is in the way."
        return ""

    def action_blockers(self) -> None:
        """Asks whose statement or session is to be ended, so that the run goes on."""
        if not self._board.holders:
            self.shell.warn(self.why_not("blockers"))
            return

        def answered(wish: Wish | None) -> None:
            if wish is not None:
                self.run_worker(self._blockers.end(wish.pid, wish.how), group="blockers", exit_on_error=False)

        self.shell.push_screen(BlockersDialog(self._board.holders), answered)

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
