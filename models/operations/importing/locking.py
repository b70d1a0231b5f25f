"""The rows of `users` that an import changes, locked as every other write locks them: in the order of their ids.

Updates stand in a file in any order. Locked as they are written, or the actor before everybody, two writers would wait
for each other in a circle.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from models.operations.bulk.sql import fetch, ids_in, numbers
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.importing.spool import Spool
    from models.operations.plan import Actor

LOCKED: Final = 500
"""Rows of one statement."""


async def lock_users(client: BaseDBAsyncClient, actor: Actor, spool: Spool, after: int, upto: int) -> None:
    """Lock the actor, and every user whom a line behind `after` up to `upto` changes, until the end of the transaction.

    SQLite has one writer at a time: nothing needs locking there.
    """
    if not is_postgres(client):
        return
    mine, target, is_last = actor.user_id, 0, False
    while not is_last:
        rows = await asyncio.to_thread(spool.updates, target, LOCKED)
        is_last = len(rows) < LOCKED
        ids = [row[0] for row in rows if after < row[3] <= upto]
        target = rows[-1][0] if rows else target
        if mine is not None and (is_last or mine <= target):
            ids, mine = [*ids, mine], None
        if ids:
            sql = f"SELECT id FROM users WHERE {ids_in(client, 'id', '$1')} ORDER BY id FOR NO KEY UPDATE"
            await fetch(client, sql, numbers(client, ids))
