"""What a statement did to PostgreSQL, asked from the catalogue and the statistics of the transaction that it ran in.

Everything asked here is of pg_catalog and leaves no lock on anybody's table. What the transaction itself has made is
left out: nobody waits for a table that nobody can see yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg

_RELATIONS: Final = """
    SELECT c.oid::int8 AS oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
        pg_catalog.pg_relation_filenode(c.oid)::int8 AS file, greatest(c.reltuples, 0)::int8 AS rows
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
"""
_LOCKS: Final = """
    SELECT l.relation::int8 AS oid, l.mode FROM pg_catalog.pg_locks l
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.granted AND l.locktype = 'relation'
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
"""
_STATISTICS: Final = """
    SELECT o::int8 AS oid, pg_catalog.pg_relation_filenode(o)::int8 AS file,
        coalesce(pg_catalog.pg_stat_get_xact_numscans(o), 0) AS scans,
        coalesce(pg_catalog.pg_stat_get_xact_tuples_returned(o), 0) AS scanned,
        coalesce(pg_catalog.pg_stat_get_xact_tuples_inserted(o), 0) AS inserted,
        coalesce(pg_catalog.pg_stat_get_xact_tuples_updated(o), 0) AS updated,
        coalesce(pg_catalog.pg_stat_get_xact_tuples_deleted(o), 0) AS deleted
    FROM pg_catalog.unnest($1::pg_catalog.oid[]) o
"""
_INDEXES: Final = """
    SELECT i.indexrelid::int8 AS oid, i.indrelid::int8 AS of, c.relname::text AS name,
        pg_catalog.pg_relation_filenode(c.oid)::int8 AS file
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = ANY ($1::pg_catalog.oid[])
"""
_TABLES: Final = "rpmvf"
"""relkind of what has rows: tables, partitioned ones, materialized views, views, foreign tables."""
_TAKEN: Final = "RowExclusiveLock"
"""What drawing a number from a sequence holds until the end of the transaction."""
_COUNTS: Final = ("inserted", "updated", "deleted")


@dataclass(frozen=True, slots=True)
class _Relation:
    name: str
    kind: str
    file: int | None
    rows: int


@dataclass(slots=True)
class Meter:
    """Reads what is new since the last reading. The transaction is open from `begin` on."""

    connection: asyncpg.Connection[Any]
    drawn_from: dict[int, str] = field(default_factory=dict)
    """Sequences that were there before and gave numbers, by oid."""
    written: dict[int, str] = field(default_factory=dict)
    """Tables that were there before and had rows changed, by oid."""
    foreign: set[str] = field(default_factory=set)
    dead: int = 0
    """Versions of rows that were written into tables that were there before."""
    notifies: bool = False
    """Whether a NOTIFY was sent, which nobody hears before a COMMIT."""
    counts_rows: bool = True
    """False where the server was told not to keep statistics: scans and rows are unknown then."""
    _before: dict[int, _Relation] = field(default_factory=dict)
    _locks: set[tuple[int, str]] = field(default_factory=set)
    _last: dict[int, dict[str, Any]] = field(default_factory=dict)
    _indexes: dict[int, int | None] = field(default_factory=dict)

    async def begin(self) -> None:
        """Remembers what was there. To be called inside the transaction, before its first statement."""
        rows = await self.connection.fetch(_RELATIONS)
        names = _names(rows)
        self._before = {row["oid"]: _Relation(names[row["oid"]], row["kind"], row["file"], row["rows"]) for row in rows}
        self._indexes = {row["oid"]: row["file"] for row in rows if row["kind"] in "iI"}
        counts = await self.connection.fetchval("SELECT pg_catalog.current_setting('track_counts')")
        self.counts_rows = counts == "on"

    async def read(self) -> dict[str, Any]:
        """locks, rewrites, scans, changes and indexes of the tables that were there, new since the last reading."""
        held = {(row["oid"], row["mode"]) for row in await self.connection.fetch(_LOCKS) if row["oid"] in self._before}
        new = held - self._locks
        self._locks |= held
        tables = [oid for oid in {oid for oid, _ in self._locks} if self._before[oid].kind in _TABLES]
        for oid, mode in new:
            relation = self._before[oid]
            if relation.kind == "S" and mode == _TAKEN:
                self.drawn_from[oid] = relation.name
            elif relation.kind == "f":
                self.foreign.add(relation.name)
        rewrites, scans, changes = await self._statistics(tables)
        return {
            "locks": [
                {"table": self._before[oid].name, "mode": mode, "rows": self._before[oid].rows}
                for oid, mode in sorted(new, key=lambda each: (self._before[each[0]].name, each[1]))
                if self._before[oid].kind in _TABLES
            ],
            "rewrites": rewrites,
            "scans": scans,
            "changes": changes,
            "indexes": await self._built(tables),
        }

    async def skip(self) -> None:
        """Passes over what was done since the last reading: it was ours, not the file's."""
        written, dead = dict(self.written), self.dead
        await self.read()
        self.written, self.dead = written, dead

    async def _statistics(self, tables: list[int]) -> tuple[list[str], list[dict[str, Any]], list[dict[str, Any]]]:
        rewrites: list[str] = []
        scans: list[dict[str, Any]] = []
        changes: list[dict[str, Any]] = []
        for row in await self.connection.fetch(_STATISTICS, tables):
            oid, now = row["oid"], dict(row)
            name = self._before[oid].name
            was = self._last.get(oid) or {"file": self._before[oid].file}
            self._last[oid] = now
            more = {key: now[key] - was.get(key, 0) for key in ("scans", "scanned", *_COUNTS)}
            if now["file"] is not None and was["file"] is not None and now["file"] != was["file"]:
                rewrites.append(name)
            if more["scans"] > 0 and more["scanned"] > 0:
                scans.append({"table": name, "rows": more["scanned"]})
            if any(more[key] > 0 for key in _COUNTS):
                changes.append({"table": name, **{key: more[key] for key in _COUNTS}})
                self.written[oid] = name
                self.dead += max(more["inserted"], 0) + max(more["updated"], 0)
        return sorted(rewrites), sorted(scans, key=_by_table), sorted(changes, key=_by_table)

    async def _built(self, tables: list[int]) -> list[dict[str, str]]:
        """Indexes of those tables whose content is new. One that was only renamed or taken over is not."""
        built: list[dict[str, str]] = []
        known = set(self._indexes.values())
        for row in await self.connection.fetch(_INDEXES, tables):
            if row["file"] is not None and row["file"] not in known:
                built.append({"table": self._before[row["of"]].name, "name": row["name"]})
            self._indexes[row["oid"]] = row["file"]
        return sorted(built, key=lambda each: (each["table"], each["name"]))


def _names(rows: Iterable[Any]) -> dict[int, str]:
    """Names by oid; with the schema where it is not `public`."""
    return {row["oid"]: row["name"] if row["schema"] == "public" else f"{row['schema']}.{row['name']}" for row in rows}


def _by_table(each: dict[str, Any]) -> str:
    return str(each["table"])
