"""Look before a run whether it may and can be done: rights, room, and whose transactions are in the way. Changes
nothing, and runs no migration."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any, Final

from ..sessions.postgres import PostgresSession
from ..work import Work
from .measure import measured

NEEDS_NO_MODELS: Final = True
_OLD_S: Final = 60.0
"""A transaction that old holds up every CREATE INDEX CONCURRENTLY for as long again."""
_RIGHTS: Final = """
    SELECT w.name, w.needs, c.relowner::regrole::text AS owner, CASE w.needs
        WHEN 'own' THEN pg_has_role(c.relowner, 'USAGE')
        ELSE has_table_privilege(c.oid, w.needs) END AS may
    FROM unnest($1::text[], $2::text[]) AS w (name, needs) JOIN pg_class c ON c.oid = to_regclass(w.name)
    ORDER BY w.name, w.needs
"""
_PLACE: Final = """
    SELECT current_user AS who, current_schema() AS schema,
        coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS creates,
        to_regclass('aerich') IS NOT NULL AS is_there,
        coalesce(has_table_privilege(to_regclass('aerich'), $1), true) AS records
"""
_OTHERS: Final = """
    SELECT n.nspname::text AS schema, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = 'aerich' AND c.relkind IN ('r', 'p') AND c.oid <> to_regclass('aerich')
        AND n.nspname NOT LIKE 'pg\\_temp\\_%'
        AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY n.nspname LIMIT 20
"""
_IN_THE_WAY: Final = """
    SELECT a.pid, a.usename AS "user", a.application_name AS application,
        coalesce(a.client_addr::text, 'local') AS client, a.state,
        round(extract(epoch FROM clock_timestamp() - a.xact_start)::numeric, 1)::float8 AS seconds,
        left(a.query, 200) AS query,
        coalesce((SELECT string_agg(DISTINCT l.relation::regclass::text, ', ') FROM pg_locks l
            WHERE l.pid = a.pid AND l.granted AND l.relation = ANY (
                SELECT to_regclass(name) FROM unnest($1::text[]) AS name)), '') AS what
    FROM pg_stat_activity a
    WHERE a.datname = current_database() AND a.pid <> ALL ($3::int4[]) AND a.backend_type <> 'autovacuum worker'
        AND (($2 AND a.xact_start < clock_timestamp() - make_interval(secs => $4)) OR EXISTS (
            SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.granted AND l.relation = ANY (
                SELECT to_regclass(name) FROM unnest($1::text[]) AS name)))
    ORDER BY a.xact_start LIMIT 20
"""


async def run(work: Work) -> dict[str, Any]:
    """Of the order: `action`; `rights` ([table, "own" or a privilege]); `tables` that are locked; `creates`: whether
    something is made in the schema; `concurrently`: whether an index is built so; `measure`: tables and cuts for the
    lint.

    Answers `problems` (sentences: it cannot go well), `warnings`, `holders`: transactions in the way, and `measured`.
    """
    look = _postgres if isinstance(work.session, PostgresSession) else _sqlite
    found: dict[str, Any] = await work.cancellable(look(work))
    sizes = await measured(work, work.order.get("measure") or {})
    return {"outcome": "looked", "problems": [], "warnings": [], "holders": [], "measured": sizes, **found}


async def _postgres(work: Work) -> dict[str, Any]:
    session, order = work.session, work.order
    assert isinstance(session, PostgresSession)
    down = order.get("action") in ("revert", "unstamp")
    place = (await session.ask(_PLACE, "DELETE" if down else "INSERT"))[0]
    who, problems = place["who"], []
    if place["schema"] is None:
        problems.append(f"No schema of the search_path is there for {who}: nothing can be made.")
    elif order.get("creates") and not place["creates"]:
        problems.append(
            f"{who} may not create in the schema {place['schema']}: "
            f"its owner can run  GRANT CREATE ON SCHEMA {place['schema']} TO {who};"
        )
    if not place["records"]:
        problems.append(f"{who} may not {'delete from' if down else 'write to'} Aerich's table, which records this.")
    wanted = order.get("rights") or []
    for row in await session.ask(_RIGHTS, [name for name, _ in wanted], [needs for _, needs in wanted]):
        if not row["may"]:
            needed = (
                f"be a member of its owner {row['owner']}" if row["needs"] == "own" else f"have {row['needs']} on it"
            )
            problems.append(f"{who} may not change {row['name']}: for that it has to {needed}.")
    holders = await session.ask(
        _IN_THE_WAY, order.get("tables") or [], bool(order.get("concurrently")), await session.pids(), _OLD_S
    )
    warnings = await _filled_elsewhere(session) if place["is_there"] else []
    return {"problems": problems, "warnings": warnings, "holders": [dict(row) for row in holders]}


async def _filled_elsewhere(session: PostgresSession) -> list[str]:
    """A warning where Aerich's table is empty and one of another schema is not: the search_path may be wrong."""
    if (await session.ask("SELECT EXISTS (SELECT FROM aerich) AS filled"))[0]["filled"]:
        return []
    others = [
        row["schema"]
        for row in await session.ask(_OTHERS)
        if (await session.ask(f"SELECT EXISTS (SELECT FROM {row['name']}) AS filled"))[0]["filled"]  # noqa: S608 - %I
    ]
    if not others:
        return []
    where = f"those of the schemas {', '.join(others)} have" if others[1:] else f"that of the schema {others[0]} has"
    said = f"Aerich's table in this schema is empty, and {where} rows: where this database was migrated before, "
    return [f"{said}the search_path names the wrong schema first."]


async def _sqlite(work: Work) -> dict[str, Any]:
    facts = await work.session.facts()
    path = Path(facts["label"])
    if not path.is_absolute():
        return {}
    return await asyncio.to_thread(_sqlite_file, path)


def _sqlite_file(path: Path) -> dict[str, Any]:
    problems = []
    if not path.exists():
        return {}
    if not os.access(path, os.W_OK):
        problems.append(f"{path} cannot be written by you.")
    if not os.access(path.parent, os.W_OK):
        problems.append(f"{path.parent} cannot be written by you: neither SQLite's journal nor a backup finds a place.")
    size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < 2 * size:
        said = f"{path.parent} has {_megabytes(free)} left, and {path.name} is {_megabytes(size)}"
        enough = free > size
        told = f"{said}: {'its backup fits, a table that is built anew may not' if enough else 'no backup of it fits'}."
        return {"problems": problems if enough else [*problems, told], "warnings": [told] if enough else []}
    return {"problems": problems}


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
