"""The program itself, in a terminal, before a server that stalls, vanishes, crashes, is full and becomes a standby.

What it answers to a key is read while the fault still lasts. Nothing restarts it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.e2e.conftest import Peopled, _peopled_template
from tests.e2e.program import leave, name_under_cursor, press_until, press_until_gone, shellback, wait_for_rows
from tests.faults.line import Line, line_to
from tests.faults.server import OwnServer, server_of
from tests.postgres import PostgresServer, apart

if TYPE_CHECKING:
    from tests.e2e.terminal import Terminal
    from tui.demo import DemoSummary

__all__ = ["_peopled_template"]

pytestmark = pytest.mark.postgres_only

WAITING = "Waiting for the database, Esc stops waiting"
LOST = "lost, reconnecting"
CONNECTED = "connected · Users"


@pytest.fixture(scope="module")
def server(postgres_server: PostgresServer, _peopled_template: tuple[str, DemoSummary]) -> Iterator[OwnServer]:
    with server_of(postgres_server) as running:
        yield running


@pytest.fixture
def line(server: OwnServer) -> Iterator[Line]:
    with line_to(server) as running:
        yield running


@pytest.fixture
def people(server: OwnServer, line: Line, _peopled_template: tuple[str, DemoSummary]) -> Peopled:
    """A fresh copy on that server, at the other end of the line."""
    name, made = _peopled_template
    own = f"screen_{len(server.ask('SELECT array_agg(oid) FROM pg_database'))}"
    server.create(own, template=name)
    return Peopled(line.url(own), made.username, made.password, made.token)


def database_of(people: Peopled) -> str:
    return people.url.rpartition("/")[2]


def test_the_list_goes_through_the_faults_of_a_server(
    people: Peopled, line: Line, server: OwnServer, tmp_path: Path
) -> None:
    with shellback(environment={**people.signed_in, "HOME": str(tmp_path)}, columns=100) as terminal:
        wait_for_rows(terminal)
        first = name_under_cursor(terminal.wait_for(CONNECTED))
        _keys_while_it_stalls(terminal, line, first)

        line.go_away()
        terminal.wait_for(LOST, seconds=20)  # nobody asked for anything: it looks after the connection by itself
        terminal.wait_for("The connection to the database was lost. Reconnecting.")
        wait_for_rows(terminal)
        terminal.press("/")
        terminal.write("a")
        terminal.press("enter")
        terminal.wait_for("Rows are from")
        line.come_back()
        terminal.wait_for(CONNECTED)
        terminal.wait_gone("Rows are from")
        assert " a " in terminal.wait_for(" match").splitlines()[1]
        press_until_gone(terminal, "escape", " match")

        server.pause()
        terminal.press("ctrl+r")
        terminal.wait_for(WAITING)
        server.resume()
        terminal.wait_for(CONNECTED)

        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database_of(people) + "'"
        )
        loaded = _loaded(terminal.text())
        press_until(terminal, "ctrl+r", re.compile(rf"loaded (?!{loaded})"))
        assert LOST not in terminal.wait_for(CONNECTED)

        server.execute("ALTER SYSTEM SET max_connections = 20")
        server.crash()
        terminal.wait_for(LOST, seconds=20)
        server.start()
        terminal.wait_for(CONNECTED)
        _too_many_clients(terminal, server)

        server.demote()
        terminal.press("ctrl+r")
        terminal.wait_for("read-only · Users")
        server.execute("SELECT pg_promote(true, 60)")
        terminal.wait_for(CONNECTED)
        wait_for_rows(terminal)
        leave(terminal)


def test_forms_the_lock_and_leaving_go_through_a_line_that_stalls(people: Peopled, line: Line, tmp_path: Path) -> None:
    environment = {"SHELLBACK_DATABASE_URL": people.url, "HOME": str(tmp_path)}
    with shellback(environment=environment, columns=100, rows=30) as terminal:
        terminal.wait_for("Password")
        line.stall()
        terminal.write(f"{people.username}\t{people.password}\r")
        terminal.wait_for("waiting · Sign in")
        press_until(terminal, "ctrl+q", "sign-in is still running")
        line.resume()
        name = name_under_cursor(wait_for_rows(terminal))

        terminal.press("e")
        terminal.wait_for("Edit user")
        press_until(terminal, "x", f"{name}x")
        terminal.press("ctrl+u")  # an x may have come twice
        terminal.write(f"{name}\t\t")
        terminal.press("ctrl+u")
        terminal.write("Ada Lovelace\t\t")  # on to where a second y is no letter of a field
        press_until(terminal, "ctrl+s", "->")
        line.stall()
        press_until(terminal, "y", "Writing ...")
        terminal.wait_for("waiting · Users")
        terminal.press("escape")
        terminal.wait_for("Still writing")
        line.go_away()
        line.resume()
        terminal.wait_for(LOST, seconds=40)
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
        assert terminal.wait_exit(seconds=5) == 0
        assert terminal.modes_left_on() == set()


def _keys_while_it_stalls(terminal: Terminal, line: Line, first: str) -> None:
    """The cursor moves, help opens, a search is typed, Esc stops waiting: nothing passes the line all the while."""
    line.stall()
    terminal.press("ctrl+r")
    terminal.wait_for(WAITING)
    terminal.press("j")
    terminal.wait_until(lambda screen: name_under_cursor(screen) not in ("", first), "another row under the cursor")
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
        while True:
            try:
                all_of.append(
                    await asyncpg.connect(host=server.host, port=server.port, user=server.user, database="postgres")
                )
            except asyncpg.TooManyConnectionsError:
                ended = await all_of[0].fetch(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'shellback%'"
                )
                if not ended:
                    return

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
