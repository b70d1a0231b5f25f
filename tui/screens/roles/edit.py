"""Make a role or change one: name, description, what it allows; reviewed with what would change for whom."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static

from models.operations import Outcome, Plan, RoleEdit, Status, TargetGone, plan_create_role, plan_edit_role
from models.operations.roles.names import DESCRIPTION_LENGTH, NAME_LENGTH
from models.operations.roles.state import PERMISSION
from models.operations.sign_in.step_up import stands_against
from tui.browse.roles import RoleRow, load_role_row
from tui.keys import bindings
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.review import ReviewDialog
from tui.screens.roles.form import PermissionBoxes, Walk
from tui.screens.twins import twin
from tui.screens.user.edit_form import hidden_words
from tui.screens.work_dialog import WorkDialog
from tui.screens.write_dialog import REASON_LENGTH
from tui.terminal.safe import safe
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput
from tui.widgets.target_card import Card, TargetCard, card_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.operations import FieldError

TEXTS = {"name": NAME_LENGTH, "description": DESCRIPTION_LENGTH}


class RoleEditDialog(WorkDialog):
    """`role_id` None makes a new role. Answers the outcome."""

    WIDTH: ClassVar[int] = 84
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("form.save")]

    DEFAULT_CSS = """
    RoleEditDialog .field { height: 1; }
    RoleEditDialog .field .label { width: 13; }
    RoleEditDialog .field Input { width: 1fr; }
    RoleEditDialog .error { height: auto; display: none; padding: 0 0 0 13; }
    RoleEditDialog .error.-given { display: block; }
    RoleEditDialog #reason-line { margin: 1 0 0 0; }
    """

    def __init__(self, role_id: int | None) -> None:
        super().__init__("New role" if role_id is None else "Edit role")
        self.role_id = role_id
        self.base: RoleRow | None = None

    def compose_body(self) -> ComposeResult:
        yield TargetCard(Card(self.role_id, "", facts="a new role" if self.role_id is None else "…loading"))
        yield Static(id="message")
        with Walk():
            for name, length in TEXTS.items():
                with HorizontalGroup(classes="field"):
                    yield Static(Content(name), classes="label")
                    yield LineInput(id=name, max_length=length, select_on_focus=False)
                yield Static(id=f"{name}-hidden", classes="error caution")
                yield Static(id=f"{name}-error", classes="error wrong")
            yield PermissionBoxes(self.shell.may)
            with HorizontalGroup(id="reason-line", classes="field"):
                yield Static(Content("reason"), classes="label")
                yield LineInput(id="reason", max_length=REASON_LENGTH)

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Review  ^S", id="confirm", disabled=self.role_id is not None)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#name", Input).focus()
        if self.role_id is not None:
            self._read()

    # Reading --------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self.read(self._load, self._loaded)

    async def _load(self) -> RoleRow:
        row = await load_role_row(self.role_id or 0)
        if row is None:
            raise TargetGone(f"There is no role #{self.role_id} any more.")
        return row

    async def _loaded(self, row: RoleRow) -> None:
        """Shows the role; what was typed and ticked on the one before stays."""
        texts, added, removed = self._texts(), self._boxes.added, self._boxes.removed
        kept = {name for name in TEXTS if self.base is not None and texts[name] != getattr(self.base, name)}
        self.base = row
        for name in TEXTS:
            field = self.query_one(f"#{name}", Input)
            if name not in kept:
                # A hand can have stored more than the column takes: the box must not cut what nobody touched.
                field.max_length = max(TEXTS[name], len(getattr(row, name)))
                field.value = getattr(row, name)
                field.cursor_position = 0
        self.query_one("#name", Input).disabled = row.is_system
        if row.is_system and self.focused is None:
            self.query_one("#description", Input).focus()
        await self._boxes.load(row.codenames, but=added | removed)
        kind = "a system role, which keeps its name" if row.is_system else "a role of your own"
        held = f"held by {row.holders.of('user')}" if row.holders.number else "held by nobody"
        card = Card(row.id, row.name or "(no name)", facts=f"{kind} · {held}")
        self.query_one(TargetCard).update(card_content(card))
        self.allow(True)
        self._show_command()

    @property
    def _boxes(self) -> PermissionBoxes:
        return self.query_one(PermissionBoxes)

    def _texts(self) -> dict[str, str]:
        return {name: self.query_one(f"#{name}", Input).value for name in TEXTS}

    def edit(self) -> RoleEdit:
        """What was touched."""
        texts = self._texts()
        touched = {
            name: text for name, text in texts.items() if self.base is not None and text != getattr(self.base, name)
        }
        return RoleEdit(touched.get("name"), touched.get("description"), self._boxes.added, self._boxes.removed)

    @property
    def reason(self) -> str:
        """What was typed as the reason."""
        return self.query_one("#reason", Input).value.strip()

    # The command line -----------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.input.id in TEXTS:
            line = self.query_one(f"#{event.input.id}-hidden", Static)
            words = hidden_words(event.value)
            line.update(Content(words))
            line.set_class(bool(words), "-given")
            self._show_error(event.input.id, "")  # it was of what stood there before
        self._show_command()

    @on(PermissionBoxes.Changed)
    def _ticked(self) -> None:
        self._show_command()

    def _show_command(self) -> None:
        self.show_twin(self._command())

    def _command(self) -> str:
        command = self.shell.launch.command
        if self.role_id is None:
            texts = self._texts()
            about = ["--description", texts["description"]] if texts["description"] else []
            return twin(command, "roles", "create", texts["name"], *about, *self._codenames(), reason=self.reason)
        edit = self.edit()
        words = [] if edit.name is None else ["--name", edit.name]
        words += [] if edit.description is None else ["--description", edit.description]
        words += self._codenames()
        return twin(command, "roles", "edit", self.role_id, *words, reason=self.reason) if words else ""

    def _codenames(self) -> list[str]:
        both = (("--allow", self._boxes.added), ("--forbid", self._boxes.removed))
        return [word for option, names in both if names for word in (option, ",".join(sorted(names)))]

    # Saving ---------------------------------------------------------------------------------------------------------

    def action_save(self) -> None:
        """The same as the button."""
        self.action_confirm()

    def confirmed(self) -> None:
        """Plans what was touched, and shows it for review."""
        self.say("")
        self._show_errors(())
        if self.base is None:
            texts = self._texts()
            work = partial(plan_create_role, self.shell.actor, texts["name"], texts["description"], self._boxes.ticked)
        else:
            work = partial(plan_edit_role, self.shell.actor, self.base.id, self.edit(), seen=self.base.version)
        self.read(work, self._planned, group="plan")

    def _planned(self, plan: Plan) -> None:
        if self._is_refused(plan):
            return
        if plan.is_empty:
            self.say("Nothing was changed yet.")
            return
        new = self.base is None
        review = ReviewDialog(
            "Review the new role" if new else "Review",
            plan.changes,
            card=Card.of(plan.target),
            sentences=plan.effects,
            warnings=plan.irreversible,
            labels={change.field: change.field.removeprefix(PERMISSION) for change in plan.changes},
            yes="Create" if new else "Save",
            twin=self._command(),
        )
        self.app.push_screen(review, partial(self._reviewed, plan))

    def _reviewed(self, plan: Plan, agreed: bool | None) -> None:
        if agreed:
            self.write(f"saving of the role {plan.target.label}", replace(plan, reason=self.reason))

    def _is_refused(self, plan: Plan) -> bool:
        """Says what stands against it; False when nothing does but a password."""
        self._show_errors(plan.errors)
        elsewhere = [error.sentence for error in plan.errors if error.field not in TEXTS]
        reasons = stands_against(replace(plan, errors=()))
        if elsewhere or reasons:
            self.complain(" ".join((*elsewhere, *reasons)))
        return bool(plan.errors or reasons)

    def _show_errors(self, errors: Sequence[FieldError]) -> None:
        given = {error.field: error.sentence for error in errors}
        for name in TEXTS:
            self._show_error(name, given.get(name, ""))
        first = next((name for name in TEXTS if name in given), None)
        if first is not None:
            self.query_one(f"#{first}").focus()

    def _show_error(self, name: str, sentence: str) -> None:
        line = self.query_one(f"#{name}-error", Static)
        line.update(safe(sentence))
        line.set_class(bool(sentence), "-given")

    def answered(self, outcome: Outcome) -> None:
        """Closes with what is done; a role that was changed meanwhile is read again under what was typed."""
        self.allow(True)
        self._show_errors(outcome.errors)
        super().answered(outcome)
        if outcome.status is Status.CONFLICT:
            self.complain(f"{outcome.sentence} What you ticked and typed is kept, on the role as it is now.")
            self._read()
        elif outcome.status is Status.GONE:
            self.allow(False)

    # Leaving --------------------------------------------------------------------------------------------------------

    @property
    def _is_unsaved(self) -> bool:
        if self.base is not None:
            return self.edit() != RoleEdit()
        return self.role_id is None and bool(any(self._texts().values()) or self._boxes.ticked)

    def leave(self) -> None:
        """Asks before what was typed is lost."""
        if not self._is_unsaved:
            self.dismiss(None)
            return
        question = ConfirmDialog(
            "Leave without saving?", ("What you changed is not saved yet.",), yes="Leave", destructive=True
        )
        self.app.push_screen(question, self._leave_asked)

    def _leave_asked(self, agreed: bool | None) -> None:
        if agreed:
            self.dismiss(None)
