"""Activate, deactivate, revoke sessions, unlock, set a field: what the single verbs do, on a batch of users.

Each has the meaning, the guards and the facts in the audit of its sibling in `lifecycle`, `sessions`, `locks`, `edit`.
One difference: nobody revokes their own sessions by a bulk, since the next batch would find its own session over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from models.operations.bulk.rules import Effect, Rule
from models.operations.bulk.sql import Values, execute, ids_in, numbers
from models.operations.bulk.work import (
    ENDED_STAYS,
    SESSIONS_END,
    TOKENS_STOP,
    Changes,
    Meta,
    Writing,
    end_all_sessions,
    ids_of,
    moment_json,
    update_users,
)
from models.operations.plan import Json, json_value
from models.operations.refused import written_all
from models.operations.text import clipped
from models.operations.values import FLAG_FIELDS, TIME_FIELDS
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


UNRANKED: Final = frozenset({"full_name", "is_verified"})
"""Fields that give nobody a way into the account: only a superuser's needs a superuser."""


_LOCKED: Final = "JOIN user_auth_state s ON s.user_id = v.id AND s.locked_until > :now"
_EXPIRED: Final = "JOIN users s ON s.id = v.id AND s.expires_at <= :now"
_INACTIVE: Final = "JOIN users s ON s.id = v.id AND NOT s.is_active"


@dataclass(frozen=True, slots=True)
class ActivateWork:
    """As `lifecycle.ActivateStep`."""

    rule: ClassVar[Rule] = Rule(
        (Codename.USERS_DEACTIVATE,),
        "u.is_active",
        ("u.deactivated_at", "u.deactivation_reason"),
        effects=(
            Effect(_LOCKED, lambda number: f"{number} of them stay locked: unlocking is apart"),
            Effect(_EXPIRED, lambda number: f"{number} of them stay expired: the end date is set apart"),
        ),
    )
    each_differs: ClassVar[bool] = False
    no_meta: ClassVar[Mapping[str, Json]] = {}
    irreversible: ClassVar[tuple[str, ...]] = ()

    def changes(self, row: Any, now: datetime | None) -> Changes:
        """Return what changes on a row."""
        found: Changes = {"is_active": [False, True]}
        if now is not None and row["c0"] is not None:
            found["deactivated_at"] = [moment_json(row["c0"]), None]
        if now is not None and row["c1"] is not None:
            found["deactivation_reason"] = [row["c1"], None]
        return found

    async def write_others(self, _writing: Writing, _rows: Sequence[Any]) -> Meta:
        """Nothing is beside."""
        return {}

    async def write_users(self, writing: Writing, rows: Sequence[Any]) -> None:
        """Activate."""
        columns = {"is_active": True, "deactivated_at": None, "deactivation_reason": None}
        await update_users(writing, ids_of(rows), columns)


@dataclass(frozen=True, slots=True)
class DeactivateWork:
    """As `lifecycle.DeactivateStep`."""

    reason: str
    rule: ClassVar[Rule] = Rule(
        (Codename.USERS_DEACTIVATE,),
        "NOT u.is_active",
        ("u.deactivated_at", "u.deactivation_reason", "u.token_version"),
        not_yourself=True,
        ends_superusers=True,
        effects=(SESSIONS_END,),
        also=(TOKENS_STOP,),
    )
    each_differs: ClassVar[bool] = False
    no_meta: ClassVar[Mapping[str, Json]] = {"ended_sessions": 0}
    irreversible: ClassVar[tuple[str, ...]] = ("ended sessions stay ended, also when the account is activated again",)

    def changes(self, row: Any, now: datetime | None) -> Changes:
        """Return what changes on a row."""
        tokens, before, reason = row["c2"], row["c1"], clipped(self.reason, 255) or None
        found: Changes = {"is_active": [True, False], "token_version": [tokens, tokens + 1]}
        if before != reason:
            found["deactivation_reason"] = [before, reason]
        if now is not None:
            found["deactivated_at"] = [moment_json(row["c0"]), moment_json(now)]
        return found

    async def write_others(self, writing: Writing, rows: Sequence[Any]) -> Meta:
        """End every session."""
        return ended_meta(await end_all_sessions(writing, ids_of(rows), "deactivated"))

    async def write_users(self, writing: Writing, rows: Sequence[Any]) -> None:
        """Deactivate, and void every token."""
        reason = clipped(self.reason, 255) or None
        columns = {"is_active": False, "deactivated_at": writing.now, "deactivation_reason": reason}
        await update_users(writing, ids_of(rows), columns, bump_tokens=True)


