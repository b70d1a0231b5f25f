"""Roles in words: the columns of the list, and what the one under the cursor allows. Everything goes through `safe`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual.content import Content

from models.operations.text import counted
from tui.browse.roles import KNOWN, UNKNOWN
from tui.sanitise import sanitise
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column, Tone
from tui.widgets.user_words import NONE

if TYPE_CHECKING:
    from tui.browse.roles import RoleRow

EMPTY: Final = "There is no role.\n\nn makes one; the four of the system come with the migrations."
NAME_CELLS: Final = 24


def role_columns() -> Sequence[Column[RoleRow]]:
    """Return the columns of the list."""
    return (
        Column("name", "ROLE", 16, lambda row: Cell(shown_name(row.name)), pinned=True, grow=1),
        Column("holders", "HOLDERS", 7, lambda row: Cell(Content(str(row.holders))), right=True),
        Column("may", "MAY", 15, lambda row: Cell(Content(counted(len(row.codenames), "permission")))),
        Column("kind", "KIND", 8, _kind),
        Column("about", "DESCRIPTION", 20, lambda row: Cell(safe(row.description, 300) or NONE, Tone.QUIET), grow=3),
    )


def shown_name(name: str) -> Content:
    """Return a name as it is shown; one that has nothing to see says so."""
    return safe(name, 60) if name.strip() else Content.styled("(no name)", "dim")


def _kind(row: RoleRow) -> Cell:
    if row.differences:
        return Cell(Content("CHANGED"), Tone.CAUTION)
    return Cell(Content("system" if row.is_system else "own"), Tone.QUIET)


def about(row: RoleRow) -> Content:
    """Return what stands below the list: who the role is, how it differs from its seed, what it allows."""
    kind = "a system role" if row.is_system else "a role of your own"
    held = f"held by {row.holders.of('user')}" if row.holders.number else "held by nobody"
    head = Content.assemble(
        shown_name(row.name).stylize("bold"), f"   #{row.id}   {kind}, {held}, version {row.version}"
    )
    lines = [head]
    if row.description:
        lines.append(safe(row.description, 300))
    lines += [
        Content.styled(f"! Not as it was seeded: {sanitise(words, 300)}.", "$text-warning") for words in row.differences
    ]
    lines.append(Content(""))
    lines += [permission_line(codename) for codename in row.in_order]
    if not row.codenames:
        lines.append(Content("It allows nothing: e puts permissions into it."))
    return Content("\n").join(lines)


def permission_line(codename: str) -> Content:
    """Return `users.view               See users, ...`."""
    return Content.assemble(f"{sanitise(codename, 50):<{NAME_CELLS}} ", (KNOWN.get(codename, UNKNOWN), "dim"))
