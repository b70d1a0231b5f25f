"""Roles: the list, and below it what the one under the cursor allows. What changes one is in `edit` and `delete`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from models.operations.roles.names import MOST_ROLES
from models.operations.roles.state import ROLE
from models.operations.text import counted
from tui.browse.moments import wall_clock
from tui.browse.roles import RoleRow, load_role_rows
from tui.browse.search.query import parse
from tui.browse.search.terms import HasRole
from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.base import AreaScreen
from tui.screens.roles.words import EMPTY, about, role_columns
from tui.terminal.safe import safe
from tui.widgets.keyset_messages import CursorMoved
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource

if TYPE_CHECKING:
    from models.operations import Outcome

ON_ROW = ("edit", "delete", "holders")
"""Actions on the role under the cursor."""


class RolesScreen(AreaScreen):
    """The roles by name."""

    CSS_PATH = "roles.tcss"
    CRUMB = "Roles"
    INTRO = (
        "What people may do comes from roles only. e changes what the role under the cursor allows, and says before it "
        "is saved who would gain or lose what. CHANGED: a system role that is not as it was seeded. Roles are granted "
        "on the page of a user."
    )
    HINTS = ("roles.edit", "roles.new", "roles.holders", "roles.delete", "list.refresh")
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("roles.edit", "roles.new", "roles.holders", "roles.delete", "list.refresh", "list.copy_id"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._loaded_at = ""
        self._count = 0
        self._wanted: int | None = None  # the role whom the cursor shall go to once the list is there

    def compose_body(self) -> ComposeResult:
        yield KeysetTable(role_columns(), id="roles")
        with VerticalScroll(id="pane", can_focus=False):
            yield Static(id="about")
        yield Static(id="status")

    @property
    def table(self) -> KeysetTable[RoleRow]:
        """The list."""
        table: KeysetTable[RoleRow] = self.query_one(KeysetTable)
        return table

    # Reading --------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.table.focus()
        self.table.say(Content("…loading"))

    def on_screen_resume(self) -> None:
        """Somebody may have granted or changed one since the last look."""
        self._read()

    def action_refresh(self) -> None:
        """Read the roles again."""
        self._read()

    def _read(self) -> None:
        self.run_read(load_role_rows, self._loaded, group="roles", failed=self._failed, again=True)

    def _loaded(self, rows: tuple[RoleRow, ...]) -> None:
        self._loaded_at, self._count = wall_clock(), len(rows)
        self.table.say(Content(EMPTY))
        self.table.open(ListSource(rows[:MOST_ROLES], lambda row: row.id))
        self._say_status()
        self._show_about()

    def _say_status(self, wrong: Content | None = None) -> None:
        status = self.query_one("#status", Static)
        status.set_class(wrong is not None, "-wrong")
        more = f" (the first {MOST_ROLES} are shown)" if self._count > MOST_ROLES else ""
        said = f"{counted(min(self._count, MOST_ROLES), 'role')}{more} · loaded {self._loaded_at}"
        status.update(wrong or Content(said))

    def _failed(self, sentence: str) -> None:
        if not self._loaded_at:
            self.table.say(Content("The roles could not be read."))
        since = f" What is shown is from {self._loaded_at}." if self._loaded_at else ""
        self._say_status(safe(f"{sentence}{since} ctrl+r tries again.", 300))

    def on_cursor_moved(self, _: CursorMoved) -> None:
        self._show_about()

    def on_window_changed(self) -> None:
        """The list is read again in a worker: the cursor goes to what was just made."""
        index = self.table.window.index_of(self._wanted) if self._wanted is not None else None
        if index is not None:
            self._wanted = None
            self.table.move_to(index)
        self._show_about()

    def on_row_vanished(self) -> None:
        """Deleted: whoever did it knows."""

    def _show_about(self) -> None:
        row = self.table.row
        self.query_one("#about", Static).update(about(row) if row is not None else Content(""))
        self.refresh_bindings()

    # Keys -----------------------------------------------------------------------------------------------------------

    def why_not(self, action: str) -> str:
        """Why a key cannot be used now, where it is not for a permission."""
        row = self.table.row if self.is_mounted else None
        if action in ON_ROW and row is None:
            return "There is no role under the cursor."
        if action == "delete" and row is not None and row.is_system:
            return f"{sanitise(row.name, 50)} is one of the system's own roles: it cannot be deleted."
        return ""

    def on_row_opened(self) -> None:
        """Enter edits; who may not still sees all of it below."""
        self.run_worker(self.app.run_action("edit", self), exit_on_error=False)

    def action_edit(self) -> None:
        """Change what the role under the cursor allows."""
        from tui.screens.roles.edit import RoleEditDialog

        row = self.table.row
        if row is not None and not self._is_in_doubt(row.id):
            self.app.push_screen(RoleEditDialog(row.id), self._done)

    def action_new(self) -> None:
        """Make a role."""
        from tui.screens.roles.edit import RoleEditDialog

        self.app.push_screen(RoleEditDialog(None), self._done)

    def action_delete(self) -> None:
        """Delete the role under the cursor."""
        from tui.screens.roles.delete import RoleDeleteDialog

        row = self.table.row
        if row is not None and not self._is_in_doubt(row.id):
            self.app.push_screen(RoleDeleteDialog(row.id, row.name), self._done)

    def _is_in_doubt(self, role_id: int) -> bool:
        """Whether nobody knows yet what became of a change of it; then that is asked about first."""
        outcome = self.shell.doubts.others.get((ROLE, role_id))
        if outcome is None:
            return False
        from tui.screens.unsettled import UnsettledDialog

        self.app.push_screen(UnsettledDialog(outcome), self._done)
        return True

    def _done(self, outcome: Outcome | None) -> None:
        if outcome is not None:
            self._wanted = outcome.target.id
            self._read()

    def action_copy_id(self) -> None:
        row = self.table.row
        if row is not None:
            self.shell.copy(str(row.id), f"id {row.id}")

    async def action_holders(self) -> None:
        """The list of users, searched by this role."""
        row = self.table.row
        if row is None:
            return
        text = str(HasRole(row.name))
        if (
            sanitise(text, len(text) + 1) != text or not row.name.strip()
        ):  # the box shows a text and changes it as it is
            command = f"{self.shell.launch.command} roles holders {row.id}"
            self.shell.warn(f"This name cannot be typed into a search: {command} lists them, or give it another name.")
            return
        from tui.screens.users.screen import UsersScreen

        if not self.shell.may("users.view"):
            return
        await self.app.switch_mode("users")
        users = self.app.screen
        if isinstance(users, UsersScreen):
            users.box.text = text
            users.search(parse(text))
            users.table.focus()