@dataclass(frozen=True, slots=True)
class SessionsWork:
    """As `sessions.RevokeSessionsStep`."""

    rule: ClassVar[Rule] = Rule(
        (Codename.USERS_REVOKE_SESSIONS,),
        "FALSE",
        ("u.token_version",),
        not_yourself=True,
        effects=(SESSIONS_END,),
        also=(TOKENS_STOP,),
    )
    each_differs: ClassVar[bool] = False
    no_meta: ClassVar[Mapping[str, Json]] = {"ended_sessions": 0}
    irreversible: ClassVar[tuple[str, ...]] = (ENDED_STAYS,)

    def changes(self, row: Any, _now: datetime | None) -> Changes:
        """Return what changes on a row."""
        return {"token_version": [row["c0"], row["c0"] + 1]}

    async def write_others(self, writing: Writing, rows: Sequence[Any]) -> Meta:
        """End every session."""
        return ended_meta(await end_all_sessions(writing, ids_of(rows), writing.reason or "revoked"))

    async def write_users(self, writing: Writing, rows: Sequence[Any]) -> None:
        """Void every token."""
        await update_users(writing, ids_of(rows), {}, bump_tokens=True)


@dataclass(frozen=True, slots=True)
class UnlockWork:
    """As `locks.UnlockStep`: the state beside the user, whatever the user's version is now."""

    rule: ClassVar[Rule] = Rule(
        (Codename.USERS_UNLOCK,),
        "(a.user_id IS NULL OR (a.locked_until IS NULL AND a.lock_cause IS NULL"
        " AND a.failed_count = 0 AND a.lockout_count = 0))",
        ("a.locked_until", "a.lock_cause", "a.failed_count", "a.lockout_count"),
        join="LEFT JOIN user_auth_state a ON a.user_id = u.id",
        versioned=False,
        effects=(Effect(_INACTIVE, lambda number: f"{number} of them stay inactive: unlocking never activates"),),
    )
    each_differs: ClassVar[bool] = False
    no_meta: ClassVar[Mapping[str, Json]] = {}
    irreversible: ClassVar[tuple[str, ...]] = ()

    def changes(self, row: Any, _now: datetime | None) -> Changes:
        """Return what changes on a row."""
        found: Changes = {
            "locked_until": [moment_json(row["c0"]), None],
            "lock_cause": [row["c1"], None],
            "failed_count": [row["c2"], 0],
            "lockout_count": [row["c3"], 0],
        }
        return {name: pair for name, pair in found.items() if pair[0] != pair[1]}

    async def write_users(self, _writing: Writing, _rows: Sequence[Any]) -> None:
        """The users themselves stay as they are."""

    async def write_others(self, writing: Writing, rows: Sequence[Any]) -> Meta:
        """Clear the counters and the locks."""
        values = Values()
        among = ids_in(writing.client, "user_id", values(numbers(writing.client, ids_of(rows))))
        cleared = "failed_count = 0, lockout_count = 0, locked_until = NULL, lock_cause = NULL"
        sql = f"UPDATE user_auth_state SET {cleared} WHERE {among}"
        written_all(await execute(writing.client, sql, *values.given), len(rows))
        return {}


@dataclass(frozen=True, slots=True)
class FieldWork:
    """As `edit.EditStep` with one field, but for merging: a row that has another version by now is a conflict."""

    field: str
    value: bool | str | datetime | None
    each_differs: ClassVar[bool] = False
    no_meta: ClassVar[Mapping[str, Json]] = {}
    irreversible: ClassVar[tuple[str, ...]] = ()

    @property
    def rule(self) -> Rule:
        """Who may be given this value."""
        ends = self.field in TIME_FIELDS and self.value is not None
        forces = self.field == "must_change_password"
        return Rule(
            (Codename.USERS_FORCE_CHANGE if forces else Codename.USERS_EDIT,),
            f"u.{self.field} IS NULL" if self.value is None else f"u.{self.field} = :value",
            (f"u.{self.field}",),
            ranked=self.field not in UNRANKED,
            not_yourself=ends,
            ends_superusers=ends,
            stay=True,
            value=self.value,
        )

    def changes(self, row: Any, _now: datetime | None) -> Changes:
        """Return what changes on a row."""
        before = row["c0"]
        if self.field in FLAG_FIELDS:
            before = bool(before)
        elif self.field in TIME_FIELDS:
            before = moment_json(before)
        return {self.field: [before, json_value(self.value)]}

    async def write_others(self, _writing: Writing, _rows: Sequence[Any]) -> Meta:
        """Nothing is beside."""
        return {}

    async def write_users(self, writing: Writing, rows: Sequence[Any]) -> None:
        """Set the field."""
        await update_users(writing, ids_of(rows), {self.field: self.value})


def ended_meta(ended: dict[int, int]) -> Meta:
    """Return how many sessions were ended, for the users that had one."""
    return {user_id: {"ended_sessions": number} for user_id, number in ended.items()}
