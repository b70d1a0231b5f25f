"""A transaction whose COMMIT was not answered: nothing is said of it before it was looked up, nothing written twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from models import AuditEvent
from models.engines.errors import CommitUnknown, DatabaseError
from models.engines.settlement import Fate, settle
from models.operations.transactions import connection, write_transaction

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from tortoise.backends.base.client import BaseDBAsyncClient

T = TypeVar("T")

ATTEMPTS: Final = 3
"""How often a transaction is written whose COMMIT is known to have been lost."""

CHECK_SECONDS: Final = 10.0
"""How long an unknown outcome is asked about when somebody asks again."""

LOST: Final = "The connection was lost at the last moment, each time. Nothing was changed. Try again later."


@dataclass(frozen=True, slots=True)
class InDoubt(Generic[T]):
    """A COMMIT that nobody knows about, and what it would have written."""

    unknown: CommitUnknown
    written: T


async def write_until_known(
    body: Callable[[BaseDBAsyncClient], Awaitable[T]], landed: Callable[[T], Awaitable[bool]]
) -> T | InDoubt[T]:
    """Run `body` in one transaction until it is known what became of it: a COMMIT that is known to be lost is sent
    again, `ATTEMPTS` times in all. Returns what `body` did, or that nobody can say whether it was written.

    `landed` looks for what `body` has written, by its rows of the audit. Raises what `write_transaction` raises, but
    no `CommitUnknown`, and DatabaseError when it was lost each time.
    """
    written: list[T] = []

    async def write(client: BaseDBAsyncClient) -> None:
        written.append(await body(client))

    for _attempt in range(ATTEMPTS):
        try:
            await write_transaction(write)
        except CommitUnknown as unknown:
            fate = await settle(connection(), unknown, lambda: landed(written[-1]))
            if fate is Fate.UNKNOWN:
                return InDoubt(unknown, written[-1])
            if fate is Fate.ABORTED:
                continue
        return written[-1]
    raise DatabaseError(LOST)


async def decide_until_known(
    body: Callable[[BaseDBAsyncClient], Awaitable[T]], landed: Callable[[T], Awaitable[bool]], not_known: str
) -> T:
    """The same for what is no plan: a decision that is only true where it was written. Raises DatabaseError with
    `not_known`, which says what to do, where nobody can say whether it was."""
    done = await write_until_known(body, landed)
    if isinstance(done, InDoubt):
        raise DatabaseError(not_known) from done.unknown
    return done


async def ask_again(unknown: CommitUnknown, op_id: UUID) -> Fate:
    """Ask once more what became of a COMMIT. Writes nothing, and raises nothing that a database does."""
    return await ask(unknown, lambda: has_landed(op_id))


async def ask(unknown: CommitUnknown, landed: Callable[[], Awaitable[bool]]) -> Fate:
    """The same, by another sign than a row of the operation."""
    return await settle(connection(), unknown, landed, seconds=CHECK_SECONDS)


async def has_landed(op_id: UUID) -> bool:
    """Whether the audit says that this was written."""
    return await AuditEvent.filter(op_id=op_id, outcome="ok").using_db(connection()).exists()
