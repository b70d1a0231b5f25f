"""What is done to one saved view: name it (save, rename), or agree to something (share, change, delete)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static

from models.operations import ViewContent, plan_rename_view, plan_save_view
from models.operations.view_names import NAME_LENGTH
from tui.screens.twins import twin
from tui.screens.work_dialog import WorkDialog
from tui.terminal.safe import safe
from tui.widgets.check import Check
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from textual.widgets import Button

    from models.operations import Outcome, Plan
    from tui.browse.lists.views import View


class ViewNameDialog(WorkDialog):
    """Asks for a name: of the present search, which becomes a view (`content`), or of a view (`view`)."""

    DEFAULT_CSS = """
    ViewNameDialog .line { height: 1; margin: 0 0 1 0; }
    ViewNameDialog .line .label { width: 9; }
    ViewNameDialog Input { width: 1fr; }
    """

    def __init__(self, *, content: ViewContent | None = None, view: View | None = None) -> None:
        super().__init__("Save this search as a view" if view is None else "Rename a view")
        self._content = content or ViewContent("")
        self._view = view

    def compose_body(self) -> ComposeResult:
        yield Static(id="message")
        if self._view is None:
            with HorizontalGroup(classes="line"):
                yield Static(Content("Search"), classes="label")
                yield Static(safe(self._content.query or "everybody", 400), id="query")
        with HorizontalGroup(classes="line"):
            yield Static(Content("Name"), classes="label")
            name = self._view.name if self._view is not None else ""
            yield LineInput(safe(name, NAME_LENGTH).plain, id="name", max_length=NAME_LENGTH)
        if self._view is None:
            yield Check("share it with everybody who may see users", id="share", compact=True)
            yield Static(Content("The view keeps the order and the columns as they are now."), classes="muted")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Save  ^S", id="confirm")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#name", Input).focus()
        self._typed()

    @property
    def _named(self) -> str:
        return self.query_one("#name", Input).value

    @property
    def _shared(self) -> bool:
        return self._view is None and self.query_one("#share", Check).value

    @on(Input.Changed, "#name")
    @on(Check.Changed)
    def _typed(self) -> None:
        if self.in_doubt is not None:
            return
        self.say("")
        self.allow(bool(self._named.strip()))
        self.show_twin(self._command())

    def _command(self) -> str:
        command = self.shell.launch.command
        if self._view is not None:
            return twin(command, "views", "rename", self._view.name, self._named)
        return save_twin(command, self._named, self._content, *(["--share"] if self._shared else []))

    @on(Input.Submitted, "#name")
    def _entered(self) -> None:
        self.action_confirm()

    def action_confirm(self) -> None:
        if self._named.strip():
            super().action_confirm()
        else:
            self.complain("The view needs a name.")

    def confirmed(self) -> None:
        """Plans with the name that is typed, then applies."""
        name, actor = self._named, self.shell.actor
        view, content, shared = self._view, self._content, self._shared

        async def plan() -> Plan:
            if view is not None:
                return await plan_rename_view(actor, view.id, name)
            return await plan_save_view(actor, name, content, shared=shared)

        self.read(plan, self._planned)

    def _planned(self, plan: Plan) -> None:
        if plan.errors:
            self.complain(" ".join(error.sentence for error in plan.errors))
        else:
            self.write(f"view {plan.target.label}", plan)

    def answered(self, outcome: Outcome) -> None:
        """What stands against a name is said beside it; the name can be changed."""
        super().answered(outcome)
        if not outcome.is_ok:
            self.complain(" ".join([outcome.sentence, *(error.sentence for error in outcome.errors)]))
            self.allow(True)


class ViewVerbDialog(WorkDialog):
    """Asks whether a verb shall be done to a view; `make_plan` plans it."""

    DEFAULT_CSS = """
    ViewVerbDialog #view { height: auto; margin: 0 0 1 0; }
    """
    NOTHING: ClassVar[str] = "There is nothing to change."

    def __init__(
        self,
        verb: str,
        view: View,
        make_plan: Callable[[], Awaitable[Plan]],
        command: str,
        *,
        danger: bool = False,
    ) -> None:
        super().__init__(f"{verb} a view")
        self._verb = verb
        self._view = view
        self._make_plan = make_plan
        self._command = command
        self._danger = danger
        self._plan: Plan | None = None

    def compose_body(self) -> ComposeResult:
        lines = [
            Content.assemble((safe(self._view.name, 100).plain, "bold")),
            safe(self._view.query or "everybody", 400),
        ]
        yield Static(Content("\n").join(lines), id="view")
        yield Static(id="message")
        yield Static(id="effects")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        button: type[Button] = DangerousChoice if self._danger else Choice
        yield button(f"{self._verb}  ^S", id="confirm", disabled=True)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#cancel").focus()
        self.show_twin(self._command)
        self.read(self._make_plan, self._planned)

    def _planned(self, plan: Plan) -> None:
        self._plan = plan
        self.query_one("#effects", Static).update(Content("\n").join(Content(f"· {text}") for text in _effects(plan)))
        reasons = [*(error.sentence for error in plan.errors), *(refusal.reason for refusal in plan.refusals)]
        if reasons or plan.is_empty:
            self.complain(" ".join(reasons) or self.NOTHING)
        self.allow(plan.is_allowed and not plan.is_empty)

    def confirmed(self) -> None:
        """Applies the plan that is shown."""
        if self._plan is not None:
            self.write(f"{self._verb.lower()} of the view {self._plan.target.label}", self._plan)


def save_twin(command: str, name: str, content: ViewContent, *options: str) -> str:
    """Return the command line that keeps a search under a name."""
    # A minus in front would make an option of a query or an order.
    words = ["views", "save", name, f"--query={content.query}" if content.query.startswith("-") else content.query]
    if content.order:
        words += ["--order", content.order[1:] + "-" if content.order.startswith("-") else content.order]
    if content.columns:
        words += ["--columns", ",".join(content.columns)]
    return twin(command, *words, *options)


def _effects(plan: Plan) -> list[str]:
    changed = [
        f"{change.field}: {_word(change.before)} → {_word(change.after)}"
        for change in plan.changes
        if change.after is not None and change.field in ("query", "order", "columns")
    ]
    return [safe(text, 300).plain for text in (*changed, *plan.effects)]


def _word(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "nothing")
