"""The harness does what it says: a fault that did not happen proves nothing."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from tests.faults.server import OwnServer

pytestmark = pytest.mark.postgres_only


async def ping(url: str) -> int:
    """Raises TimeoutError when nobody answers."""
    async with asyncio.timeout(1):
        connection = await asyncpg.connect(url)
        try:
            return int(await connection.fetchval("SELECT 1"))
        finally:
            connection.terminate()


async def test_a_paused_server_says_nothing_and_goes_on_where_it_was(own_server: OwnServer) -> None:
    url = own_server.loopback_url("postgres")
    connection = await asyncpg.connect(url)
    own_server.pause()
    try:
        with pytest.raises(TimeoutError):
            await ping(url)
        with pytest.raises(TimeoutError):
            await connection.fetchval("SELECT 1", timeout=0.2)
    finally:
        own_server.resume()
    assert await ping(url) == 1
    connection.terminate()


async def test_a_crashed_server_starts_with_what_was_committed(own_server: OwnServer) -> None:
    own_server.execute("CREATE TABLE kept (id INTEGER)")
    own_server.crash()
    with pytest.raises(OSError):  # noqa: PT011 - the socket is not there
        await ping(own_server.loopback_url("postgres"))
    own_server.start()
    assert own_server.ask("SELECT count(*) FROM kept") == 0


def test_a_setting_holds_for_the_next_session(own_server: OwnServer) -> None:
    own_server.set("statement_timeout", "123ms")
    assert own_server.ask("SHOW statement_timeout") == "123ms"
    own_server.set("statement_timeout", None)
    assert own_server.ask("SHOW statement_timeout") == "0"


def test_a_standby_lags_follows_and_is_promoted(own_server: OwnServer) -> None:
    own_server.execute("CREATE TABLE followed (id INTEGER)")
    with own_server.standby() as standby:
        standby.pause_replay()
        own_server.execute("INSERT INTO followed VALUES (1)")
        assert standby.ask("SELECT count(*) FROM followed") == 0
        standby.resume_replay()
        standby.caught_up(own_server)
        assert standby.ask("SELECT count(*) FROM followed") == 1
        standby.detach()
        own_server.execute("INSERT INTO followed VALUES (2)")
        standby.promote()
        standby.execute("INSERT INTO followed VALUES (3)")
        assert standby.ask("SELECT max(id) FROM followed") == 3
        assert standby.ask("SELECT count(*) FROM followed") == 2
