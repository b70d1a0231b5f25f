"""Grant a role, take it away, or give it another end: the roles with what each is for, and what is gained or lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from models import Role
from models.operations import plan_change_grant, plan_grant, plan_revoke
from models.operations.roles.names import MOST_ROLES
from tui.browse.moments import stamp
from tui.sanitise import sanitise
from tui.screens.twins import twin
from tui.screens.write_dialog import WriteDialog
from tui.until import read_until
from tui.widgets.line_input import LineInput
from tui.widgets.option_list import OptionList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.operations import Plan
    from tui.browse.user.detail import Detail

HELD = "Held already: ^S takes it away, another end changes how long it is held."
NOT_A_MOMENT = "Write 30d, 12h or 2w from now, 2027-01-31 or 2027-01-31 18:00 (UTC), or never."


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role as the list shows it. `expires_at` is when the user stops holding it."""

    name: str
    description: str
    held: bool
    expires_at: datetime | None = None


class RoleDialog(WriteDialog):
    """Grants the role under the cursor until the end that is typed, or changes the end of one that is held; with the
    end as it is, takes it away. `role` is where the cursor starts."""

    VERB: ClassVar[str] = "Grant"
    NOTHING: ClassVar[str] = "There is no role yet."

    DEFAULT_CSS = """
    RoleDialog #roles { height: auto; max-height: 5; border: none; padding: 0; background: $surface; }
    RoleDialog #roles { text-wrap: nowrap; text-overflow: ellipsis; }
    RoleDialog #until-line { margin: 1 0 0 0; height: 1; }
    RoleDialog #until-line .label { width: 9; }
    RoleDialog #until { width: 1fr; }
    RoleDialog #reason-line { margin: 0; }
    """

    def __init__(self, user_id: int, role: str = "") -> None:
        super().__init__("Roles", user_id)
        self._rows: Sequence[RoleRow] = ()
        self._listed: Sequence[RoleRow] = ()
        """As they are shown: the cursor is on one of these."""
        self._role = self._asked = role

    def compose_options(self) -> ComposeResult:
        yield OptionList(id="roles", markup=False, compact=True)
        with HorizontalGroup(id="until-line"):
            yield Static(Content("Until"), classes="label")
            yield LineInput(id="until", max_length=32, placeholder="for good; or 30d, 2027-01-31 18:00 (UTC)")

    async def make_plan(self, detail: Detail) -> Plan:
        # One that has expired counts for nothing; asked for by name, it is there to be taken away, or to be renewed.
        expired = {source.role: source for source in detail.expired if source.role == self._asked}
        held = expired | {source.role: source for source in detail.permissions.sources}
        roles = await Role.all().order_by("name").limit(MOST_ROLES)
        self._rows = [
            RoleRow(role.name, role.description, True, held[role.name].expires_at)
            if role.name in held
            else RoleRow(role.name, role.description, False)
            for role in roles
        ]
        names = [row.name for row in self._rows]
        if self._role not in names:
            self._role = names[0] if names else ""
        if self.detail is None:  # the first time: what the field shows is how it is
            self._typed = end_text(self._row.expires_at if self._row else None)
        actor = self.shell.actor
        if not self._held or (self._is_changed and self._role in expired):
            return await plan_grant(actor, self.user_id, self._role, expires_at=read_until(self._typed, detail.now))
        if not self._is_changed:
            return await plan_revoke(actor, self.user_id, self._role)
        return await plan_change_grant(actor, self.user_id, self._role, read_until(self._typed, detail.now))

    def fill(self, detail: Detail) -> None:
        """Lists the roles, with the cursor where it was asked for."""
        self._list(detail)
        self._show_end()
        self.query_one("#roles", OptionList).focus()

    def _list(self, detail: Detail) -> None:
        self._listed = tuple(self._rows)
        listing = self.query_one("#roles", OptionList)
        with listing.prevent(OptionList.OptionHighlighted):
            listing.set_options(Option(role_line(row, detail.now)) for row in self._listed)
            listing.highlighted = next((i for i, row in enumerate(self._listed) if row.name == self._role), None)

    def show_plan(self, plan: Plan) -> None:
        """Says which of the three it will be. Somebody may have made or deleted roles meanwhile."""
        if self.detail is not None and self._listed != tuple(self._rows):
            self._list(self.detail)
        takes = self._held and not self._is_changed
        role = short_name(self._role)  # the button says which: the cursor of a list is easily overlooked
        self.name_confirm(f"Take {role} away" if takes else f"Change end of {role}" if self._held else f"Grant {role}")
        self.mark_danger(takes)
        super().show_plan(plan)
        # What is said below takes rows from the list: the role that it is about stays in sight.
        self.call_after_refresh(self.query_one("#roles", OptionList).scroll_to_highlight)

    def effects(self, plan: Plan) -> Sequence[str]:
        """What is gained or lost; of a role that is held, what the keys make of it."""
        changes = [f"{change.before or 'not held'} -> {change.after or 'not held'}" for change in plan.changes]
        return (
            *(changes if self._typed or self._is_changed else ()),
            *super().effects(plan),
            *([HELD] if self._held and not self._is_changed else []),
        )

    def command(self, reason: str) -> str:
        if self._held and not self._is_changed:
            return twin(self.shell.launch.command, "roles", "revoke", self.user_id, self._role, reason=reason)
        until = self._typed or ("never" if self._held else "")
        words = (self.user_id, self._role, *(("--until", until) if until else ()))
        return twin(self.shell.launch.command, "roles", "grant", *words, reason=reason)

    @property
    def _row(self) -> RoleRow | None:
        return next((row for row in self._rows if row.name == self._role), None)

    @property
    def _held(self) -> bool:
        return self._row is not None and self._row.held

    _typed = ""

    @property
    def _is_changed(self) -> bool:
        """Whether another end was typed than the one of the role that is held."""
        return self._row is not None and self._typed != end_text(self._row.expires_at)

    def _show_end(self) -> None:
        """Puts the end of the role under the cursor into the field: none for one that is not held."""
        self._typed = end_text(self._row.expires_at if self._row is not None else None)
        field = self.query_one("#until", Input)
        with field.prevent(Input.Changed):
            field.value = self._typed

    @on(Input.Changed, "#until")
    def _end_typed(self, event: Input.Changed) -> None:
        self._typed = event.value.strip()
        if self.detail is None:
            return
        try:
            read_until(self._typed, self.detail.now)
        except ValueError:
            self.forget()
            self.plan = None
            self.allow(False)
            self.query_one("#effects", Static).update(Content(""))
            self.say(NOT_A_MOMENT)
            return
        self.read_again()

    @on(OptionList.OptionHighlighted, "#roles")
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        at = self.query_one("#roles", OptionList).highlighted  # the event may be of the list before
        role = self._listed[at].name if at is not None else self._role
        if role != self._role:
            self._role = role
            self._show_end()
            self.read_again()


def role_line(row: RoleRow, now: datetime) -> Content:
    """Return `held  support  until 3 Mar 14:30  Gets people back in`: a word and no box, nothing is ticked here."""
    mark = "held" if row.held else "    "
    until = f"until {stamp(row.expires_at, now)}  " if row.expires_at else ""
    return Content.assemble(
        f"{mark}  ", (f"{short_name(row.name):<12} ", "bold"), until, (sanitise(row.description, 200), "dim")
    )


def short_name(role: str) -> str:
    """Return the name of a role, fit to be shown; it may be of a hand edit."""
    return sanitise(role, 20) or "(no name)"


def end_text(moment: datetime | None) -> str:
    """Return an end as it is typed: `2027-01-31 18:00`, in UTC; nothing for none."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment is not None else ""
