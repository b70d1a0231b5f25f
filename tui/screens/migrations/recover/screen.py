"""Recovery: what was cut off, how far it came, how to tell what is not known, and every way on as a line to choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui.badge import Tone as Badge
from tui.keys import bindings
from tui.migrate.past.recovery import Unfinished
from tui.migrate.past.settling import NotSettled, mark_settled, settle
from tui.migrate.past.ways import NEED_REASON, Way, plan_way, way_words
from tui.migrate.source.project import ProjectError
from tui.screens.base import AreaScreen
from tui.screens.migrations.apply.screen import ApplyScreen
from tui.screens.migrations.command_line import recover_twin
from tui.screens.migrations.recover.dialog import RecoverDialog
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column
from tui.widgets.keyset_messages import CursorMoved, RowOpened
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource

if TYPE_CHECKING:
    from tui.migrate.listing import Look

SETTLE_SECONDS = 90.0
"""Ending a statement waits until the server has, and a copy is put back page by page."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way on for one thing that is unfinished; `number` of it, from 0."""

    number: int
    found: Unfinished
    way: Way


class ChoiceTable(KeysetTable[Choice], inherit_bindings=False):
    """Without marks."""

    BINDINGS: ClassVar = [
        *bindings("move.down", "move.up", "move.page_down", "move.page_up", "move.top", "move.bottom", "list.open"),
    ]


class RecoveryScreen(AreaScreen):
    """What the last look found. Nothing is done before a way was chosen and agreed to."""

    CSS_PATH = "../migrations.tcss"
    INTRO = (
        "Runs that died are told by their journal and by the database itself. Of a file in a transaction all is there "
        "or nothing; one without can stop between its statements, and you choose how to go on."
    )
    HINTS = ("list.open", "app.back", "move.down")
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self, look: Look, target: str, database: str, once_allowed: Callable[[Callable[[], object]], None]
    ) -> None:
        super().__init__()
        self._look = look
        self._target = target
        self._database = database
        self._once_allowed = once_allowed
        self._choices = tuple(
            Choice(number, found, way) for number, found in enumerate(look.unfinished) for way in found.ways
        )

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", "Recovery")

    def compose_body(self) -> ComposeResult:
        yield Static(safe(self._target, 300), id="facts")
        yield Static(id="unfinished")
        yield ChoiceTable((Column("way", "WAYS ON", 30, _way, grow=1),))
        yield Static(id="says")

    def on_mount(self) -> None:
        table = self.query_one(ChoiceTable)
        if not self._choices:
            table.say(Content("There is no way on from here yet."))
        table.open(ListSource(self._choices, lambda choice: (choice.number, choice.way)))
        table.focus()
        self._show(self._choices[0].found if self._choices else self._look.unfinished[0])

    def on_cursor_moved(self, event: CursorMoved) -> None:
        if event.row is not None:
            self._show(event.row.found)

    def _show(self, found: Unfinished) -> None:
        lines = [safe(found.sentence, 700).stylize("$text-warning" if found.is_pressing else "$foreground")]
        if found.statement:
            number = f"{found.begun}: " if found.begun else ""
            lines.append(safe(f"  {number}{found.statement}", 700).stylize("$text-muted"))
        if found.tell:
            lines.append(safe(found.tell, 700))
        self.query_one("#unfinished", Static).update(Content("\n").join(lines))

    def on_row_opened(self, event: RowOpened) -> None:
        choice: Choice = event.row
        if choice.way is Way.SEEN:
            self._settle(choice)
            return
        is_production = self.shell.launch.badge.tone is Badge.DANGER
        self.shell.push_screen(
            RecoverDialog(
                _title(choice.way),
                (f"{way_words(choice.found, choice.way)}.", choice.found.sentence, f"On {self._target}."),
                needs_reason=choice.way in NEED_REASON,
                database=self._database if is_production else "",
                twin=partial(recover_twin, self.shell.launch.command, self._look.project, choice.found, choice.way),
            ),
            partial(self._answered, choice),
        )

    def _answered(self, choice: Choice, reason: str | None) -> None:
        if reason is not None:
            self._once_allowed(lambda: self._go(choice, reason))

    def _go(self, choice: Choice, reason: str) -> None:
        if choice.way in (Way.END, Way.RESTORE):
            self._settle(choice)
            return
        plan = plan_way(self._look.project, self._look.listing, choice.found, choice.way, reason)
        if plan.refusals:
            self.shell.warn(" ".join(plan.refusals))
            return
        self.shell.push_screen(ApplyScreen(plan, self._target), lambda _: self._over(choice.found))

    def _over(self, found: Unfinished) -> None:
        """A run was chosen, and its end was told: what it left is found by the next look."""
        mark_settled(found)
        self.dismiss()

    def _settle(self, choice: Choice) -> None:
        async def work() -> str:
            try:
                return await settle(self._look.project, choice.found, choice.way)
            except (NotSettled, ProjectError) as error:
                return str(error)

        def told(sentence: str) -> None:
            self.shell.warn(sentence)
            self.dismiss()

        self.query_one("#says", Static).update(Content("…"))
        if not self.run_write(way_words(choice.found, choice.way), work, told, failed=self.shell.warn):
            self.shell.warn("Nothing was begun: something else is being written.")


def _way(choice: Choice) -> Cell:
    return Cell(safe(way_words(choice.found, choice.way), 300))


def _title(way: Way) -> str:
    return {
        Way.END: "End the statement",
        Way.RESUME: "Resume",
        Way.RESUME_AFTER: "Resume behind it",
        Way.MARK: "Record as done",
        Way.MARK_PENDING: "Record as not done",
        Way.REVERT: "Revert what was done",
        Way.RESTORE: "Put the copy back",
        Way.SEEN: "Seen",
    }[way]
