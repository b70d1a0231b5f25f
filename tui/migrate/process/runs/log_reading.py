"""What a database tells of runs: the log's rows, whether one goes on now, and statements that a dead one left behind.

Works over any connection: `ask(sql, values)` runs one SELECT and returns its rows. Nothing here raises for a log that
cannot be read: a list of migrations is worth showing without it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from . import log_table

Ask = Callable[[str, Sequence[Any]], Awaitable[Sequence[Mapping[str, Any]]]]

LOCK_CLASS: Final = 0x41455249  # "AERI"
APPLICATION: Final = "shellback migrate"
MOST_BYTES: Final = 4 * 1024 * 1024
"""Of all rows together, as they travel; the newest are kept."""

_HOLDER: Final = """
    SELECT a.pid, a.usename::text AS "user", coalesce(a.client_addr::text, 'local') AS client
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::int4::oid AND l.objid = ($2::int8 & 4294967295)::oid
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_ORPHANS: Final = """
    SELECT pid, usename::text AS "user", state::text AS state, left(query, 500) AS query,
        extract(epoch FROM clock_timestamp() - query_start)::float8 AS seconds, backend_start::text AS since
    FROM pg_stat_activity
    WHERE application_name = $1 AND datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
    ORDER BY query_start LIMIT 20
"""


def lock_key(app: str) -> int:
    """The second half of the advisory lock's key; LOCK_CLASS is the first."""
    return zlib.crc32(f"aerich:{app}".encode()) - 2**31


async def read_log(ask: Ask, dialect: str, app: str) -> dict[str, Any]:
    """records (oldest first, no long texts), fault (why they cannot be had), holders and backends (PostgreSQL)."""
    found: dict[str, Any] = {"records": [], "fault": "", "holders": [], "backends": []}
    try:
        place = await read_place(ask, dialect)
        if place.is_there and not place.fault:
            found["records"] = bounded(await ask(log_table.read_rows(place.table, dialect), ()))
        found["fault"] = place.fault
    except Exception:  # noqa: BLE001 - drivers have no common error
        found["fault"] = f"this login may not read the table {log_table.NAME}, or it is none of ours"
    if dialect == "postgres":
        try:
            found["holders"] = [dict(row) for row in await ask(_HOLDER, (LOCK_CLASS, lock_key(app)))]
            found["backends"] = [dict(row) for row in await ask(_ORPHANS, (APPLICATION,))]
        except Exception:  # noqa: BLE001 - a pooler may answer neither
            found["holders"] = found["backends"] = []
    return found


async def read_texts(ask: Ask, dialect: str, row: int) -> dict[str, str] | None:
    """source and sql of one row; None when it is not there. Raises what the driver raises."""
    place = await read_place(ask, dialect)
    if not place.is_there or place.fault:
        return None
    rows = await ask(log_table.read_texts(place.table, dialect), (row,))
    return {name: str(rows[0][name] or "") for name in ("source", "sql")} if rows else None


async def read_place(ask: Ask, dialect: str) -> log_table.Place:
    """Where the table is. Raises what the driver raises."""
    if dialect == "sqlite":
        return log_table.place_sqlite(await ask(log_table.THERE, ()))
    return log_table.place_postgres(await ask(log_table.WHERE, ()))


def bounded(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The newest rows that fit into MOST_BYTES: anybody may have filled the table."""
    kept: list[dict[str, Any]] = []
    size = 0
    for row in reversed(rows):
        values = {name: value if isinstance(value, int) else str(value or "") for name, value in row.items()}
        size += len(json.dumps(values))
        if size > MOST_BYTES:
            break
        kept.append(values)
    return kept[::-1]
