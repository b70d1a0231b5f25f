"""What the tests of the program in a terminal share: one server, a line to it, people, and the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.terminal import Terminal
from tests.faults.line import Line, line_to
from tests.faults.server import OwnServer, server_of
from tests.postgres import PostgresServer

if TYPE_CHECKING:
    from tui.demo import DemoSummary

WAITING = "Waiting for the database, Esc stops waiting"
LOST = "lost, reconnecting"
CONNECTED = "connected · Users"


@pytest.fixture(scope="session")
def screen_server(postgres_server: PostgresServer, _peopled_template: tuple[str, DemoSummary]) -> Iterator[OwnServer]:
    """One for all of them; each leaves it running."""
    with server_of(postgres_server) as running:
        yield running


@pytest.fixture
def line(screen_server: OwnServer) -> Iterator[Line]:
    with line_to(screen_server) as running:
        yield running


@pytest.fixture
def people(screen_server: OwnServer, line: Line, _peopled_template: tuple[str, DemoSummary]) -> Peopled:
    """A fresh copy on that server, at the other end of the line."""
    name, made = _peopled_template
    own = f"screen_{len(screen_server.ask('SELECT array_agg(oid) FROM pg_database'))}"
    screen_server.create(own, template=name)
    return Peopled(line.url(own), made.username, made.password, made.token)


def database_of(people: Peopled) -> str:
    return people.url.rpartition("/")[2]


def impatient(people: Peopled, home: Path, *, signed_in: bool = True) -> Terminal:
    """The program, with shorter deadlines."""
    environment = {**(people.signed_in if signed_in else {"SHELLBACK_DATABASE_URL": people.url}), "HOME": str(home)}
    terminal = Terminal.python("-m", "tests.faults.impatient", columns=100, rows=30, environment=environment)
    terminal.deaf = 0.0
    return terminal
