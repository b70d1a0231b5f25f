"""A cancel that the server forgot, since it came before its statement."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from tests.tui.migrate.projects import connect
from tui.migrate.process.sessions.stopping import STOP, stopped

pytestmark = pytest.mark.postgres_only


async def test_a_statement_is_told_again_until_it_ends(empty_url: str) -> None:
    at_work, guard = await connect(empty_url), await connect(empty_url)
    try:
        await at_work.execute("BEGIN; CREATE TABLE half (id int)")
        pid = at_work.get_server_pid()
        # What a cancel does that came too early: nothing. The statement runs on, and the ROLLBACK waits behind it.
        turn = asyncio.Lock()

        async def one_by_one() -> None:
            async with turn:
                with pytest.raises(asyncpg.QueryCanceledError):
                    await at_work.execute("SELECT pg_sleep(600)")

        async def roll_back() -> None:
            async with turn:
                await at_work.execute("ROLLBACK; SET lock_timeout = 0")

        running = asyncio.create_task(one_by_one())
        await asyncio.sleep(0)
        await stopped(roll_back(), lambda: guard.fetchval(STOP, pid), every=0.05)
        await running
        assert not at_work.is_in_transaction()
        assert await guard.fetchval("SELECT to_regclass('half')") is None
    finally:
        at_work.terminate()
        await guard.close()
