"""What might be a rename, as a list: nothing is ticked, and what is not ticked is dropped and added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Static

from tui.keys import bindings
from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.check import Check
from tui.widgets.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.migrate.make.questions import Question

    Twin = Callable[[Sequence[str]], str]


class RenamesDialog(Dialog[tuple[str, ...]]):
    """Answers the ids that were ticked, None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm")]
    DEFAULT_CSS = """
    RenamesDialog .at-stake { color: $text-warning; height: auto; width: 100%; padding: 0 0 0 4; }
    RenamesDialog #clash { color: $text-error; height: auto; width: 100%; }
    """

    def __init__(self, questions: Sequence[Question], ticked: Sequence[str] = (), *, twin: Twin) -> None:
        super().__init__("Was something renamed?", twin=twin(()))
        self._questions = questions
        self._ticked = frozenset(ticked)
        self._twin_of = twin

    def compose_body(self) -> ComposeResult:
        yield Static(Content("Tick what is the same under another name. What is not ticked is dropped and made anew."))
        for place, each in enumerate(self._questions):
            yield Check(safe(_label(each), 100), each.id in self._ticked, id=f"question-{place}", compact=True)
            if each.at_stake:
                yield Static(safe(each.at_stake, 200), classes="at-stake")
        yield Static(id="clash")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel  esc", id="cancel")
        yield Choice("Go on  ctrl+s", id="confirm")

    def on_mount(self) -> None:
        super().on_mount()
        self._typed()
        self.query_one("#question-0").focus()

    @property
    def _chosen(self) -> tuple[Question, ...]:
        return tuple(
            each for place, each in enumerate(self._questions) if self.query_one(f"#question-{place}", Check).value
        )

    @on(Check.Changed)
    def _typed(self) -> None:
        chosen = self._chosen
        self.query_one("#clash", Static).update(safe(_clash(chosen), 200))
        self.show_twin(self._twin_of([each.typed for each in chosen]))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.action_close()

    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Goes on with what is ticked, unless two of these exclude each other."""
        chosen = self._chosen
        if self.is_settled and not _clash(chosen):
            self.dismiss(tuple(each.id for each in chosen))


def _label(question: Question) -> str:
    place = "" if question.is_table else f"{question.table}."
    kind = "table " if question.is_table else ""
    return f"{kind}{place}{question.old} is now {question.new}"


def _clash(chosen: Sequence[Question]) -> str:
    """What excludes each other among these, in a sentence; "" where nothing does."""
    for place, one in enumerate(chosen):
        for two in chosen[place + 1 :]:
            if one.kind == two.kind and one.table == two.table and (one.old == two.old or one.new == two.new):
                return f"{_label(one)}, and {_label(two)}: only one of the two can be."
            if one.is_table and two.is_table and one.old == two.old:
                return f"{one.old} cannot become two tables."
    return ""
