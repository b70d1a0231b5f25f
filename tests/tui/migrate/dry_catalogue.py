"""The whole catalogue of a database as one hash, to tell whether anything at all is different."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Final

from tests.tui.migrate.projects import connect
from tui.settings import parse_url

# What PostgreSQL writes into rows of pg_class in place, whatever becomes of the transaction: its own estimates. And
# `relhasindex` may stay true, as it says itself, until the next VACUUM.
_ESTIMATES: Final = ("relpages", "reltuples", "relallvisible", "relallfrozen", "relhasindex")
# And what a VACUUM of its own leaves there, which may come at any time.
_VACUUMED: Final = ("relfrozenxid", "relminmxid")
_OF_ITS_OWN: Final = ("pg_statistic", "pg_stat_progress", "pg_shdepend")


async def catalogue_hash(url: str) -> str:
    """Every row of every table of pg_catalog, or every byte of sqlite_master and of the tables' rows."""
    path = parse_url(url).path
    if path is not None:
        return _of_sqlite(path)
    connection = await connect(url)
    try:
        digest = hashlib.sha256()
        tables = await connection.fetch(
            "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace "
            "AND relkind = 'r' AND NOT relisshared ORDER BY 1"
        )
        for (name,) in tables:
            if name in _OF_ITS_OWN:
                continue
            row = (
                "to_jsonb(t)" + "".join(f" - '{column}'" for column in (*_ESTIMATES, *_VACUUMED))
                if name == "pg_class"
                else "t"
            )
            rows = await connection.fetch(f'SELECT ({row})::text AS text FROM pg_catalog."{name}" t ORDER BY 1')
            digest.update(name.encode())
            digest.update("\n".join(each["text"] for each in rows).encode())
        return digest.hexdigest()
    finally:
        await connection.close()


def _of_sqlite(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()
    finally:
        connection.close()
