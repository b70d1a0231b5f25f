"""Write transactions: which connection, and what is tried again.

Nothing is written outside of `write_transaction`. A person is never waited for inside it, nor is a password hashed.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Final, TypeVar

from tortoise.transactions import in_transaction

from models import Account
from models.engines.errors import DatabaseUnavailable, PoolTimeout, Retryable
from models.operations.audit import anchors

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tortoise.backends.base.client import BaseDBAsyncClient

T = TypeVar("T")

ATTEMPTS: Final = 3
"""How often a transaction is tried that the database rolled back for another one's sake."""


def connection() -> BaseDBAsyncClient:
    """Return the connection of the models, for reads outside a transaction."""
    return Account._meta.db


def is_postgres(client: BaseDBAsyncClient) -> bool:
    """Whether this connection speaks PostgreSQL."""
    return client.capabilities.dialect == "postgres"


async def write_transaction(body: Callable[[BaseDBAsyncClient], Awaitable[T]]) -> T:
    """Run `body` in one transaction and return what it returns, once it is committed.

    What is known to be rolled back is tried again, with jitter: `Retryable` (serialization, deadlock, lock) three times
    in all, a lost connection once, since it may have been an old one. Every other error rolls back and is raised;
    `CommitUnknown` says that nobody knows.
    """
    lost = False
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await _attempt(body)
        except DatabaseUnavailable as error:
            if lost or isinstance(error, PoolTimeout) or attempt == ATTEMPTS:
                raise
            lost = True
        except Retryable:
            if attempt == ATTEMPTS:
                raise
        await asyncio.sleep(random.uniform(0.02, 0.1) * attempt)
    raise AssertionError("unreachable")


async def _attempt(body: Callable[[BaseDBAsyncClient], Awaitable[T]]) -> T:
    with anchors.until_commit() as pending:
        async with in_transaction(connection().connection_name) as client:
            done = await body(client)
    # A COMMIT that was not answered leaves no anchor: the next row follows it, if it landed.
    anchors.committed(pending)
    return done
