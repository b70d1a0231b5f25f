"""What a bulk does to each of its users, as values. What each means in SQL stands in `rules.py` and `work_*.py`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from models.operations.plan import Action, Json, json_value
from models.operations.text import field_label, moment
from models.operations.values import TIME_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTABLE: Final = ("is_verified", "must_change_password", "expires_at", "full_name")
"""The fields that many users may be given the same value of. Names, addresses and superuser never."""


@dataclass(frozen=True, slots=True)
class Activate:
    """Let them sign in again. Unlocks nobody."""

    name: ClassVar[str] = "activate"
    action: ClassVar[Action] = Action.ACTIVATE

    def words(self) -> str:
        """Return the verb as a dialog's title says it."""
        return "Activate"


@dataclass(frozen=True, slots=True)
class Deactivate:
    """Let nobody of them sign in, and end every session and token."""

    name: ClassVar[str] = "deactivate"
    action: ClassVar[Action] = Action.DEACTIVATE

    def words(self) -> str:
        """Return the verb as a dialog's title says it."""
        return "Deactivate"


@dataclass(frozen=True, slots=True)
class GrantRole:
    """Give them a role, until `expires_at` or for good."""

    role: str
    expires_at: datetime | None = None
    name: ClassVar[str] = "grant-role"
    action: ClassVar[Action] = Action.GRANT_ROLE

    def words(self) -> str:
        """Return the verb as a dialog's title says it."""
        return f"Grant {self.role}" + (f" until {moment(self.expires_at)}" if self.expires_at else "")


@dataclass(frozen=True, slots=True)
class RevokeRole:
    """Take a role from them."""

    role: str
    name: ClassVar[str] = "revoke-role"
    action: ClassVar[Action] = Action.REVOKE_ROLE

    def words(self) -> str:
        """Return the verb as a dialog's title says it."""
        return f"Revoke {self.role}"


@dataclass(frozen=True, slots=True)
class ForceChange:
    """Make them choose a new password when they next sign in."""

    name: ClassVar[str] = "force-change"
    action: ClassVar[Action] = Action.EDIT

    def words(self) -> str:
        """Return the verb as a dialog's title says it."""
        return "Force a password change"


@dataclass(frozen=True, slots=True)
class RevokeSessions:
    """End every session and token of theirs."""

    name: ClassVar[str] = "revoke-sessions"
    action: ClassVar[Action] = Action.REVOKE_SESSIONS

    def words(self) -> str:
        """Return the verb as a dialog's title says it."""
        return "Revoke sessions"


@dataclass(frozen=True, slots=True)
class Unlock:
    """Clear their failures and locks. Activates nobody."""

    name: ClassVar[str] = "unlock"
    action: ClassVar[Action] = Action.UNLOCK

    def words(self) -> str:
        """Return the verb as a dialog's title says it."""
        return "Unlock"


@dataclass(frozen=True, slots=True)
class SetField:
    """Give a field of `SETTABLE` the same value in all of them. `value` is a bool, a text, a moment or None."""

    field: str
    value: bool | str | datetime | None
    name: ClassVar[str] = "set"
    action: ClassVar[Action] = Action.EDIT

    def words(self) -> str:
        """Return the verb as a dialog's title says it."""
        value = self.value
        if isinstance(value, bool):
            told = "yes" if value else "no"
        else:
            told = moment(value) if isinstance(value, datetime) else value or "nothing"
        return f"Set {field_label(self.field)} to {told}"


@dataclass(frozen=True, slots=True)
class SoftDelete:
    """Delete them so that they can be restored: the name is freed, credentials are wiped, sessions end."""

    name: ClassVar[str] = "delete"
    action: ClassVar[Action] = Action.DELETE

    def words(self) -> str:
        """Return the verb as a dialog's title says it."""
        return "Delete"


@dataclass(frozen=True, slots=True)
class Undo:
    """Put back what another batch wrote: a bulk, a changeset or an import. Not on the command line's list of verbs."""

    batch_id: str
    name: ClassVar[str] = "undo"
    action: ClassVar[Action] = Action.UNDO

    def words(self) -> str:
        """Return the verb as a dialog's title says it."""
        return "Undo"


Verb: TypeAlias = (
    Activate
    | Deactivate
    | GrantRole
    | RevokeRole
    | ForceChange
    | RevokeSessions
    | Unlock
    | SetField
    | SoftDelete
    | Undo
)

VERBS: Final[Mapping[str, type[Verb]]] = {
    kind.name: kind
    for kind in (
        Activate,
        Deactivate,
        GrantRole,
        RevokeRole,
        ForceChange,
        RevokeSessions,
        Unlock,
        SetField,
        SoftDelete,
    )
}
"""Every verb by its name on the command line."""


def verb_json(verb: Verb) -> dict[str, Json]:
    """Return the verb as a JSON object: its name and what it takes."""
    return {"name": verb.name, **{name: json_value(value) for name, value in asdict(verb).items()}}


def verb_of(found: Mapping[str, Json]) -> Verb:
    """Return the verb of a JSON object. Raises `ValueError`, `KeyError` or `TypeError` for any other object."""
    values = {name: value for name, value in found.items() if name != "name"}
    if "expires_at" in values or values.get("field") in TIME_FIELDS:
        name = "expires_at" if "expires_at" in values else "value"
        values[name] = datetime.fromisoformat(str(values[name])) if values[name] is not None else None  # type: ignore[assignment]
    kind = Undo if found["name"] == Undo.name else VERBS[str(found["name"])]
    made: Verb = kind(**values)  # type: ignore[arg-type]
    return made
