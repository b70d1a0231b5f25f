"""kill -9 of Shellback while it writes: what it acknowledged is there, nothing is half there, nobody holds anything."""

from __future__ import annotations

import asyncio
import random
import sys
from uuid import UUID

import pytest

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
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.busy", database_url, stdout=asyncio.subprocess.PIPE
        )
        assert program.stdout is not None
        try:
            async with asyncio.timeout(60):
                for _ in range(chance.randint(FEWEST, MOST)):
                    acknowledged.append(UUID((await program.stdout.readline()).decode().strip()))
            await asyncio.sleep(chance.uniform(0, 0.02))
        finally:
            program.kill()
            rest, _ = await program.communicate()
        acknowledged += [UUID(line) for line in rest.decode().splitlines() if len(line) == 36]
    async with engine(database_url):
        office = await find_office()
        office.acknowledged = acknowledged
        await office.check()
        assert await said(office.save) == ""
        await office.check()
