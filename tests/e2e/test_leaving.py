"""Leaving in the middle: by q, ctrl+q, SIGTERM, SIGHUP, SIGINT twice, and a terminal that is closed; during a read, a
write, a COMMIT and a migration.

Whatever it is: gone within five seconds, the terminal as it was, no transaction, worker process or lock left behind,
and what was being written is there with its row of the audit, or not at all.
"""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any, Final

import asyncpg
import psutil
import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import crashed, press_until, shellback, wait_for_rows
from tests.e2e.terminal import Terminal
from tests.tui.migrate.projects import connect, execute, init_sql, make_project, migration, query
from tui.settings import parse_url

GONE_S: Final = 5.0
AGAIN_S: Final = 2.0
PATIENCE_S: Final = 30.0

LATE_COMMIT: Final = """
    CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER late AFTER INSERT ON audit_events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait_at_commit();
"""
ENDLESS: Final = {
    "postgres": "CREATE TABLE half (id INT); SELECT pg_sleep(600);",
    "sqlite": """CREATE TABLE half (id INT);
        INSERT INTO half WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
            SELECT i FROM n WHERE i < 0;""",
}


Way = Callable[[Terminal], int]
"""Begins to leave, and says with which status the program is to end."""


def by_q(terminal: Terminal) -> int:
    terminal.press("q")
    return 0


def by_ctrl_q(terminal: Terminal) -> int:
    """Also from a dialog; pressed again where it says what is still running."""
    terminal.press("ctrl+q")
    press_until_ended(terminal, "ctrl+q")
    return 0


def by_term(terminal: Terminal) -> int:
    terminal.signal(signal.SIGTERM)
    return 128 + signal.SIGTERM


def by_hup(terminal: Terminal) -> int:
    terminal.signal(signal.SIGHUP)
    return 128 + signal.SIGHUP


def by_interrupting_twice(terminal: Terminal) -> int:
    terminal.signal(signal.SIGINT)
    terminal.signal(signal.SIGINT)
    return 128 + signal.SIGINT


def by_closing(terminal: Terminal) -> int:
    terminal.hang_up()
    return 128 + signal.SIGHUP


def press_until_ended(terminal: Terminal, key: str) -> None:
    """A dialog takes no key in its first moment, and the program none in its last."""
    deadline = monotonic() + GONE_S
    while terminal.is_running and monotonic() < deadline:
        try:
            terminal.press(key)
            terminal.wait_exit(seconds=0.4)
        except (AssertionError, OSError):
            continue


def leave(terminal: Terminal, way: Way) -> None:
    """Leaves; gone in time, with its status, the terminal whole, and no process of it left."""
    children = psutil.Process(terminal.pid).children(recursive=True)
    begun = monotonic()
    status = way(terminal)
    assert terminal.wait_exit(seconds=GONE_S + 1 - (monotonic() - begun)) == status, crashed(terminal)
    if way is not by_closing:
        assert terminal.modes_left_on() == set()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert alive == []


