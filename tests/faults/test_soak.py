"""The soak, as short as a build can wait for. By hand it takes any time: `python -m tests.faults.soak --help`."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.failing_sync import make_failing_sync
from tests.faults.proxy import FaultProxy
from tests.faults.soak.conductor import Soak
from tests.faults.soak.faults_postgres import PostgresFaults
from tests.faults.soak.faults_sqlite import SqliteFaults
from tui.settings import parse_url

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.server import OwnServer

SECONDS: Final = 25.0
SEED: Final = 20


@pytest.mark.sqlite_only
async def test_nothing_is_lost_nor_done_twice_on_a_file(database_url: str, tmp_path: Path) -> None:
    environment, no_sync = make_failing_sync(tmp_path) or (None, None)
    soak = Soak(database_url, database_url, SEED, SECONDS, tmp_path, environment=environment)
    path = parse_url(database_url).path
    assert path is not None
    _holds(soak, await soak.run(SqliteFaults(path, soak.alive, Random(SEED), no_sync)))
    assert no_sync is None or soak.tally.asked.total() > 0, "a COMMIT that nobody answered was asked about"


@pytest.mark.postgres_only
async def test_nothing_is_lost_nor_done_twice_on_a_server(own_server: OwnServer, own_name: str, tmp_path: Path) -> None:
    async with FaultProxy(own_server) as proxy:
        soak = Soak(proxy.url(own_name), own_server.url(own_name), SEED, SECONDS, tmp_path)
        _holds(soak, await soak.run(PostgresFaults(own_server, proxy, own_name, Random(SEED))))


def _holds(soak: Soak, found: list[str]) -> None:
    assert not found, "\n".join(soak.lines(found))
    assert soak.tally.ended["ok"] > 0
    assert soak.tally.faults.total() > 0
