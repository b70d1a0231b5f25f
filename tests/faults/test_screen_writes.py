"""The program itself, in a terminal, while it writes: a bulk, a password that is asked for again, a form. Meanwhile the
line is lost, the server crashes, somebody holds the row, transactions give way, the disk is full.

Its deadlines are shorter than those of a Shellback at work (`tests.faults.impatient`). Nothing restarts it.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import first_name, leave, press_until, press_until_gone, search, wait_for_rows
from tests.faults.line import Line
from tests.faults.proxy import Meeting
from tests.faults.screen import LOST, database_of, impatient, line, people
from tests.faults.server import OwnServer
from tests.faults.small_disk import small_disk
from tests.faults.test_pg_disk import fill

if TYPE_CHECKING:
    from tests.e2e.terminal import Terminal

__all__ = ["line", "people"]

pytestmark = pytest.mark.postgres_only

HELD = "Another session holds the rows this needs."
SERIAL = "Somebody else changed the same rows at the same time."
GAVE_WAY = "Two changes waited for each other, and this one gave way."
AGAIN = "Your password again"


def test_a_bulk_goes_through_a_lost_line_and_a_crash_at_its_commit(
    people: Peopled, line: Line, screen_server: OwnServer, tmp_path: Path
) -> None:
    server, database = screen_server, database_of(people)

    def active() -> int:
        rows = "SELECT count(*) FROM users WHERE is_active AND NOT is_superuser AND deleted_at IS NULL"
        return int(server.ask(rows, database=database))

    before = active()
    server.execute("DELETE FROM step_ups", database)
    with impatient(people, tmp_path) as terminal:
        wait_for_rows(terminal)
        search(terminal, "is:active -is:superuser")
        press_until(terminal, "*", " marked")
        press_until(terminal, "b", "marked users:")
        press_until(terminal, "enter", "will change")
        terminal.wait_for("In one transaction")
        number = press_until(terminal, "ctrl+s", "to confirm.").split(" to confirm.")[0].split()[-1]

        terminal.write(number)
        press_until(terminal, "ctrl+s", AGAIN)
        press_until(terminal, "x", "•")
        press_until_gone(terminal, "ctrl+u", "•")
        line.stall()  # while the password is verified
        terminal.write(f"{people.password}\r")
        terminal.wait_for("Checking ...")
        terminal.wait_for("waiting · ")
        line.go_away()
        line.resume()
        terminal.wait_for(LOST)
        terminal.wait_for("was lost. Nothing was")
        assert AGAIN in terminal.text()
        line.come_back()
        terminal.wait_gone(LOST)
        assert active() == before

        line.meet_at_commit(Meeting.STALL, turn=2)  # the first one is the password's
        terminal.write(f"{people.password}\r")
        terminal.wait_for(f"Writing {number} users in one transaction")
        terminal.wait_for("waiting · ")
        press_until(terminal, "?", "Help: ")
        press_until_gone(terminal, "escape", "Help: ")
        server.crash()
        line.resume()
        terminal.wait_for(LOST)
        terminal.wait_for(f"Writing {number} users in one transaction")  # what became of it is not known yet
        server.start()
        terminal.wait_for(f"{number} done")  # it was rolled back, which the server knew, and was written again
        terminal.wait_gone(LOST)
        assert active() == before - int(number)
        batch = "SELECT count(*) FROM audit_events WHERE action = 'users.deactivate' AND batch_id IS NOT NULL"
        assert server.ask(f"{batch} AND target_type = 'user'", database=database) == int(number)
        press_until(terminal, "escape", "is:active")
        press_until_gone(terminal, "escape", "is:active")
        leave(terminal)


def test_a_form_goes_through_a_held_row_transactions_that_give_way_and_a_full_disk(
    people: Peopled, screen_server: OwnServer, tmp_path: Path
) -> None:
    server, database = screen_server, database_of(people)
    with impatient(people, tmp_path) as terminal:
        name = first_name(terminal)
        terminal.press("e")
        terminal.wait_for("Edit user")
        press_until(terminal, "x", f"{name}x")
        press_until(terminal, "ctrl+u", re.compile(r"username +│"))  # an x may have come twice
        terminal.write(f"{name}\t\t")

        with held(server, database, f"SELECT FROM users WHERE username = '{name}' FOR UPDATE"):
            _save(terminal, "Ada Held")
            terminal.wait_for("Writing ...")
            terminal.press("escape")
            terminal.wait_for("Still writing")
            terminal.wait_for(HELD)

        with given_way(server, database, "40001", times=100):
            _save(terminal, "Ada Serial")
            terminal.wait_for(SERIAL)
        with given_way(server, database, "40P01", times=100):
            _save(terminal, "Ada Deadlock")
            terminal.wait_for(GAVE_WAY)

        with small_disk(megabytes=4) as disk:
            place = disk / "tables"
            place.mkdir()
            os.chown(place, server.data.stat().st_uid, -1)
            server.execute(f"CREATE TABLESPACE screen LOCATION '{place}'")
            server.execute("ALTER TABLE audit_events SET TABLESPACE screen", database)
            fill(server, database, "audit_events")
            _save(terminal, "Ada Full")
            terminal.wait_for("disk is full. Nothing was changed")
            server.execute("ALTER TABLE audit_events SET TABLESPACE pg_default", database)
            server.execute("DROP TABLESPACE screen")

        with given_way(server, database, "40P01", times=2):  # the third try is let through
            _save(terminal, "Ada Lovelace")
            terminal.wait_for("Saved")
        leave(terminal)
    rows = "SELECT array_agg(changes -> 'full_name' ->> 1) FROM audit_events WHERE outcome = 'ok'"
    assert server.ask(f"{rows} AND changes -> 'full_name' ->> 1 LIKE 'Ada%'", database=database) == ["Ada Lovelace"]


def _save(terminal: Terminal, name: str) -> None:
    """Types a full name into its field, which has the focus, and agrees to it."""
    press_until(terminal, "ctrl+u", re.compile(r"full name +│"))  # text would overtake it
    terminal.write(name)
    terminal.wait_for(name)
    press_until(terminal, "ctrl+s", "->")
    press_until_gone(terminal, "y", "->")


@contextmanager
def held(server: OwnServer, database: str, sql: str) -> Iterator[None]:
    """Somebody else's transaction stands open."""
    taken, over = Event(), Event()

    async def hold() -> None:
        connection = await asyncpg.connect(host=server.host, port=server.port, user=server.user, database=database)
        try:
            async with connection.transaction():
                await connection.execute(sql)
                taken.set()
                await asyncio.to_thread(over.wait, 60)
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as thread:
        holding = thread.submit(asyncio.run, hold())
        try:
            assert taken.wait(20)
            yield
        finally:
            over.set()
    holding.result()


@contextmanager
def given_way(server: OwnServer, database: str, code: str, *, times: int) -> Iterator[None]:
    """The next changes of users meet this error of the server, so many times."""
    server.execute("CREATE SEQUENCE given_way", database)
    raising = f"RAISE EXCEPTION 'gave way' USING ERRCODE = '{code}'"
    body = f"BEGIN IF nextval('given_way') <= {times} THEN {raising}; END IF; RETURN NEW; END"
    server.execute(f"CREATE FUNCTION give_way() RETURNS trigger LANGUAGE plpgsql AS $${body}$$", database)
    server.execute("CREATE TRIGGER give_way BEFORE UPDATE ON users EXECUTE FUNCTION give_way()", database)
    try:
        yield
    finally:
        server.execute("DROP TRIGGER give_way ON users", database)
        server.execute("DROP FUNCTION give_way", database)
        server.execute("DROP SEQUENCE given_way", database)
