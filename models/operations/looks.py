"""One writer at a time for names that look alike: two of them at the same moment would not see each other.

No constraint of the database keeps `clara` and `c1ara` apart, so whoever writes a name waits here, after the locks of
rows and before the look-alikes are asked for, until the other one has committed. PostgreSQL only: SQLite has one writer
anyway.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from models.lookalikes import skeleton
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tortoise.backends.base.client import BaseDBAsyncClient

ALL_LOOKS: Final = 0x53_68_65_6C_6C_4C_6B
"""The key of PostgreSQL's advisory lock over all looks: "ShellLk". Shared by those who hold single ones."""


async def hold_looks(client: BaseDBAsyncClient, names: Iterable[object]) -> None:
    """Hold the looks of these usernames until the end of the transaction, in one order for everybody."""
    looks = sorted({_key(str(name)) for name in names if name})
    if looks and is_postgres(client):
        await client.execute_query("SELECT pg_advisory_xact_lock_shared($1)", [ALL_LOOKS])
        await client.execute_query("SELECT pg_advisory_xact_lock(look) FROM unnest($1::bigint[]) look", [looks])


async def hold_all_looks(client: BaseDBAsyncClient) -> None:
    """Hold every look: for more names than there is room for single locks."""
    if is_postgres(client):
        await client.execute_query("SELECT pg_advisory_xact_lock($1)", [ALL_LOOKS])


def _key(name: str) -> int:
    digest = hashlib.sha256(skeleton(name).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
