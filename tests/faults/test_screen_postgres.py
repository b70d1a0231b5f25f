"""The program itself, in a terminal, before a server that stalls, vanishes, crashes, is full and becomes a standby.

What it answers to a key is read while the fault still lasts. Nothing restarts it. Its deadlines are shorter than those
of a Shellback at work (`tests.faults.impatient`).
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import (
    clear_search,
    crashed,
    first_name,
    leave,
    other_name,
    press_until,
    press_until_gone,
    wait_for_rows,
)
from tests.faults.line import Line
from tests.faults.screen import CONNECTED, LOST, WAITING, database_of, impatient, line, people
from tests.faults.server import OwnServer
from tests.postgres import apart

if TYPE_CHECKING:
    from tests.e2e.terminal import Terminal

__all__ = ["line", "people"]

pytestmark = pytest.mark.postgres_only

MOST_CLIENTS = 20


def test_the_list_goes_through_the_faults_of_a_server(
    people: Peopled, line: Line, screen_server: OwnServer, tmp_path: Path
) -> None:
    server = screen_server
    with impatient(people, tmp_path) as terminal:
        first = first_name(terminal)
        terminal.wait_for(CONNECTED)
        _keys_while_it_stalls(terminal, line, first)

        line.go_away()
        terminal.wait_for(LOST)  # nobody asked for anything: it looks after the connection by itself
        terminal.wait_for("The connection to the database was lost. Reconnecting.")
        wait_for_rows(terminal)
        terminal.press("/")
        terminal.write("a")
        terminal.press("enter")
        terminal.wait_for("Rows are from")
        line.come_back()
        terminal.wait_for(CONNECTED)
        terminal.wait_gone("Rows are from")
        terminal.wait_until(lambda screen: " match" in screen and " a " in screen.splitlines()[1], "what was searched")
        clear_search(terminal)

        server.pause()
        terminal.press("ctrl+r")
        terminal.wait_for(WAITING)
        server.resume()
        terminal.wait_for(CONNECTED)

        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database_of(people) + "'"
        )
        loaded = _loaded(terminal.wait_for("loaded "))
        press_until(terminal, "ctrl+r", re.compile(rf"loaded (?!{loaded})"))
        assert LOST not in terminal.wait_for(CONNECTED)

        server.execute(f"ALTER SYSTEM SET max_connections = {MOST_CLIENTS}")
        server.crash()
        terminal.wait_for(LOST)
        server.start()
        terminal.wait_for(CONNECTED)
        _too_many_clients(terminal, server)

        server.execute("ALTER SYSTEM RESET max_connections")

        server.demote()
        terminal.press("ctrl+r")
        terminal.wait_for("read-only · Users")
        server.execute("SELECT pg_promote(true, 60)")
        terminal.wait_for(CONNECTED)
        wait_for_rows(terminal)
        leave(terminal)


def test_forms_the_lock_and_leaving_go_through_a_line_that_stalls(people: Peopled, line: Line, tmp_path: Path) -> None:
    with impatient(people, tmp_path, signed_in=False) as terminal:
        terminal.wait_for("Password")
        line.stall()
        terminal.write(f"{people.username}\t{people.password}\r")
        terminal.wait_for("waiting · Sign in")
        press_until(terminal, "ctrl+q", "sign-in is still running")
        line.resume()
        name = first_name(terminal)

        terminal.press("e")
        terminal.wait_for("Edit user")
        press_until(terminal, "x", f"{name}x")
        press_until(terminal, "ctrl+u", re.compile(r"username +│"))  # an x may have come twice
        terminal.write(f"{name}\t\t")
        press_until(terminal, "ctrl+u", re.compile(r"full name +│"))  # text would overtake it
        terminal.write("Ada Lovelace\t\t")  # on to where a second y is no letter of a field
        press_until(terminal, "ctrl+s", "->")
        line.stall()
        press_until(terminal, "y", "Writing ...")
        terminal.wait_for("waiting · Users")
        terminal.press("escape")
        terminal.wait_for("Still writing")
        line.go_away()
        line.resume()
        terminal.wait_for(LOST)
        terminal.wait_for("Nothing was changed")
        terminal.wait_for("Ada Lovelace")  # the form stands as it was
        line.come_back()
        terminal.wait_for(CONNECTED)
        press_until(terminal, "ctrl+s", "->")
        press_until(terminal, "y", "Saved")

        line.stall()
        terminal.press("ctrl+r")
        terminal.wait_for(WAITING)
        terminal.press("ctrl+l")
        terminal.wait_for("Locked.")
        terminal.write(f"{people.password}\r")
        terminal.wait_for("Waiting for the database.")
        line.resume()
        wait_for_rows(terminal)

        line.stall()
        terminal.press("ctrl+r")
        terminal.wait_for(WAITING)
        terminal.press("ctrl+q")
        assert terminal.wait_exit(seconds=5) == 0, crashed(terminal)
        assert terminal.modes_left_on() == set()


def _keys_while_it_stalls(terminal: Terminal, line: Line, first: str) -> None:
    """The cursor moves, help opens, a search is typed, Esc stops waiting: nothing passes the line all the while."""
    line.stall()
    terminal.press("ctrl+r")
    terminal.wait_for(WAITING)
    terminal.press("j")
    other_name(terminal, first)
    press_until(terminal, "?", "Help: Users")
    press_until_gone(terminal, "escape", "Help: Users")
    terminal.wait_for(WAITING)
    terminal.press("escape")
    terminal.wait_gone(WAITING)
    terminal.press("enter")  # the user's page, of which nothing is known yet
    terminal.wait_for("Users > ")
    terminal.wait_for(WAITING)
    terminal.press("4")
    terminal.wait_for("Audit")
    terminal.wait_for(WAITING)
    terminal.press("3")
    terminal.wait_for("Migrations")
    line.resume()
    terminal.wait_for("pplied")
    terminal.press("4")
    terminal.wait_for("events")
    terminal.press("1")
    terminal.wait_for("Active.")  # read by itself
    terminal.press("escape")
    terminal.wait_for(CONNECTED)
    wait_for_rows(terminal)


def _too_many_clients(terminal: Terminal, server: OwnServer) -> None:
    """Others take every connection there is, this program's too."""

    async def take(all_of: list[asyncpg.Connection]) -> None:
        while len(all_of) < MOST_CLIENTS:
            try:
                all_of.append(
                    await asyncpg.connect(host=server.host, port=server.port, user=server.user, database="postgres")
                )
            except asyncpg.TooManyConnectionsError:
                await all_of[0].execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'shellback%'"
                )

    async def run() -> None:
        taken: list[asyncpg.Connection] = []
        try:
            await take(taken)
            await asyncio.to_thread(terminal.press, "ctrl+r")
            await asyncio.to_thread(terminal.wait_for, "too many clients. Reconnecting.")
        finally:
            for connection in taken:
                await connection.close()

    apart(run())
    terminal.wait_for(CONNECTED)


def _loaded(screen: str) -> str:
    found = re.search(r"loaded (\S+)", screen)
    assert found is not None
    return found[1]
