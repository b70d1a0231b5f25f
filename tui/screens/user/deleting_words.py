"""What deleting says: the ways to do it, in the order in which they are offered, and the table of what depends on a
user. Pure; the names of tables go through `safe` here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.content import Content

from models.operations.deletion.references import OnDelete
from tui.screens.twins import twin
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from models.operations import Plan
    from models.operations.deletion.dependants import Dependant

DEACTIVATE: Final = "deactivate"
DELETE: Final = "delete"
RESTORE: Final = "restore"
FOR_GOOD: Final = "for-good"


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways: what it is called where it is chosen, and on the button."""

    label: str
    verb: str
    danger: bool = True


WAYS: Final = {
    DEACTIVATE: Way("Deactivate: nobody signs in, everything stays", "Deactivate"),
    DELETE: Way("Delete: frees name and address, can be restored", "Delete"),
    RESTORE: Way("Restore the account", "Restore", danger=False),
    FOR_GOOD: Way("Delete for good: type the name below; only a backup brings it back", "Delete for good"),
}

_HEADINGS: Final = {
    OnDelete.BLOCKS: "in the way",
    OnDelete.DELETES: "deleted with it",
    OnDelete.DETACHES: "kept, without the user",
}


def offered(*, is_deleted: bool) -> tuple[str, ...]:
    """Return the ways that there are for a user, mildest first."""
    return (RESTORE, FOR_GOOD) if is_deleted else (DEACTIVATE, DELETE, FOR_GOOD)


def first_choice(*, is_deleted: bool, deactivates: bool) -> str:
    """Return what is chosen when the dialog opens: the mildest way. `deactivates`: that would change something."""
    if is_deleted:
        return RESTORE
    return DEACTIVATE if deactivates else DELETE


def dependants_content(plan: Plan) -> Content:
    """Return the table: what is in the way, then what goes too, then what is detached. Empty relations are counted."""
    lines = [safe(f"· {sentence}", 400) for sentence in plan.irreversible]
    for fate, heading in _HEADINGS.items():
        found = [one for one in plan.dependants if one.on_delete is fate and one.rows != 0]
        if found:
            lines.append(Content.styled(heading, "bold"))
            lines.extend(_line(one) for one in found)
    empty = sum(one.rows == 0 for one in plan.dependants)
    lines.append(Content(f"{empty} other relations have no row of this user." if empty != 1 else "1 other has none."))
    return Content("\n").join(lines)


def _line(one: Dependant) -> Content:
    notes = "".join(f" · {note}" for note in one.notes)
    return Content.assemble(
        f"{one.count:>7}  ", safe(one.words, 60), "  ", (safe(one.reference.place + notes, 200).plain, "dim")
    )


def command(program: str, way: str, user_id: int, reason: str, *, confirm: str = "", names: dict[str, str]) -> str:
    """Return the command line twin; `names` are the choices of a restore."""
    if way == FOR_GOOD:
        return twin(program, "users", "delete", user_id, "--hard", "--confirm", confirm, reason=reason)
    chosen = [word for name, value in names.items() for word in (f"--{name}", value)] if way == RESTORE else []
    return twin(program, "users", way, user_id, *chosen, reason=reason)
