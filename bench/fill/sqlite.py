"""Millions of people into an SQLite file: one process makes rows while another inserts them.

The unique columns keep their indexes, since they are part of the table; a cache that holds them keeps their random
order cheap. The other indexes are built afterwards, from a sort.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from bench.fill.report import Report
from bench.fill.rows import COLUMNS, Crowd, crowd, rows
from tests.schema import migrate_fresh
from tui.demo.rows import Row

CACHE: Final = 6_000_000
"""KiB of page cache: the three unique indexes of ten million people have 2 GB."""

WINDOW: Final = 4
"""Chunks made ahead: what bounds the memory."""


def fill_sqlite(path: Path, people: int) -> str:
    """Makes the file anew with so many people in it; returns the table of the steps."""
    report = Report("SQLite", people)
    path.unlink(missing_ok=True)
    with report.step("schema"):
        path.touch(0o600)
        migrate_fresh(f"sqlite://{path}")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # If the machine dies meanwhile the file is thrown away: no journal, no waiting for the disk.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        connection.execute("PRAGMA threads = 2")
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (?, ?, ?)",
            tuple(COLUMNS),
        ).fetchall()
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'users'"
        ).fetchall()
        for kind, things in (("INDEX", indexes), ("TRIGGER", triggers)):
            for name, _ in things:
                connection.execute(f'DROP {kind} "{name}"')
        with report.step("rows"):
            _insert(connection, crowd(people, dict(connection.execute("SELECT name, id FROM roles"))), report)
        with report.step(f"{len(indexes)} indexes"):
            for _, sql in indexes + triggers:
                connection.execute(sql)
        with report.step("statistics"):
            connection.execute("PRAGMA analysis_limit = 1000")
            connection.execute("ANALYZE")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    return report.table(path.stat().st_size)


def _insert(connection: sqlite3.Connection, of: Crowd, report: Report) -> None:
    begun, done = time.perf_counter(), 0
    connection.execute("BEGIN EXCLUSIVE")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        ahead: deque[Future[dict[str, list[Row]]]] = deque()
        ranges = of.ranges()
        while True:
            while len(ahead) < WINDOW and (numbers := next(ranges, None)) is not None:
                ahead.append(pool.submit(rows, of, numbers))
            if not ahead:
                break
            made = ahead.popleft().result()
            for table, columns in COLUMNS.items():
                marks = ", ".join("?" * len(columns))
                connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", made[table])
            done += len(made["users"])
            report.progress(done, begun)
    connection.execute("COMMIT")
