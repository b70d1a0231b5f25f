"""The question before a run: exactly these files, there, with what the preflight found. Each thing to be accepted is a
line of its own to tick; in production, and where rows can be lost, the database's name is typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalGroup
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.badge import Tone
from tui.keys import bindings
from tui.migrate.lint import Severity
from tui.screens.dialogs.base import Dialog
from tui.screens.migrations.apply.words import apply_twin
from tui.screens.migrations.words import many
from tui.terminal.safe import safe
from tui.widgets.check import Check
from tui.widgets.choice import Choice, DangerousChoice

if TYPE_CHECKING:
    from tui.badge import Badge
    from tui.migrate.plans.planning import PlannedFile, RunPlan
    from tui.migrate.plans.preflight import Preflight

LISTED: Final = 12
"""Files that are named one by one."""
HOLDERS: Final = 5


@dataclass(frozen=True, slots=True)
class Agreed:
    """The answer. `at_once`: all files in one transaction, or none of them."""

    at_once: bool = False


class ApplyDialog(Dialog[Agreed]):
    """Opened at once; `show` fills in what the preflight found, and only then can it be agreed to."""

    WIDTH = 90
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.yes", "dialog.no", "dialog.confirm")]
    DEFAULT_CSS = """
    ApplyDialog #body { max-height: 60vh; }  /* what it is about, and the badge, stay in sight */
    ApplyDialog #found { height: auto; width: 100%; }
    ApplyDialog .quiet { color: $text-muted; }
    ApplyDialog .wrong, ApplyDialog .error { color: $text-error; }
    ApplyDialog .heading { margin: 1 0 0 0; }
    ApplyDialog Check { width: 100%; }
    ApplyDialog .about { padding: 0 0 0 4; color: $text-warning; }
    """

    def __init__(self, plan: RunPlan, *, target: str, database: str, badge: Badge, command: str) -> None:
        super().__init__(plan.target[:1].upper() + plan.target[1:], twin=apply_twin(command, plan))
        self._command = command
        self._plan = plan
        self._target = target
        self._database = database
        self._is_production = badge.tone is Tone.DANGER
        self._found: Preflight | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(safe(f"{many(len(self._plan.files), 'file')} to {self._target}, in this order:", 300))
        for file in self._plan.files[:LISTED]:
            yield Static(Content.assemble("  ", safe(f"{file.version}{_care(file)}", 300)))
        if len(self._plan.files) > LISTED:
            last = self._plan.files[-1].version
            yield Static(safe(f"  and {len(self._plan.files) - LISTED} more, up to {last}", 300))
        with VerticalGroup(id="found"):
            yield Static(
                Content("…looking at lint, rights, room, and who is in the way"), classes="quiet", id="looking"
            )
        yield Static(id="differs", classes="wrong")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel  n", id="cancel")
        yield DangerousChoice("Apply  y", id="confirm", disabled=True)

    def on_mount(self) -> None:
        self.query_one("#cancel", Button).focus()

    # What the preflight found ---------------------------------------------------------------------------------------

    async def show(self, found: Preflight) -> None:
        """Fills in what was found; the first thing to be done has the focus."""
        self._found = found
        body = self.query_one("#found", VerticalGroup)
        await body.remove_children()
        await body.mount(*self._lines(found))
        first = next(iter(self.query(".point").results(Check)), None) or next(iter(self.query(Input)), None)
        if first is not None:
            first.focus()
        self._judge()

    def fail(self, sentence: str) -> None:
        """The preflight could not be made."""
        looking = self.query_one("#looking", Static)
        looking.update(safe(sentence, 600))
        looking.set_classes("wrong")

    def _lines(self, found: Preflight) -> Iterator[Static | Check | Input]:
        if found.lint_sentence and found.report is not None:
            is_bad = found.report.worst is Severity.ERROR
            yield Static(safe(found.lint_sentence, 400), classes="error" if is_bad else "quiet")
        for problem in found.problems:
            yield Static(safe(problem, 600), classes="error")
        for warning in found.warnings:
            yield Static(safe(f"! {warning}", 600), classes="caution")
        yield from self._in_the_way(found)
        yield Static(safe(_backup(found), 600), classes="quiet")
        if found.problems:
            return
        if found.to_accept:
            yield Static(Content("To be accepted, each by itself (space ticks):"), classes="heading")
            for point in found.to_accept:
                yield Check(safe(point.label, 300), classes="point", compact=True)
                yield Static(safe(point.sentence, 600), classes="about")
        if len(self._plan.files) > 1 and all(file.transactional for file in self._plan.files):
            yield Check(
                Content("all or nothing: one transaction around all files"),
                self._plan.at_once,
                id="at-once",
                classes="heading",
                compact=True,
            )
        if self._is_typed:
            why = "This can lose rows or values for good. " if found.is_destructive else ""
            name = Content.assemble(why, "Type ", (safe(self._database, 200).plain, "bold"), " to confirm.")
            yield Static(name, classes="heading")
            yield Input(id="typed", max_length=256, compact=True)

    def _in_the_way(self, found: Preflight) -> Iterator[Static]:
        if not found.holders:
            return
        yield Static(Content("In the way now; statements wait for their end, and give up in time:"), classes="heading")
        for holder in found.holders[:HOLDERS]:
            on_what = f"{holder.what}: " if holder.what else ""
            yield Static(safe(f"  {on_what}{holder.sentence()}", 400), classes="caution")
        if len(found.holders) > HOLDERS:
            yield Static(Content(f"  and {len(found.holders) - HOLDERS} more"), classes="caution")

    # Whether it can be agreed to ------------------------------------------------------------------------------------

    @property
    def _is_typed(self) -> bool:
        return self._is_production or (self._found is not None and self._found.is_destructive)

    @property
    def _is_at_once(self) -> bool:
        return any(check.value for check in self.query("#at-once").results(Check))

    def _missing(self) -> str:
        """What is still to be done before it can be agreed to; "" when nothing is."""
        if self._found is None:
            return "Wait until everything was looked at."
        if self._found.problems:
            return "This cannot go well: see above."
        if not all(check.value for check in self.query(".point").results(Check)):
            return "Tick each line first."
        if self._is_typed and self.query_one("#typed", Input).value.strip() != self._database:
            return "Type the name first."
        return ""

    @on(Check.Changed)
    @on(Input.Changed)
    def _judge(self) -> None:
        self.query_one("#confirm", Button).disabled = bool(self._missing())
        self.query_one("#differs", Static).update("")
        self.show_twin(apply_twin(self._command, replace(self._plan, at_once=self._is_at_once), self._found))

    @on(Button.Pressed, "#confirm")
    def action_yes(self) -> None:
        """Agrees, once everything is ticked and typed."""
        missing = self._missing()
        if missing:
            self.query_one("#differs", Static).update(Content(missing))
            return
        self.dismiss(Agreed(at_once=self._is_at_once))

    def action_confirm(self) -> None:
        """The same from inside the field."""
        self.action_yes()

    @on(Button.Pressed, "#cancel")
    def action_no(self) -> None:
        """Leaves without doing it."""
        self.dismiss(None)


def _care(file: PlannedFile) -> str:
    """What to know of one file before it runs."""
    if not file.transactional:
        return "   (no transaction: what fails half-way stays half-way)"
    return "   (runs Python)" if file.dynamic else ""


def _backup(found: Preflight) -> str:
    """What there is to go back to."""
    if found.dump:
        return f"A backup is yours to make:  {found.dump}"
    if found.plan.create:
        return "The database is new: there is nothing to back up."
    return "A checked copy of the file is made first, and five are kept (b in the list)."
