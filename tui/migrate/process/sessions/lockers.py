"""Who keeps PostgreSQL's catalogue from being read."""

from __future__ import annotations

from typing import Final

from .session import Session

_LOCKERS: Final = """
    SELECT a.pid, a.usename AS who, a.state, string_agg(DISTINCT c.relname::text, ', ') AS tables
    FROM pg_locks l JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'v', 'm')
    JOIN pg_stat_activity a USING (pid)
    WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND a.pid <> pg_backend_pid()
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    GROUP BY 1, 2, 3 ORDER BY 1 LIMIT 3
"""


async def who_locks(session: Session) -> str:
    """A sentence on who keeps the catalogue from being read: since 16 PostgreSQL locks a table to tell its defaults."""
    async with session.client.acquire_connection() as connection:
        rows = await connection.fetch(_LOCKERS)
    held = "; ".join(f"pid {row['pid']} ({row['who']}, {row['state']}) holds {row['tables']}" for row in rows)
    return f"A table is locked, so that nothing was compared. {f'{held}. ' if held else ''}Try again when that is over."
