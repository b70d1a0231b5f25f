"""The question before a stamp: which files, what is to be known of them, and why. Nothing of them is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.badge import Tone
from tui.keys import bindings
from tui.migrate.plans.baseline import words_of
from tui.migrate.plans.stamping import NO_REASON
from tui.screens.dialogs.base import Dialog
from tui.screens.migrations.typed_name import typed_name
from tui.terminal.safe import safe
from tui.widgets.check import Check
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from tui.badge import Badge
    from tui.migrate.plans.baseline import Baseline
    from tui.migrate.plans.planning import RunPlan

LISTED: Final = 6
"""Files, and differences, that are named one by one."""

Chooser = Callable[[str, bool, str], "RunPlan"]
"""From which (a version or number), whether everything up to it, and the reason to the plan, refusals and all."""


class StampDialog(Dialog["RunPlan"]):
    """Answers the plan that was agreed to. `which` is what the key was pressed on; `choose` makes plans of answers.

    `earlier`: how many pending ones stand before it; where there are some, all of them can be stamped with it.
    `baseline`: what is there already, where nothing is recorded yet; then the last file can be chosen.
    """

    WIDTH = 84
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm")]
    DEFAULT_CSS = """
    StampDialog #files, StampDialog #refused { height: auto; width: 100%; }
    StampDialog .quiet { color: $text-muted; }
    StampDialog Check { height: auto; width: 100%; }
    """

    def __init__(
        self,
        choose: Chooser,
        which: str,
        *,
        target: str,
        database: str,
        badge: Badge,
        twin: Callable[[RunPlan, str], str],
        earlier: int = 0,
        baseline: Baseline | None = None,
    ) -> None:
        self._choose = choose
        self._which = which
        self._target = target
        self._database = database if badge.tone is Tone.DANGER else ""
        self._twin_of = twin
        self._earlier = earlier
        self._baseline = baseline
        self._plan = choose(which, baseline is not None, "")
        super().__init__(self._title(), twin=twin(self._plan, ""))

    def _title(self) -> str:
        if self._baseline is not None:
            return "Stamp what is there already"
        return self._plan.target[:1].upper() + self._plan.target[1:]

    def compose_body(self) -> ComposeResult:
        yield Static(safe(f"On {self._target}: only Aerich's rows are written, no SQL is run.", 300))
        if self._baseline is not None:
            yield from self._found(self._baseline)
            yield Static(Content("Up to and with (number or name):"))
            yield LineInput(self._which, id="which", max_length=255, compact=True)
        elif self._earlier:
            words = f"the {self._earlier} pending before it" if self._earlier > 1 else "the pending one before it"
            yield Check(Content(f"with {words}"), False, id="up-to", compact=True)
        yield Static(id="files")
        yield Static(Content("Why (kept in the history):"))
        yield LineInput(id="reason", max_length=500, compact=True)
        yield from typed_name(self._database)
        yield Static(id="refused", classes="wrong")

    def _found(self, found: Baseline) -> ComposeResult:
        yield Static(safe(found.sentence, 600), classes="caution" if found.differences else "")
        for each in found.differences[:LISTED]:
            yield Static(Content.assemble("  ", safe(words_of(each), 300)), classes="caution")
        if len(found.differences) > LISTED:
            yield Static(Content(f"  and {len(found.differences) - LISTED} more"), classes="caution")
        for label, versions in (
            ("Not to be seen whether run, since they change no table", found.unseen),
            ("Tables that no file makes", found.others),
        ):
            if versions:
                more = f" and {len(versions) - LISTED} more" if len(versions) > LISTED else ""
                yield Static(safe(f"{label}: {', '.join(versions[:LISTED])}{more}", 400), classes="quiet")
        if found.stopped:
            yield Static(safe(f"Looked no further: {found.stopped}", 400), classes="quiet")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield DangerousChoice(f"{str(self._plan.action).capitalize()}  ^S", id="confirm")

    def on_mount(self) -> None:
        self.query_one("#reason").focus()
        self._show()

    # What is chosen ---------------------------------------------------------------------------------------------------

    @on(Check.Changed)
    @on(Input.Changed)
    def _show(self) -> None:
        reason = self.query_one("#reason", Input).value
        which = next((field.value.strip() for field in self.query("#which").results(Input)), self._which)
        up_to = self._baseline is not None or any(check.value for check in self.query("#up-to").results(Check))
        self._plan = self._choose(which, up_to, reason)
        files = self._plan.files
        lines = [Content.assemble("  ", safe(file.version, 300)) for file in files[:LISTED]]
        if len(files) > LISTED:
            lines.append(safe(f"and {len(files) - LISTED} more, up to {files[-1].version}", 300))
        lines += [safe(f"! {caution.sentence}", 400).stylize("$text-warning") for caution in self._plan.cautions]
        self.query_one("#files", Static).update(Content("\n").join(lines))
        self.query_one("#refused", Static).update(safe(" ".join(self._refusals()), 400))
        self.show_twin(self._twin_of(self._plan, reason.strip()))

    def _refusals(self) -> list[str]:
        """Against the plan; that the reason is missing is said when it is agreed to."""
        return [each for each in self._plan.refusals if each != NO_REASON]

    # The answer -------------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.focus_next()

    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Agrees, once there is a reason and nothing against it."""
        missing = " ".join(self._plan.refusals)
        if not missing and self._database and self.query_one("#typed", Input).value.strip() != self._database:
            missing = "Type the name first."
        if missing:
            self.query_one("#refused", Static).update(safe(missing, 400))
        else:
            self.dismiss(self._plan)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
