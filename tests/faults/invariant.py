"""What is true of a database whatever went wrong: the audit and the rows tell one story, and nobody holds anything.

For every user (role, saved view): its row is at the version that its audit rows lead to, each step by one, each field
continuing the value before it and ending at what the row holds. An operation that was acknowledged is there once, one
that was called failed is not there at all. `violations` returns sentences that name the user or the operation.

By hand, with its own process: `python -m tests.faults.invariant URL`.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from models import Account, AuditEvent, Role, SavedView, UserRole
from models.engines.errors import DatabaseError
from models.operations.audit.verify import verify_trail
from models.operations.plan import json_value
from models.operations.transactions import connection, is_postgres

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VERSIONED: Final = {"user": Account, "role": Role, "view": SavedView}
"""By `target_type`: the rows that carry a version."""

UNTOLD: Final = frozenset({"hashed_password", "updated_at"})
"""Redacted in the audit, or not in it."""

ROLE: Final = "role:"
LET_GO_SECONDS: Final = 20.0
"""How long whoever was cut off may take to let go: the server has to notice, and to end a COMMIT that is on its way."""

Step = dict[str, Any]
Told = UUID | tuple[UUID, int]


async def violations(
    *, acknowledged: Iterable[Told] = (), refused: Iterable[Told] = (), started: dict[int, int] | None = None
) -> list[str]:
    """Everything that is wrong in the database that the models of this process speak to, one sentence each.

    `acknowledged` operations were called done, `refused` ones failed or refused: it is checked against the audit. An
    operation on many users is told as pairs, its number and the id of the user.
    `started` is the version of users that changed before the audit began; others began at 1. Nobody may be working.
    """
    found = await _held()
    report = await verify_trail()
    if not report.is_whole:
        found.append(f"The chain does not hold: {report.bad or report.archives or report.anchors}.")
    done = [_plain(row) for row in await AuditEvent.filter(outcome="ok").order_by("seq").values()]
    found += _counted(done, set(acknowledged), set(refused))
    for kind, model in VERSIONED.items():
        rows = {row["id"]: row for row in await model.all().values()}
        steps: dict[int, list[Step]] = {}
        for step in done:
            if step["target_type"] == kind and step["target_id"] is not None:
                steps.setdefault(step["target_id"], []).append(step)
        versions = (started or {}) if kind == "user" else {}
        for key in sorted(rows.keys() | steps.keys()):
            found += _told(f"{kind} {key}", rows.get(key), steps.get(key, []), versions.get(key, 1))
        if kind == "user":
            found += await _grants(rows, steps)
    return found


async def assert_invariant(**told: Any) -> None:
    """Fails with all that is wrong; takes what `violations` takes."""
    found = await violations(**told)
    assert not found, "\n".join(found)


def _plain(row: dict[str, Any]) -> Step:
    return {**row, "changes": row["changes"] or {}}


def _counted(done: list[Step], acknowledged: set[Told], refused: set[Told]) -> Iterator[str]:
    present: set[Told] = {step["op_id"] for step in done}
    present |= {(step["op_id"], step["target_id"]) for step in done if step["target_type"] == "user"}
    for one in sorted(acknowledged - present, key=str):
        yield f"Operation {_words(one)} was called done and is not there."
    for one in sorted(refused & present, key=str):
        yield f"Operation {_words(one)} was called failed and is there."
    rows = Counter((step["op_id"], step["target_type"], step["target_id"]) for step in done)
    for (op_id, kind, key), count in rows.items():
        if count > 1 and kind != "bulk":  # a bulk that goes on sums itself up each time
            yield f"Operation {op_id} has {count} rows of the audit for {kind} {key}."


def _told(name: str, row: dict[str, Any] | None, steps: list[Step], began: int) -> Iterator[str]:
    """What the audit says of one row against what the row says."""
    version: int | None = began
    values: dict[str, Any] = {}
    columns = frozenset(VERSIONED[name.split()[0]]._meta.fields_db_projection) - UNTOLD
    for step in steps:
        before, after = step["version_before"], step["version_after"]
        if before is None and after is None:
            continue
        if before is None:
            values = {}  # it was made here; on SQLite its id may be one that a deleted row had
        else:
            yield from _stepped(name, row or {}, step, version)
        for field, (was, became) in step["changes"].items():
            if values.get(field, was) != was and (field in columns or field.startswith(ROLE)):
                op_id = step["op_id"]
                yield f"{name}: operation {op_id} found {field} {was!r}, and it had been left at {values[field]!r}."
            values[field] = became
        version = after
    if row is None:
        if version is not None:
            yield f"{name}: the audit leaves it at version {version}, and it is not there."
        return
    if row["version"] != version:
        yield f"{name} is at version {row['version']}, and by the audit at {version}."
    for field, value in values.items():
        if field in columns and json_value(row[field]) != value:
            yield f"{name}: {field} is {json_value(row[field])!r}, and by the audit {value!r}."


def _stepped(name: str, row: dict[str, Any], step: Step, version: int | None) -> Iterator[str]:
    """One change takes the version that it found one further; what changes no column of the row leaves it."""
    op_id, before, after = step["op_id"], step["version_before"], step["version_after"]
    if before != version:
        yield f"{name}: operation {op_id} changed version {before}, and the version was {version}."
    if after is not None and after not in (before, before + 1):
        yield f"{name}: operation {op_id} went from version {before} to {after}."
    if after == before and any(field in row for field in step["changes"]):
        yield f"{name}: operation {op_id} changed {sorted(step['changes'])} without a new version."


def _words(one: Told) -> str:
    return f"{one[0]} on user {one[1]}" if isinstance(one, tuple) else str(one)


async def _grants(rows: dict[int, Any], steps: dict[int, list[Step]]) -> list[str]:
    """Who holds which role, as far as the audit tells."""
    held = {(user_id, str(name)) for user_id, name in await UserRole.all().values_list("user_id", "role__name")}
    names = {str(name) for name in await Role.all().values_list("name", flat=True)}
    found = []
    for key in rows:
        last = {field: pair[1] for step in steps.get(key, []) for field, pair in step["changes"].items()}
        for field, value in last.items():
            role = field.removeprefix(ROLE)
            if field.startswith(ROLE) and role in names and ((key, role) in held) != _granted(value):
                found.append(f"user {key}: the audit leaves {field} at {value!r}, and the grant says otherwise.")
    return found


def _granted(value: Any) -> bool:
    return value is not None and not str(value).startswith("not ")


async def _held() -> list[str]:
    """Transactions and locks that nobody should have any more; whoever was cut off has a moment to let go."""
    look = _held_on_postgres if is_postgres(connection()) else _held_on_sqlite
    loop = asyncio.get_running_loop()
    last = loop.time() + LET_GO_SECONDS
    found = await look()
    while found and loop.time() < last:
        await asyncio.sleep(0.1)
        found = await look()
    return found


async def _held_on_postgres() -> list[str]:
    rows = await connection().execute_query_dict(
        "SELECT pid, state, application_name AS name, left(query, 80) AS query FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        " AND (xact_start IS NOT NULL OR state <> 'idle')"
    )
    found = [f"Server process {row['pid']} ({row['name']}) is {row['state']}: {row['query']}" for row in rows]
    rows = await connection().execute_query_dict(
        "SELECT l.pid, l.locktype, l.mode FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE d.datname = current_database() AND l.pid <> pg_backend_pid() AND l.granted"
        " AND l.pid IN (SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend')"
    )
    found += [f"Server process {row['pid']} holds {row['mode']} ({row['locktype']})." for row in rows]
    rows = await connection().execute_query_dict(
        "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"
    )
    return found + [f"The prepared transaction {row['gid']} is open." for row in rows]


async def _held_on_sqlite() -> list[str]:
    """Asked by a connection of its own: it must get the lock of the writer at once, and the file must be sound."""
    client: Any = connection()
    return await asyncio.to_thread(_ask_file, str(client.filename))


def _ask_file(path: str) -> list[str]:
    import sqlite3

    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as file:
        try:
            file.execute("BEGIN IMMEDIATE")
            file.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            return [f"The lock of the file is held: {error}."]
        sound = [str(row[0]) for row in file.execute("PRAGMA quick_check(3)")]
        broken = file.execute("PRAGMA foreign_key_check").fetchall()
    return [f"The file is damaged: {line}." for line in sound if line != "ok"] + [
        f"A row of {row[0]} refers to a row of {row[2]} that is not there." for row in broken
    ]


async def _main(url: str) -> int:
    from tui.database import open_database
    from tui.settings import parse_url

    async with await open_database(parse_url(url, insecure_tls=True)):
        found = await violations()
    sys.stdout.writelines(f"{sentence}\n" for sentence in [*found, f"{len(found)} violations"])
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(_main(sys.argv[1])))
    except DatabaseError as error:
        sys.exit(error.sentence)
