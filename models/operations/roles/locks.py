"""What a role allows stands still while one is granted, and roles change one after the other.

A grant reads what a role allows, decides by it and writes another table: without a lock somebody widens the role in
between, and more is given away than the one who grants may do. Grants share the lock, a change of a role has it alone.
It is taken after the rows of `users`, by everybody, so that no two wait for each other in a circle; an advisory lock
needs no right on the rows of `roles`, which whoever only grants may lack. SQLite has one writer at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

ROLES_LOCK: Final = 0x53_68_65_6C_6C_62_72
"""The key of PostgreSQL's advisory lock around what roles allow: "Shellbr"."""


async def hold_roles(client: BaseDBAsyncClient) -> None:
    """Let no role change until this transaction ends."""
    if is_postgres(client):
        await client.execute_query("SELECT pg_advisory_xact_lock_shared($1)", [ROLES_LOCK])


async def lock_roles(client: BaseDBAsyncClient) -> None:
    """Let nobody else change or grant a role until this transaction ends."""
    if is_postgres(client):
        await client.execute_query("SELECT pg_advisory_xact_lock($1)", [ROLES_LOCK])