async def until(is_so: Callable[[], Awaitable[object]], what: str) -> None:
    """Waits for a state of the server that it tells nobody by itself."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not await is_so():  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not so after {PATIENCE_S} s: {what}") from None


WAITING: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'shellback%' AND wait_event_type = 'Lock'
"""
LEFT: Final = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'shellback%'
"""


async def undone(url: str) -> int:
    """How many changes the users have had by their own count, beyond the resets that the audit tells: it stays the
    same where a reset is there with its row, and where neither is."""
    (changes,), (rows,) = [
        *await query(url, "SELECT sum(version) FROM users"),
        *await query(url, "SELECT count(*) FROM audit_events WHERE action = 'users.reset_password' AND outcome = 'ok'"),
    ]
    return int(changes) - int(rows)


def begin_reset(terminal: Terminal) -> None:
    """A generated password for the user under the cursor, agreed to."""
    terminal.press("p")
    terminal.wait_for("Reset password")
    terminal.wait_until(lambda text: "#" in text.split("Reset password")[-1], "whose password it is")


# PostgreSQL -----------------------------------------------------------------------------------------------------------


@pytest.mark.postgres_only
@pytest.mark.parametrize("way", [by_q, by_term, by_closing])
async def test_during_a_read(peopled: Peopled, way: Way) -> None:
    holder = await connect(peopled.url)
    try:
        with shellback(environment=peopled.signed_in) as terminal:
            wait_for_rows(terminal)
            await holder.execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            terminal.press("f5")
            await until(lambda: holder.fetchval(WAITING), "the list waits for the lock")
            leave(terminal, way)
        await holder.execute("ROLLBACK")
        await until(lambda: _none_left(holder), "no session is left")
    finally:
        await holder.close()


async def _none_left(holder: asyncpg.Connection[Any]) -> bool:
    return bool(await holder.fetchval(LEFT) == 0)


@pytest.mark.postgres_only
@pytest.mark.parametrize("way", [by_ctrl_q, by_hup, by_interrupting_twice])
async def test_during_a_write(peopled: Peopled, way: Way) -> None:
    await leave_a_reset(peopled, way, hold="BEGIN; SELECT 1 FROM users FOR UPDATE", release="ROLLBACK")


@pytest.mark.postgres_only
@pytest.mark.parametrize("way", [by_ctrl_q, by_term, by_closing])
async def test_during_a_commit(peopled: Peopled, way: Way) -> None:
    """COMMIT is on its way and waits. It ends after the program, with the row of the audit."""
    await execute(peopled.url, LATE_COMMIT)
    await leave_a_reset(peopled, way, hold="SELECT pg_advisory_lock(7)", release="SELECT pg_advisory_unlock(7)")


async def leave_a_reset(peopled: Peopled, way: Way, *, hold: str, release: str) -> None:
    """Leaves while a reset waits for what `hold` holds; the change is there with its row, or neither is."""
    holder = await connect(peopled.url)
    try:
        before = await undone(peopled.url)
        with shellback(environment=peopled.signed_in) as terminal:
            wait_for_rows(terminal)
            begin_reset(terminal)
            await holder.execute(hold)
            await until_waiting(terminal, holder)
            leave(terminal, way)
        await holder.execute(release)
        await until(lambda: _none_left(holder), "no session is left")
        assert await undone(peopled.url) == before
    finally:
        await holder.close()


async def until_waiting(terminal: Terminal, holder: asyncpg.Connection[Any]) -> None:
    """Presses what agrees until the write waits."""

    async def is_waiting() -> object:
        return await holder.fetchval(WAITING)

    await press_until_so(terminal, "ctrl+s", is_waiting, "the write waits")


async def press_until_so(terminal: Terminal, key: str, is_so: Callable[[], Awaitable[object]], what: str) -> None:
    """Presses a key that does no harm twice, once a dialog takes keys; again only after a while."""
    terminal.settle()
    pressed = -AGAIN_S

    async def pressing() -> object:
        nonlocal pressed
        if monotonic() - pressed > AGAIN_S:
            terminal.press(key)
            pressed = monotonic()
        terminal.text()
        return await is_so()

    await until(pressing, what)


# SQLite ---------------------------------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
@pytest.mark.parametrize("way", [by_ctrl_q, by_term, by_closing])
async def test_while_another_process_holds_the_file(peopled: Peopled, way: Way) -> None:
    before = await undone(peopled.url)
    path = parse_url(peopled.url).path
    assert path is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        with shellback(environment=peopled.signed_in) as terminal:
            wait_for_rows(terminal)
            begin_reset(terminal)
            holder.execute("BEGIN IMMEDIATE")
            # It waits for the file, and says after a second that it does.
            press_until(terminal, "ctrl+s", "aiting")
            leave(terminal, way)
        holder.execute("ROLLBACK")
        holder.execute("BEGIN IMMEDIATE")  # nobody else holds it
    assert await undone(peopled.url) == before


# Migrations -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [by_ctrl_q, by_term, by_interrupting_twice, by_closing])
async def test_during_a_migration(peopled: Peopled, empty_url: str, dialect: str, tmp_path: Path, way: Way) -> None:
    """Its file is rolled back, its worker gone, and the lock free for whoever comes next."""
    project = make_project(
        tmp_path / "shop",
        empty_url,
        {"0_init.py": migration(init_sql(dialect)), "1_slow.py": migration(ENDLESS[dialect])},
    )
    with shellback("--project", str(project.root), environment=peopled.signed_in) as terminal:
        wait_for_rows(terminal)
        terminal.press("3")
        terminal.wait_for("2 pending")
        press_until(terminal, "A", "2 files to")
        press_until(terminal, "y", "statement 2 of 2")
        leave(terminal, way)
    if dialect == "postgres":
        holder = await connect(empty_url)
        try:
            await until(lambda: _none_left(holder), "no session of it is left")
            assert await holder.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0
        finally:
            await holder.close()
    assert await query(empty_url, "SELECT version FROM aerich") == [("0_init.py",)]
    with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedTableError)):
        await query(empty_url, "SELECT * FROM half")
    await execute(empty_url, "INSERT INTO item (name) VALUES ('free')")
