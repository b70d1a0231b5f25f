"""Whether an index built CONCURRENTLY can be used: PostgreSQL leaves a broken one, and IF NOT EXISTS accepts it."""

from __future__ import annotations

import re
from typing import Any, Final

import asyncpg

_CONCURRENT: Final = re.compile(
    r"CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r'(?P<name>(?:"(?:[^"]|"")+"|\w+)(?:\s*\.\s*(?:"(?:[^"]|"")+"|\w+))?)\s+ON\s',
    re.IGNORECASE,
)


async def check_concurrent_index(connection: asyncpg.Connection[Any], statement: str) -> str | None:
    """A sentence on what is wrong with the index that this statement made, or None. Asks only after CONCURRENTLY."""
    found = _CONCURRENT.match(statement)
    if found is None:
        return None
    name = found["name"]
    valid = await connection.fetchval(
        "SELECT indisvalid AND indisready FROM pg_index WHERE indexrelid = to_regclass($1)", name
    )
    if valid is not False:
        return None
    return (
        f"The index {name} is there but not valid: an earlier attempt was cut off, and IF NOT EXISTS left it as it is. "
        f"Run  DROP INDEX CONCURRENTLY {name};  and apply again."
    )
