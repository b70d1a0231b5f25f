"""kill -9 of Shellback while it writes: what it acknowledged is there, nothing is half there, nobody holds anything."""

from __future__ import annotations

import random
from uuid import UUID

import pytest

from tests.faults.calling_off import killed
from tests.faults.work import find_office, open_office, said
from tests.models.engines.support import engine

pytestmark = pytest.mark.postgres_only

KILLS = 3
FEWEST = 5
MOST = 25
"""Changes that are acknowledged before the end comes, at some moment of the next one."""


async def test_kill_9_in_the_middle_of_writing(database_url: str) -> None:
    chance = random.Random(9)
    acknowledged: list[UUID] = []
    async with engine(database_url):
        await open_office()
    for _ in range(KILLS):
        acknowledged += await killed(database_url, chance, fewest=FEWEST, most=MOST, late=0.02)
    async with engine(database_url):
        office = await find_office()
        office.acknowledged = acknowledged
        await office.check()
        assert await said(office.save) == ""
        await office.check()
