"""The Roles tab: which roles, by whom and until when, and what they allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from models.operations.effective import RoleSource
from models.operations.text import counted
from models.permissions import DESCRIPTIONS, Codename
from tui.browse.moments import stamp
from tui.screens.user.tabs.tab import Deed, Tab
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column, Tone
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource
from tui.widgets.user_words import NONE

if TYPE_CHECKING:
    from tui.browse.user.detail import Detail


def make(now: Callable[[], datetime]) -> Tab:
    """Return the tab: the roles above, what they allow below."""
    table: KeysetTable[RoleSource] = KeysetTable(role_columns(now), id="roles")
    allowed = Static(id="permissions")

    async def show(detail: Detail | None) -> None:
        sources = (*detail.permissions.sources, *detail.expired) if detail is not None else ()
        table.say(Content("No roles."))
        table.styles.height = max(3, len(sources) + 1)
        table.open(ListSource(sources, lambda source: source.role_id))
        allowed.update(permission_lines(detail) if detail is not None else "")

    def revoke() -> Deed | None:
        return Deed("revoke", {"role": table.row.role}) if table.row is not None else None

    return Tab(
        "roles-tab",
        "Roles",
        (table, VerticalScroll(allowed, id="allowed", can_focus=False)),
        lambda: table,
        show,
        ("user.grant", "user.revoke", "users.reset", "users.edit"),
        {"revoke": revoke},
    )


def role_columns(now: Callable[[], datetime]) -> Sequence[Column[RoleSource]]:
    """Return the columns of the roles that a user holds."""
    return (
        Column("role", "ROLE", 12, lambda row: Cell(safe(row.role, 60)), pinned=True, grow=1),
        Column("until", "UNTIL", 24, lambda row: _until(row, now())),
        Column("by", "GRANTED BY", 10, lambda row: Cell(safe(row.granted_by, 100) or NONE), grow=1),
        Column("since", "SINCE", 16, lambda row: Cell(Content(stamp(row.granted_at, now())))),
        Column("count", "MAY", 15, lambda row: Cell(Content(counted(len(row.codenames), "permission")))),
    )


def _until(row: RoleSource, now: datetime) -> Cell:
    """When it ends; an expired grant says so, since it counts for nothing any more."""
    if row.expires_at is None:
        return Cell(NONE)
    if row.expires_at <= now:
        return Cell(Content(f"EXPIRED {stamp(row.expires_at, now)}"), Tone.CAUTION)
    return Cell(Content(stamp(row.expires_at, now)))


def permission_lines(detail: Detail) -> Content:
    """Return each permission that the user has in effect, and where it comes from."""
    permissions = detail.permissions
    known = {codename.value: DESCRIPTIONS[codename] for codename in Codename}
    granted = [name for name in known if permissions.has(name)]
    granted += sorted(permissions.codenames - known.keys())
    if not granted:
        return Content("No permissions: Shellback is closed to this user, the application is not.")
    head = "What this user may do, and by which role" if permissions.sources else "What this user may do"
    lines = [Content.styled(head, "bold")]
    for name in granted:
        text = known.get(name, "not known to this version of Shellback")
        lines.append(
            Content.assemble(safe(f"{name:<23} ", 60), safe(f"{_origin(detail, name):<24} ", 200), (text, "dim"))
        )
    return Content("\n").join(lines)


def _origin(detail: Detail, codename: str) -> str:
    """`superuser, support`, or `support until 3 Mar 14:30` where no source of it lasts."""
    permissions = detail.permissions
    words = ", ".join(permissions.where_from(codename))
    ends = [source.expires_at for source in permissions.sources if codename in source.codenames]
    lasting = permissions.is_superuser or None in ends
    last = None if lasting else max(end for end in ends if end is not None)
    return words if last is None else f"{words} until {stamp(last, detail.now)}"
