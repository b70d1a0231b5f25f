"""Grant a role or take it away: the roles with what each is for, and what the user gains or loses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from models import Role
from models.operations import plan_grant, plan_revoke
from tui.sanitise import sanitise
from tui.screens.twins import twin
from tui.screens.write_dialog import WriteDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.operations import Plan
    from tui.browse.detail import Detail


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role as the list shows it."""

    name: str
    description: str
    held: bool


class RoleDialog(WriteDialog):
    """Grants the role under the cursor, or takes it away from who has it. `role` is where the cursor starts."""

    VERB: ClassVar[str] = "Grant"
    NOTHING: ClassVar[str] = "There is no role yet."

    DEFAULT_CSS = """
    RoleDialog #roles { height: auto; max-height: 8; border: none; padding: 0; background: $surface; }
    RoleDialog #roles { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, user_id: int, role: str = "") -> None:
        super().__init__("Roles", user_id)
        self._rows: Sequence[RoleRow] = ()
        self._role = role

    def compose_options(self) -> ComposeResult:
        yield OptionList(id="roles", markup=False, compact=True)

    async def make_plan(self, detail: Detail) -> Plan:
        held = {source.role for source in detail.permissions.sources}
        roles = await Role.all().order_by("name")
        self._rows = [RoleRow(role.name, role.description, role.name in held) for role in roles]
        names = [row.name for row in self._rows]
        if self._role not in names:
            self._role = names[0] if names else ""
        planner = plan_revoke if self._role in held else plan_grant
        return await planner(self.shell.actor, self.user_id, self._role)

    def fill(self, detail: Detail) -> None:
        """Lists the roles, with the cursor where it was asked for."""
        del detail
        listing = self.query_one("#roles", OptionList)
        listing.add_options([Option(role_line(row)) for row in self._rows])
        listing.highlighted = next((i for i, row in enumerate(self._rows) if row.name == self._role), None)
        listing.focus()

    def show_plan(self, plan: Plan) -> None:
        """Says which of the two it will be."""
        self.name_confirm("Take away" if self._held else "Grant")
        self.mark_danger(self._held)
        super().show_plan(plan)

    def command(self, reason: str) -> str:
        verb = "revoke" if self._held else "grant"
        return twin(self.shell.launch.command, "roles", verb, self.user_id, self._role, reason=reason)

    @property
    def _held(self) -> bool:
        return any(row.held for row in self._rows if row.name == self._role)

    @on(OptionList.OptionHighlighted, "#roles")
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        role = self._rows[event.option_index].name
        if role != self._role:
            self._role = role
            self.read_again()


def role_line(row: RoleRow) -> Content:
    """Return `[x] support  Gets people back in`."""
    mark = "[x]" if row.held else "[ ]"
    return Content.assemble(
        f"{mark} ", (f"{sanitise(row.name, 20):<12} ", "bold"), (sanitise(row.description, 200), "dim")
    )
