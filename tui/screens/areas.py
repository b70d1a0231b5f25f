"""The areas of the application, in the order of their digits. To add one: a row here and its screen.

Screens are imported when their area is first opened, so the first paint pays for none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from tui.screens.base import AreaScreen


@dataclass(frozen=True, slots=True)
class Area:
    """One area: its mode in the application, the digit that opens it, and the permission that seeing it needs."""

    id: str
    key: str
    title: str
    screen: str
    """`module:Class`"""
    permission: str = ""
    """A codename of models.permissions; empty where everybody who is signed in may look."""

    def load(self) -> type[AreaScreen]:
        """Imports the area's screen."""
        module, _, name = self.screen.partition(":")
        return cast("type[AreaScreen]", getattr(import_module(module), name))

    def make(self) -> AreaScreen:
        """Imports and makes the area's screen."""
        return self.load()()


AREAS: Final = (
    Area("users", "1", "Users", "tui.screens.users.screen:UsersScreen", "users.view"),
    Area("changes", "2", "Changes", "tui.screens.changes.screen:ChangesScreen", "users.edit"),
    Area("migrations", "3", "Migrations", "tui.screens.migrations.screen:MigrationsScreen", "migrations.view"),
    Area("audit", "4", "Audit", "tui.screens.audit.screen:AuditScreen", "audit.view"),
    Area("status", "5", "Status", "tui.screens.status:StatusScreen"),
    Area("roles", "6", "Roles", "tui.screens.roles.screen:RolesScreen", "users.view"),
)
