"""Indexes that are built CONCURRENTLY: a build that was cut off leaves one that is there and not valid.

PostgreSQL never uses such an index, and IF NOT EXISTS accepts it in silence. It is found here, and dropped before the
statement that builds it is sent again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from ..sql.scanner import without_comments

_NAME: Final = r'(?:"(?:[^"]|"")+"|[^\x00-#%-/:-@\[-^`{-\x7f]+)'
_CONCURRENT: Final = re.compile(
    r"CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    rf"(?P<index>{_NAME})\s+ON\s+(?:ONLY\s+)?(?P<table>{_NAME}(?:\s*\.\s*{_NAME})?)",
    re.IGNORECASE,
)
_BROKEN: Final = """
    SELECT format('%I.%I', n.nspname, c.relname) AS name,
        (SELECT p.pid FROM pg_stat_progress_create_index p WHERE p.pid <> pg_backend_pid()
            AND (p.index_relid = i.indexrelid OR (coalesce(p.index_relid, 0) = 0 AND EXISTS (
                SELECT FROM pg_locks l WHERE l.pid = p.pid AND l.relation = i.indrelid))) LIMIT 1) AS builder
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE i.indrelid = to_regclass($1) AND c.relname = (parse_ident($2))[1] AND NOT (i.indisvalid AND i.indisready)
"""


@dataclass(frozen=True, slots=True)
class Broken:
    """An index that is there and not valid. `builder`: the backend that is at work on it."""

    name: str
    builder: int | None


async def find_broken(connection: asyncpg.Connection[Any], statement: str) -> Broken | None:
    """The index that this statement builds CONCURRENTLY, if it is there and not valid. Asks nothing for any other."""
    if "concurrently" not in statement[:200].lower():
        return None
    found = _CONCURRENT.match(without_comments(statement[:2000], "postgres"))
    if found is None:
        return None
    row = await connection.fetchrow(_BROKEN, found["table"], found["index"])
    return Broken(row["name"], row["builder"]) if row is not None else None


async def mend_index(connection: asyncpg.Connection[Any], statement: str) -> str | None:
    """Drops what an earlier attempt at this statement left; its name, or None. Not while somebody builds it."""
    broken = await find_broken(connection, statement)
    if broken is None or broken.builder is not None:
        return None
    await connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {broken.name}")
    return broken.name


async def broken_index(connection: asyncpg.Connection[Any], statement: str) -> str | None:
    """A sentence on what is wrong with the index that this statement made, or None."""
    broken = await find_broken(connection, statement)
    if broken is None:
        return None
    if broken.builder is not None:
        return f"The index {broken.name} is being built by another session (pid {broken.builder})."
    return f"The index {broken.name} is there but not valid."
