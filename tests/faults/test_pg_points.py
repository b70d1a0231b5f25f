"""The line to PostgreSQL breaks or stands still at every point of a list, a sign-in, a save and a bulk.

Whatever the point: the answer comes within its deadline and is true, no slot of the pool is lost, nothing is half
written, and the next operation works.
"""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.faults.proxy import COMMIT, FaultProxy, Meeting
from tests.faults.work import Office, open_office, said
from tests.models.engines.support import engine, settled, slots_in_use

pytestmark = pytest.mark.postgres_only

SOON = 0.5
"""Seconds: the deadline of a statement, and of a connection, where the line stands still."""

EVERY = {"list": 1, "sign_in": 5, "save": 1, "bulk": 2}
"""Each so many turns the line is cut: a sign-in costs the hash of a password."""
STALLED = {"list": (1, 4), "sign_in": (2, 12), "save": (1, 6, 11), "bulk": (3, 8, 14)}
WRITES = ("sign_in", "save", "bulk")
CUTS = (Meeting.CUT_BEFORE, Meeting.CUT_AT, Meeting.CUT_AFTER, Meeting.CUT_WITHIN)
STALLS = (Meeting.STALL, Meeting.HOLD)
MOST = 150
"""Turns that an operation may take at all."""

LATE = "The database did not answer in time. The transaction was rolled back."


@pytest.fixture
def line(proxy: FaultProxy, database_url: str) -> str:
    return proxy.url(urlsplit(database_url).path.removeprefix("/"))


async def goes_on(office: Office, client: Any, work: str) -> None:
    """The same again works, and no slot is missing."""
    assert await said(getattr(office, work)) == ""
    await settled(client)
    assert slots_in_use(client) == 0


@pytest.mark.parametrize("work", EVERY)
async def test_a_line_that_is_cut_at_any_turn(proxy: FaultProxy, line: str, work: str) -> None:
    """Nobody notices: what is read is read again, what is known to be rolled back is written again."""
    async with engine(line) as client:
        office = await open_office()
        for number, turn in enumerate(count(1, EVERY[work])):
            assert turn < MOST
            proxy.meet(CUTS[number % len(CUTS)], turn=turn)
            assert await said(getattr(office, work)) == "", turn
            if not proxy.met.is_set():
                break
            proxy.meet_nothing()
            await settled(client)
            assert slots_in_use(client) == 0
        proxy.meet_nothing()
        await office.check()


@pytest.mark.parametrize("work", WRITES)
async def test_a_line_that_is_cut_around_commit(proxy: FaultProxy, line: str, work: str) -> None:
    """Looked up before anything is said, and written again only where it is known not to have landed."""
    async with engine(line) as client:
        office = await open_office()
        for cut in CUTS:
            proxy.meet(cut, saying=COMMIT)
            assert await said(getattr(office, work)) == "", cut
            assert proxy.met.is_set()
            await goes_on(office, client, work)
        await office.check()


@pytest.mark.parametrize("work", STALLED)
async def test_a_line_that_stands_still_at_some_turn(proxy: FaultProxy, line: str, work: str) -> None:
    async with engine(line, command_timeout=SOON, timeout=SOON) as client:
        office = await open_office()
        for number, turn in enumerate(STALLED[work]):
            proxy.meet(STALLS[number % len(STALLS)], turn=turn)
            # The answer comes while nothing passes yet.
            assert LATE in await said(getattr(office, work)), turn
            assert proxy.met.is_set()
            proxy.meet_nothing()
            await goes_on(office, client, work)
        await office.check()


@pytest.mark.parametrize("work", WRITES)
async def test_a_line_that_stands_still_at_commit(proxy: FaultProxy, line: str, work: str) -> None:
    """It is asked what became of it, until somebody answers."""
    async with engine(line, command_timeout=SOON, timeout=SOON) as client:
        office = await open_office()
        for stall in STALLS:
            await goes_on(office, client, work)
            proxy.meet(stall, saying=COMMIT)
            task = asyncio.create_task(said(getattr(office, work)))
            await proxy.met.wait()
            await proxy.spoken(len(proxy.turns) + 1)
            assert not task.done()
            proxy.meet_nothing()
            assert await task == "", stall
        await goes_on(office, client, work)
        await office.check()
