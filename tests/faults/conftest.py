"""A server that the tests of a module may do anything to, and a fresh database of Shellback's on it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import _peopled_template
from tests.faults.proxy import FaultProxy
from tests.faults.screen import screen_server
from tests.faults.server import OwnServer, Standby, server_of
from tests.postgres import PostgresServer

if TYPE_CHECKING:
    from tui.database import Database

__all__ = ["_peopled_template", "screen_server"]  # here once: each module that imported them would have its own


@pytest.fixture(scope="module")
def own_server(postgres_server: PostgresServer, _template: Path | str) -> Iterator[OwnServer]:
    """Has the databases of the tests' server. Whatever a test does to it, it leaves it running."""
    with server_of(postgres_server) as server:
        yield server


@pytest.fixture
def own_name(own_server: OwnServer, _template: Path | str) -> str:
    """The name of a fresh database on it, with the current schema and the seeded roles, and nobody in it."""
    if not own_server.is_running:  # a test that failed left it so
        own_server.start()
    own_server.resume()
    own_server.until(own_server.is_open)
    name = f"own_{uuid.uuid4().hex}"
    own_server.create(name, template=str(_template))
    return name


@pytest.fixture
async def own_proxy(own_server: OwnServer) -> AsyncIterator[FaultProxy]:
    """A line to it that can be stalled, cut and made to lose a COMMIT."""
    async with FaultProxy(own_server) as running:
        yield running


@pytest.fixture
async def own_database(own_server: OwnServer, own_name: str) -> AsyncIterator[Database]:
    """The fresh database, opened: the models of this process speak to it."""
    from tui.database import open_database
    from tui.settings import parse_url

    async with await open_database(parse_url(own_server.url(own_name))) as opened:
        yield opened


@pytest.fixture(scope="module")
def standby(own_server: OwnServer) -> Iterator[Standby]:
    """A replica of it that every test leaves running and replaying."""
    with own_server.standby() as running:
        yield running


@pytest.fixture
async def both(own_server: OwnServer, own_name: str, standby: Standby) -> AsyncIterator[Database]:
    """The fresh database, opened with its replica beside it, which is read."""
    from tests.faults.replicas import opened, until_from

    async with await opened(own_server.url(own_name), standby.url(own_name), own_server, standby) as database:
        await until_from(database, "replica")
        yield database
