"""Who acts, on whom, and what changes of one field: values that are JSON-ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A value that ``json.dumps`` takes as it is."""


class ActorKind(StrEnum):
    """Through which door the actor came."""

    TUI = "tui"
    CLI = "cli"
    API = "api"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``user_id`` is the account and ``session_id`` its session, both read again in every write; the rest of
    it are claims of this machine. Without a session (tests, the first superuser) only the account is looked at."""

    user_id: int | None
    label: str
    kind: ActorKind
    os_user: str = ""
    host: str = ""
    ssh_client: str = ""
    sudo_user: str = ""
    session_id: int | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the actor as a JSON object."""
        return {
            "user_id": self.user_id,
            "label": self.label,
            "kind": str(self.kind),
            "os_user": self.os_user,
            "host": self.host,
            "ssh_client": self.ssh_client,
            "sudo_user": self.sudo_user,
        }


@dataclass(frozen=True, slots=True)
class Target:
    """On whom: taken when the plan was made. ``id`` and ``version`` are None for a row that is still to be made."""

    kind: str
    id: int | None
    label: str
    version: int | None = None
    email: str | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the target as a JSON object."""
        return {"kind": self.kind, "id": self.id, "label": self.label, "version": self.version, "email": self.email}

    def __str__(self) -> str:
        return self.label if self.id is None else f"{self.label} #{self.id}"


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after, JSON-ready and redacted where it is a secret."""

    field: str
    before: Json
    after: Json

    def as_json(self) -> dict[str, Json]:
        """Return the change as a JSON object."""
        return {"field": self.field, "before": self.before, "after": self.after}


def json_value(value: object) -> Json:
    """Return a database value as JSON keeps it: times as ISO 8601 in UTC, everything unknown as its text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    return str(value)
