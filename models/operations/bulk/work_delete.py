"""Soft delete of a batch of users: what `deletion.soft` does to one, with one statement for each table."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from models.operations.bulk.rules import Effect, Rule
from models.operations.bulk.sql import Values, count_by_user, execute, ids_in, nothing_left, numbers
from models.operations.bulk.work import (
    SESSIONS_END,
    TOKENS_STOP,
    Changes,
    Meta,
    Writing,
    end_all_sessions,
    ids_of,
    moment_json,
)
from models.operations.deletion.placeholders import free_placeholders
from models.operations.deletion.soft import REVOKE_REASON, deletion_columns
from models.operations.plan import REDACTED, REDACTED_CHANGED, Json
from models.operations.refused import written_all
from models.operations.text import counted
from models.operations.transactions import is_postgres
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient


_LINKS: Final = "JOIN one_time_tokens s ON s.user_id = v.id AND s.used_at IS NULL AND s.revoked_at IS NULL"
_FACTORS: Final = "JOIN mfa_factors s ON s.user_id = v.id"


@dataclass(frozen=True, slots=True)
class DeleteWork:
    """As `deletion.SoftDeleteStep`. `hashed` is of a secret that was thrown away, the same one for all of a bulk."""

    hashed: str = field(default="", repr=False)
    names: Mapping[int, str] = field(default_factory=dict, repr=False)
    rule: ClassVar[Rule] = Rule(
        (Codename.USERS_DELETE,),
        "FALSE",
        (
            "u.username",
            "u.email",
            "u.has_usable_password",
            "u.must_change_password",
            "u.password_expires_at",
            "u.token_version",
            "u.password_changed_at",
        ),
        not_yourself=True,
        ends_superusers=True,
        effects=(
            SESSIONS_END,
            Effect(_LINKS, lambda number: f"{counted(number, 'unused one-time link')} will stop working"),
            Effect(_FACTORS, lambda number: f"{counted(number, 'second factor')} will be removed"),
        ),
        also=("their names and addresses are free for somebody else; the accounts can be restored", TOKENS_STOP),
    )
    each_differs: ClassVar[bool] = True
    no_meta: ClassVar[Mapping[str, Json]] = {"ended_sessions": 0, "voided_links": 0, "removed_factors": 0}
    irreversible: ClassVar[tuple[str, ...]] = (
        "passwords and second factors are wiped for good: a restored account needs a reset",
    )

    def changes(self, row: Any, now: datetime | None) -> Changes:
        """Return what changes on a row."""
        tokens = row["c5"]
        found: Changes = {
            "username": [row["c0"], self.names.get(row["id"], row["c0"])],
            "email": [row["c1"], None],
            "has_usable_password": [bool(row["c2"]), False],
            "must_change_password": [bool(row["c3"]), False],
            "password_expires_at": [moment_json(row["c4"]), None],
            "token_version": [tokens, tokens + 1],
            "hashed_password": [REDACTED, REDACTED_CHANGED],
        }
        if now is not None:
            at = moment_json(now)
            found |= {"password_changed_at": [moment_json(row["c6"]), at], "deleted_at": [None, at]}
        return {name: pair for name, pair in found.items() if pair[0] != pair[1]}

    async def named(self, client: BaseDBAsyncClient, ids: Sequence[int]) -> DeleteWork:
        """Return the work with a free name for each of these users."""
        return replace(self, names=await free_placeholders(client, ids))

    async def write_others(self, writing: Writing, rows: Sequence[Any]) -> Meta:
        """End and remove whatever opens the accounts."""
        ids, client = ids_of(rows), writing.client
        ended = await end_all_sessions(writing, ids, REVOKE_REASON)
        values = Values()
        theirs = ids_in(client, "user_id", values(numbers(client, ids)))
        unused = f"{theirs} AND used_at IS NULL AND revoked_at IS NULL"
        sql = f"UPDATE one_time_tokens SET revoked_at = {values(writing.now)} WHERE {unused}"
        voided = await count_by_user(client, f"{sql} RETURNING user_id", *values.given)
        removed = await count_by_user(
            client, f"DELETE FROM mfa_factors WHERE {theirs} RETURNING user_id", values.given[0]
        )
        await nothing_left(client, "one_time_tokens", ids, "used_at IS NULL AND revoked_at IS NULL")
        await nothing_left(client, "mfa_factors", ids)
        return {
            one: {
                "ended_sessions": ended.get(one, 0),
                "voided_links": voided.get(one, 0),
                "removed_factors": removed.get(one, 0),
            }
            for one in {*ended, *voided, *removed}
        }

    async def write_users(self, writing: Writing, rows: Sequence[Any]) -> None:
        """Wipe the rows."""
        ids, client, values = ids_of(rows), writing.client, Values()
        columns = deletion_columns("", self.hashed, writing.now)
        named = {"username": "n.name", "username_key": "n.name"}
        sets = ", ".join(f"{name} = {named.get(name) or values(value)}" for name, value in columns.items())
        names = [self.names[one] for one in ids]
        if is_postgres(client):
            source = f"unnest({values(list(ids))}::int[], {values(names)}::text[]) AS n(id, name)"
        else:
            pairs = json.dumps(dict(zip(map(str, ids), names, strict=True)))
            source = f"(SELECT CAST(key AS INTEGER) AS id, value AS name FROM json_each({values(pairs)})) AS n"
        sql = (
            f"UPDATE users SET {sets}, token_version = token_version + 1, version = version + 1"
            f" FROM {source} WHERE users.id = n.id"
        )
        written_all(await execute(client, sql, *values.given), len(ids))
