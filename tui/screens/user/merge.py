"""Somebody else saved first: was, theirs and yours for each field, and nothing is written before the choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import Button, Static

from models.operations import Change, FieldConflict, field_label
from tui.browse.moments import clock
from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.check import Option
from tui.widgets.choice import Choice

if TYPE_CHECKING:
    from models.operations import Json, Outcome

THEIRS, YOURS = "theirs", "yours"


class MergeScreen(Dialog[frozenset[str]]):
    """Answers the clashing fields that are to be written as yours; those of nobody else are written in any case.

    It starts on theirs: to overwrite somebody is a choice, never a habit.
    """

    WIDTH: ClassVar[int] = 100
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm")]

    DEFAULT_CSS = """
    MergeScreen .row { height: 1; width: 100%; }
    MergeScreen .row > * { width: 1fr; height: 1; margin: 0 1 0 0; text-wrap: nowrap; text-overflow: ellipsis; }
    MergeScreen .row > .label { width: 14; color: $text-muted; }
    MergeScreen .head { color: $text-muted; }
    MergeScreen #whole { height: auto; min-height: 2; margin: 1 0 0 0; color: $text-muted; }
    """

    def __init__(self, outcome: Outcome) -> None:
        label = outcome.plan.target.label
        super().__init__(f"{label} changed while you were editing")
        self._conflicts = {conflict.field: conflict for conflict in outcome.conflicts}
        self._others = tuple(one for one in outcome.plan.changes if one.field not in self._conflicts)
        self._picked = dict.fromkeys(self._conflicts, THEIRS)

    def compose_body(self) -> ComposeResult:
        with HorizontalGroup(classes="row head"):
            yield Static("", classes="label")
            yield Static("was")
            yield Static(safe(theirs_heading(tuple(self._conflicts.values())), 60))
            yield Static("yours")
        for name, conflict in self._conflicts.items():
            with HorizontalGroup(classes="row"):
                yield Static(Content(field_label(name)), classes="label")
                yield Static(shown(conflict.was))
                yield Option(shown(conflict.theirs), True, name=f"{name}:{THEIRS}", id=f"{name}-{THEIRS}", compact=True)
                yield Option(shown(conflict.yours), name=f"{name}:{YOURS}", id=f"{name}-{YOURS}", compact=True)
        for change in self._others:
            yield from self._row_of_yours(change)
        yield Static(id="whole")
        yield Static(Content("Never merged by itself: superuser, end date, must change."), classes="muted")

    def _row_of_yours(self, change: Change) -> ComposeResult:
        with HorizontalGroup(classes="row"):
            yield Static(Content(field_label(change.field)), classes="label")
            yield Static(shown(change.before))
            yield Static(Content.assemble("    ", shown(change.before)))
            yield Static(Content.assemble("(•) ", shown(change.after)))

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Keep theirs", id="keep")
        yield Choice("Save choice  ^S", id="confirm")

    def on_mount(self) -> None:
        self.query(Option).first().focus()

    @property
    def picked(self) -> frozenset[str]:
        """The fields that stay yours."""
        return frozenset(name for name, side in self._picked.items() if side == YOURS)

    @on(Option.Picked)
    def _pick(self, event: Option.Picked) -> None:
        name, _, side = (event.option.name or "").partition(":")
        self._picked[name] = side
        for option in self.query(Option):
            field, _, of = (option.name or "").partition(":")
            if field == name:
                option.value = of == side

    @on(DescendantFocus)
    def _show_whole(self, event: DescendantFocus) -> None:
        """Long values are cut in their column: the one under the cursor stands below in full."""
        name, _, side = (event.widget.name or "").partition(":")
        conflict = self._conflicts.get(name)
        line = self.query_one("#whole", Static)
        if conflict is None:
            line.update(Content(""))
            return
        value = conflict.theirs if side == THEIRS else conflict.yours
        author = f" by {conflict.by}" if conflict.by and side == THEIRS else ""
        if author and conflict.at is not None:
            author += f", {clock(conflict.at)}"
        line.update(Content.assemble(f"{field_label(name)}, {side}", safe(author, 60), ": ", shown(value)))

    @on(Button.Pressed, "#keep")
    def _keep_theirs(self) -> None:
        self.dismiss(frozenset())

    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Answers what was chosen."""
        self.dismiss(self.picked)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)


def theirs_heading(conflicts: Sequence[FieldConflict]) -> str:
    """Return `theirs (maria, 14:02)`; only `theirs` where several people wrote, or nobody knows who."""
    found = {(conflict.by, conflict.at) for conflict in conflicts}
    if len(found) == 1:
        by, at = found.pop()
        if by is not None and at is not None:
            return f"theirs ({by}, {clock(at)})"
    return "theirs"


def shown(value: Json) -> Content:
    """Return a value for a column: `(empty)`, yes or no, or itself."""
    if value is None or value == "":
        return Content("(empty)")
    if isinstance(value, bool):
        return Content("yes" if value else "no")
    return Content(sanitise(value, 254))
