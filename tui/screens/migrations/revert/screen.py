"""What a revert would do, before anybody agrees: which files, what is lost for good, the SQL. Nothing runs here.

The loss is counted by the worker while the page can be read. `ctrl+s` asks; what was agreed to is run by who opened it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.badge import Tone
from tui.keys import bindings
from tui.migrate.listing import preview
from tui.migrate.plans.loss import LossReport, count_loss
from tui.migrate.plans.reverting import what_stays
from tui.screens.base import AreaScreen
from tui.screens.migrations.revert.dialog import RevertDialog
from tui.screens.migrations.words import many
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.terminal.safe import safe
from tui.widgets.sql import numbered

if TYPE_CHECKING:
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.source.files import MigrationFile

SECONDS: Final = 90.0
"""To count, with the start of a worker process that imports the project."""
WHOLE: Final = 400
"""Lines of SQL of one file."""


class RevertScreen(Scrolls, AreaScreen):
    """One plan that reverts. `agreed(reason)` is called after this page was left, when the person agreed."""

    CSS_PATH = "revert.tcss"
    INTRO = (
        "Newest first, in one transaction where all files allow it. The files stay where they are: applying again is "
        "one key away, what is lost is not."
    )
    HINTS = ("app.back", "dialog.confirm", "move.down", "move.page_down")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm", *SCROLLING)]

    def __init__(
        self,
        plan: RunPlan,
        files: Mapping[str, MigrationFile],
        *,
        dialect: str | None,
        target: str,
        database: str,
        twin: Callable[[str], str],
        agreed: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._plan = plan
        self._files = files
        self._dialect = dialect
        self._target = target
        self._database = database
        self._twin = twin
        self._agreed = agreed
        self._loss: LossReport | None = None

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", self._plan.target)

    def compose_body(self) -> ComposeResult:
        yield Static(safe(f"{self._plan.target} on {self._target} · {what_stays(self._plan)}", 400), id="revert-facts")
        with VerticalScroll(id="revert-all", can_focus=False):
            yield Static(Content("\n").join(file_lines(self._plan)))
            yield Static(Content("Lost for good"), classes="revert--title")
            yield Static(Content("…counting"), id="revert-loss")
            yield Static(Content("The SQL, in this order"), classes="revert--title")
            yield Static(id="revert-sql")
        yield Static(id="revert-says")

    def on_mount(self) -> None:
        self._say()
        self.run_read(partial(asyncio.to_thread, self._sql), self.query_one("#revert-sql", Static).update, group="sql")
        work = partial(count_loss, self._plan, self._files)
        self.run_read(work, self._counted, group="loss", deadline=SECONDS, failed=self._not_counted)

    @property
    def scrolled(self) -> VerticalScroll:
        return self.query_one("#revert-all", VerticalScroll)

    @property
    def is_counted(self) -> bool:
        """Whether the loss is known, as far as it can be."""
        return self._loss is not None

    def _sql(self) -> Content:
        parts: list[Content] = []
        for version in self._plan.versions:
            statements = [(each.line, each.text) for each in preview(self._files[version], "down", self._dialect)]
            parts.append(safe(version, 300).stylize("bold"))
            parts.append(numbered(statements, most=WHOLE) if statements else Content("       only running it tells"))
        return Content("\n").join(parts)

    def _counted(self, report: LossReport) -> None:
        self._loss = report
        self.query_one("#revert-loss", Static).update(Content("\n").join(loss_lines(report)))
        self._say()

    def _not_counted(self, sentence: str) -> None:
        self._counted(LossReport(fault=sentence))

    def _say(self) -> None:
        says = "ctrl+s asks, and then reverts. Esc goes back." if self.is_counted else "Counting what is lost ..."
        self.query_one("#revert-says", Static).update(Content(says))

    def action_back(self) -> None:
        """Esc: one step back, also while it is counted."""
        self.leave()

    def action_confirm(self) -> None:
        """ctrl+s: asks for the last time."""
        if self._loss is None:
            self.shell.warn("The loss is still being counted.")
            return
        is_typed = self._loss.destroys or self.shell.launch.badge.tone is Tone.DANGER
        dialog = RevertDialog(
            self._plan,
            self._loss,
            target=self._target,
            database=self._database if is_typed else "",
            twin=self._twin,
        )
        self.shell.push_screen(dialog, self._answered)

    def _answered(self, reason: str | None) -> None:
        if reason is not None:
            agreed = self._agreed
            self.leave()
            agreed(reason)


def file_lines(plan: RunPlan) -> Iterator[Content]:
    """The files, newest first, with what is to be known of each."""
    how = "in one transaction" if plan.at_once or _is_one(plan) else "one after the other"
    yield Content(f"{many(len(plan.files), 'file')} {'is' if len(plan.files) == 1 else 'are'} reverted, {how}:")
    for file in plan.files:
        yield safe(f"  {file.version}", 300)
        for caution in plan.cautions:
            if caution.version == file.version:
                yield safe(f"    ! {caution.sentence}", 400).stylize("$text-warning")
    for caution in plan.cautions:
        if caution.version not in plan.versions:
            yield safe(f"! {caution.version}: {caution.sentence}", 400).stylize("$text-warning")


def loss_lines(report: LossReport) -> Iterator[Content]:
    """What is lost, each by itself."""
    style = "$text-error" if report.destroys else "$text-muted"
    for sentence in report.sentences():
        yield safe(f"  {sentence}", 600).stylize(style)


def _is_one(plan: RunPlan) -> bool:
    return len(plan.files) == 1 and plan.files[0].transactional
