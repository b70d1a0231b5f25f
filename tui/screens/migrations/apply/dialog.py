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
from tui.screens.migrations.words import many
from tui.terminal.safe import safe
from tui.widgets.check import Check
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.badge import Badge
    from tui.migrate.plans.planning import PlannedFile, RunPlan
    from tui.migrate.plans.preflight import Preflight

    Twin = Callable[[RunPlan, Preflight | None], str]

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
    ApplyDialog #differs { width: 1fr; height: auto; max-height: 3; color: $text-muted; }
    ApplyDialog #differs.-wrong { color: $text-error; }
    ApplyDialog .about { padding: 0 0 0 4; color: $text-warning; }
    """

    def __init__(self, plan: RunPlan, *, target: str, database: str, badge: Badge, twin: Twin) -> None:
        super().__init__(plan.target[:1].upper() + plan.target[1:], twin=twin(plan, None))
        self._twin_of = twin
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

    def compose_buttons(self) -> ComposeResult:
        yield Static(id="differs")
        yield Choice("Cancel  n", id="cancel")
        yield DangerousChoice("Apply  ^S", id="confirm", disabled=True)

    def on_mount(self) -> None:
        self.query_one("#cancel", Button).focus()

    # What the preflight found ---------------------------------------------------------------------------------------

    async def show(self, found: Preflight) -> None:
        """Fills in what was found. It is read from its beginning: the first thing to be done has the focus where it is
        in sight, else ctrl+s goes there."""
        self._found = found
        body = self.query_one("#found", VerticalGroup)
        await body.remove_children()
        await body.mount(*self._lines(found))
        self._judge()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        first = self._next()
        if first is not None and self.query_one("#body").region.contains_region(first.region):
            first.focus(scroll_visible=False)

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
            yield LineInput(id="typed", max_length=256, compact=True)

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

    def _unticked(self) -> list[Check]:
        return [check for check in self.query(".point").results(Check) if not check.value]

    def _is_named(self) -> bool:
        return not self._is_typed or self.query_one("#typed", Input).value.strip() == self._database

    def _next(self) -> Check | Input | None:
        """What is to be done next: the first line that is not ticked, then the name."""
        if self._found is None or self._found.problems:
            return None
        return next(iter(self._unticked()), None) or (None if self._is_named() else self.query_one("#typed", Input))

    def _missing(self) -> str:
        """What is still to be done before it can be agreed to; "" when nothing is."""
        if self._found is None:
            return "Wait until everything was looked at."
        if self._found.problems:
            return "This cannot go well: see above."
        if unticked := self._unticked():
            more = f", and {len(unticked) - 1} more" if len(unticked) > 1 else ""
            return f"Still to be accepted: {unticked[0].label.plain}{more}."
        return "" if self._is_named() else "Type the name first."

    @on(Check.Changed)
    @on(Input.Changed)
    def _judge(self) -> None:
        self.query_one("#confirm", Button).disabled = bool(self._missing())
        self._say(self._keys())
        self.show_twin(self._twin_of(replace(self._plan, at_once=self._is_at_once), self._found))

    def _keys(self) -> str:
        """The keys that lead on from here."""
        if self._found is None or self._found.problems:
            return ""
        ticks = "space ticks" if self.query(Check) else ""
        if left := len(self._unticked()):
            return f"{left} to be accepted: {ticks}"
        return ticks if self._is_named() else "the name is to be typed"

    def _say(self, text: str, *, wrong: bool = False) -> None:
        line = self.query_one("#differs", Static)
        line.set_class(wrong, "-wrong")
        line.update(safe(text, 300))

    @on(Button.Pressed, "#confirm")
    def action_yes(self) -> None:
        """Agrees, once everything is ticked and typed."""
        missing = self._missing()
        if missing:
            self._say(missing, wrong=True)
            if (here := self._next()) is not None:
                here.focus()
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
        return "   (no transaction: it can stop half-way)"
    return "   (runs Python)" if file.dynamic else ""


def _backup(found: Preflight) -> str:
    """What there is to go back to."""
    if found.dump:
        return f"A backup is yours to make:  {found.dump}"
    if found.plan.create:
        return "The database is new: there is nothing to back up."
    return "A checked copy of the file is made first, and five are kept (b in the list)."
