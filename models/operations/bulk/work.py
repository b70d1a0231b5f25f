"""What a verb does to a batch of users, and what it says of each: the shape that the works of all verbs have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from models.operations.bulk.rules import Effect
from models.operations.bulk.sql import Values, count_by_user, execute, ids_in, nothing_left, numbers
from models.operations.plan import Json
from models.operations.refused import written_all
from models.operations.text import clipped, counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.bulk.rules import Rule
    from models.operations.plan import Actor

Changes: TypeAlias = dict[str, list[Json]]
"""`{field: [before, after]}`, as the audit keeps it."""

Meta: TypeAlias = "dict[int, dict[str, Json]]"
"""What the audit says beside the changes, by the id of the user; users without one have the work's `no_meta`."""


@dataclass(frozen=True, slots=True)
class Writing:
    """An open transaction, after the guards: who writes, and when."""

    client: BaseDBAsyncClient
    actor: Actor
    now: datetime
    reason: str


class Work(Protocol):
    """A verb at work. Its rule says on whom; all of `rows` are written, or nothing."""

    @property
    def rule(self) -> Rule:
        """Who may be changed, and who need not be."""

    @property
    def each_differs(self) -> bool:
        """Whether the changes of two users differ though the columns of the rule are the same."""

    @property
    def no_meta(self) -> Mapping[str, Json]:
        """The meta of a user of whom `write_others` returns none."""

    @property
    def irreversible(self) -> tuple[str, ...]:
        """What cannot be undone."""

    def changes(self, row: Any, now: datetime | None, /) -> Changes:
        """Return what changes on a row of `facts_sql`; `now` None is a preview, in which no moment is set."""

    async def write_others(self, writing: Writing, rows: Sequence[Any]) -> Meta:
        """Write what is beside the rows of `users`. Raises `Stopped` unless every row was written."""

    async def write_users(self, writing: Writing, rows: Sequence[Any]) -> None:
        """Write the rows of `users`, afterwards. Raises `Stopped` unless every row was written."""


async def update_users(
    writing: Writing, ids: Sequence[int], columns: Mapping[str, object], *, bump_tokens: bool = False
) -> None:
    """Set columns of these locked users, and bump their version. Raises `Stopped` unless all were written."""
    values = Values()
    sets = [f"{name} = {values(value)}" for name, value in columns.items()]
    sets += ["token_version = token_version + 1"] if bump_tokens else []
    sets += ["version = version + 1", f"updated_at = {values(writing.now)}"]
    among = ids_in(writing.client, "id", values(numbers(writing.client, ids)))
    sql = f"UPDATE users SET {', '.join(sets)} WHERE {among}"
    written_all(await execute(writing.client, sql, *values.given), len(ids))


async def end_all_sessions(writing: Writing, ids: Sequence[int], reason: str) -> dict[int, int]:
    """End every open session of these users; return how many of each that had one."""
    client, values = writing.client, Values()
    now = values(writing.now)
    label = clipped(writing.actor.label, 100)
    by = f"revoked_by_id = {values(writing.actor.user_id)}, revoked_by_label = {values(label)}"
    why = f"revoke_reason = {values(clipped(reason, 255))}"
    theirs = ids_in(client, "user_id", values(numbers(client, ids)))
    sql = (
        f"UPDATE user_sessions SET revoked_at = {now}, {by}, {why}"
        f" WHERE {theirs} AND revoked_at IS NULL AND expires_at > {now} RETURNING user_id"
    )
    ended = await count_by_user(client, sql, *values.given)
    await nothing_left(client, "user_sessions", ids, "revoked_at IS NULL", writing.now)
    return ended


def moment_json(value: Any) -> str | None:
    """Return a moment, as the dialect gave it, as the audit keeps it."""
    if value is None:
        return None
    read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return (read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)).isoformat()


def ids_of(rows: Sequence[Any]) -> list[int]:
    """Return the ids of rows of `facts_sql`."""
    return [row[0] for row in rows]


SESSIONS_END: Final = Effect(
    "JOIN user_sessions s ON s.user_id = v.id AND s.revoked_at IS NULL AND s.expires_at > :now",
    lambda number: f"{counted(number, 'session')} will be ended",
)
TOKENS_STOP: Final = "every access token issued until now stops working"
ENDED_STAYS: Final = "an ended session stays ended: the user signs in again"
