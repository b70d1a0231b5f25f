"""One verb on many users, before it is done: what it takes, who will change, who is left out and why, the first ten.

It answers the plan that was agreed to: up to ten users by `y`, more by typing their number. `run` carries it out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from models import Role
from models.operations.bulk import (
    SETTABLE,
    Activate,
    Deactivate,
    ForceChange,
    GrantRole,
    RevokeRole,
    RevokeSessions,
    SetField,
    SoftDelete,
    Unlock,
    plan_bulk,
)
from models.operations.bulk.plan import ASKED
from models.operations.sign_in.step_up import may_go_ahead, stands_against
from models.operations.text import field_label, grouped
from models.operations.values import FLAG_FIELDS, TIME_FIELDS
from tui.screens.bulk.words import bulk_twin, plan_lines, sample_lines, selection_line
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.step_up import FIRST, ask_first
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.read_dialog import ReadDialog
from tui.screens.user.edit_form import read_moment
from tui.screens.write_dialog import REASON_LENGTH
from tui.terminal.safe import safe
from tui.until import read_until
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput
from tui.widgets.option_list import OptionList

if TYPE_CHECKING:
    from models.operations.bulk import BulkPlan, Selection, Verb

PLAN_SECONDS = 120.0
"""A plan looks at everybody who is selected, up to a million."""

PLAIN: Final = {kind.name: kind for kind in (Activate, Deactivate, ForceChange, RevokeSessions, SoftDelete, Unlock)}
"""The verbs that take nothing."""

_YES = ("yes", "true", "no", "false")


class BulkDialog(ReadDialog["BulkPlan"]):
    """Plans again whenever what the verb takes changes, so that what is shown is what will be done."""

    WIDTH: ClassVar[int] = 78

    DEFAULT_CSS = """
    BulkDialog .line { height: 1; }
    BulkDialog .line .label { width: 9; }
    BulkDialog .line Input { width: 1fr; }
    BulkDialog OptionList { height: auto; max-height: 5; border: none; padding: 0; background: $surface; }
    BulkDialog OptionList { text-wrap: nowrap; text-overflow: ellipsis; margin: 1 0 0 0; }
    BulkDialog #plan, BulkDialog #samples { height: auto; width: 100%; margin: 1 0 0 0; }
    BulkDialog #reason-line { margin: 1 0 0 0; }
    """

    def __init__(self, selection: Selection, verb: str, *, given: Verb | None = None) -> None:
        super().__init__(given.words() if given is not None else _title(verb))
        self._selection = selection
        self._verb = verb
        self._given = given
        self._picked = ""
        self._choices: tuple[str, ...] = ()
        self.plan: BulkPlan | None = None

    # The dialog -----------------------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        yield Static(selection_line(self._selection), id="who")
        yield Static(id="message")
        if self._given is None and self._verb in ("grant-role", "revoke-role", "set"):
            yield OptionList(id="choices", compact=True)
        if self._given is None and self._verb in ("grant-role", "set"):
            with HorizontalGroup(classes="line"):
                yield Static(Content("Until" if self._verb == "grant-role" else "Value"), classes="label")
                yield LineInput(id="value", max_length=254, placeholder=_placeholder(self._verb, ""))
        yield Static(Content("…looking at everybody"), id="plan")
        with HorizontalGroup(id="reason-line", classes="line"):
            yield Static(Content("Reason"), classes="label")
            yield LineInput(id="reason", max_length=REASON_LENGTH)
        yield Static(id="samples")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield DangerousChoice("…  ^S", id="confirm", disabled=True)

    def on_mount(self) -> None:
        super().on_mount()
        self.name_confirm(self._given.words() if self._given is not None else _title(self._verb))
        if self.query("#choices"):
            if self._verb == "set":
                self._offer([(name, Content(field_label(name))) for name in SETTABLE])
            else:
                self.read(self._load_roles, self._offer, group="roles")
        else:
            self.query_one("#reason", Input).focus()
            self._plan_again()

    async def _load_roles(self) -> list[tuple[str, Content]]:
        roles = await Role.all().order_by("name")
        return [
            (role.name, Content.assemble((f"{safe(role.name, 20).plain:<12} ", "bold"), safe(role.description, 200)))
            for role in roles
        ]

    def _offer(self, choices: list[tuple[str, Content]]) -> None:
        self._choices = tuple(name for name, _ in choices)
        listing = self.query_one("#choices", OptionList)
        listing.add_options([Option(line) for _, line in choices])
        listing.highlighted = 0 if choices else None
        listing.focus()
        if not choices:
            self.complain("There is no role yet.")

    # The plan -------------------------------------------------------------------------------------------------------

    def verb(self) -> Verb:
        """The verb with what was picked and typed. Raises ValueError with a sentence."""
        if self._given is not None:
            return self._given
        typed = self._typed()
        if self._verb == "grant-role":
            return GrantRole(self._picked, read_until(typed, datetime.now(UTC)))
        if self._verb == "revoke-role":
            return RevokeRole(self._picked)
        if self._verb == "set":
            return SetField(self._picked, _value(self._picked, typed))
        return PLAIN[self._verb]()

    def _typed(self) -> str:
        return self.query_one("#value", Input).value.strip() if self.query("#value") else ""

    def _plan_again(self) -> None:
        """Plans for what stands in the dialog; until then nothing can be agreed to."""
        self.plan = None
        self.allow(False)
        self.forget()
        try:
            verb = self.verb()
        except ValueError as error:
            self.query_one("#plan", Static).update(Content(""))
            self.query_one("#samples", Static).update(Content(""))
            # What nobody has typed yet is asked for; only what was typed can be wrong.
            (self.complain if self._typed() else self.say)(str(error))
            return

        async def work() -> BulkPlan:
            return await plan_bulk(self.shell.actor, self._selection, verb)

        self.read(work, self._planned, deadline=PLAN_SECONDS)

    def _planned(self, plan: BulkPlan) -> None:
        self.plan = plan
        self.query_one("#plan", Static).update(plan_lines(plan))
        self.query_one("#samples", Static).update(sample_lines(plan))
        reasons = stands_against(plan)
        if reasons:
            self.complain(" ".join(reasons))
        elif plan.is_empty:
            self.complain("Nobody would change.")
        else:
            self.say(FIRST if plan.refusals else "")
        self.shell.lock.heed(plan.refusals)
        self.allow(may_go_ahead(plan))
        self.name_confirm(f"{plan.verb.words()}: {grouped(plan.changing)}")
        self._show_command()

    def _show_command(self) -> None:
        if self.plan is not None:
            plan = replace(self.plan, reason=self.reason)
            self.show_twin(bulk_twin(self.shell.launch.command, plan))

    @property
    def reason(self) -> str:
        """What was typed as the reason."""
        return self.query_one("#reason", Input).value.strip()

    @on(Input.Changed, "#reason")
    def _reason_typed(self) -> None:
        self._show_command()

    @on(Input.Changed, "#value")
    def _value_typed(self) -> None:
        self._plan_again()

    @on(OptionList.OptionHighlighted, "#choices")
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        picked = self._choices[event.option_index]
        if picked != self._picked:
            self._picked = picked
            for line in self.query("#value").results(Input):
                line.placeholder = _placeholder(self._verb, picked)
            self._plan_again()

    # Agreeing -------------------------------------------------------------------------------------------------------

    def confirmed(self) -> None:
        """Asks once more, by as much as is at stake."""
        if self.plan is None:
            return
        # The person may have been through the lock since: another session, the same account.
        plan = replace(self.plan, reason=self.reason, actor=self.shell.actor)
        title = f"{plan.verb.words()}: {grouped(plan.changing)} user{'' if plan.changing == 1 else 's'}"
        sentences = (*plan.effects, *plan.irreversible)

        def agreed() -> None:
            self.dismiss(replace(plan, refusals=()))

        def answered(answer: bool | None) -> None:
            if answer and not ask_first(self.shell, plan.refusals, agreed):
                agreed()

        if plan.changing <= ASKED:
            self.app.push_screen(
                ConfirmDialog(title, plan.effects, warnings=plan.irreversible, yes="Do it", destructive=True), answered
            )
        else:
            self.app.push_screen(TypeToConfirm(title, plan.confirmation, sentences), answered)


def _title(verb: str) -> str:
    from tui.screens.bulk.verb import VERBS as CHOICES

    return next(choice.title for choice in CHOICES if choice.name == verb)


def _placeholder(verb: str, field: str) -> str:
    if verb == "grant-role":
        return "for good; or 30d, 2027-01-31 18:00 (UTC)"
    if field in TIME_FIELDS:
        return "never, or 2027-01-31 18:00 (UTC)"
    return "yes or no" if field in FLAG_FIELDS else ""


def _moment(typed: str) -> datetime | None:
    try:
        return read_moment(typed)
    except ValueError:
        raise ValueError("Write a date like 2027-01-31 or 2027-01-31 18:00, or nothing.") from None


def _value(field: str, typed: str) -> bool | str | datetime | None:
    if field in FLAG_FIELDS:
        if typed.casefold() not in _YES:
            raise ValueError(f"{field_label(field).capitalize()} is yes or no.")
        return typed.casefold() in ("yes", "true")
    return _moment(typed) if field in TIME_FIELDS else typed
