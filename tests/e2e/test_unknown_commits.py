"""A command whose COMMIT nobody answers, on a server that stays away: it says so, and another one finds out."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from models import User, UserSession
from models.clock import database_now
from models.operations.transactions import connection, write_transaction
from tests.e2e.bench import Bench, within
from tests.faults.proxy import COMMIT, Fault, FaultProxy, Meeting

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Peopled
    from tests.postgres import PostgresServer

pytestmark = pytest.mark.postgres_only

NUMBER = re.compile(r"shellback settle ([0-9a-f-]{36})")


async def test_a_command_whose_commit_nobody_answers_ends_with_six_and_settle_tells(
    peopled: Peopled, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    bench = Bench(peopled, tmp_path)
    database = urlsplit(peopled.url).path.lstrip("/")
    async with FaultProxy(postgres_server) as proxy:
        through = {"SHELLBACK_DATABASE_URL": proxy.url(database), "LOUD_SETTLE_SECONDS": "1"}

        async def lost(meeting: Meeting, name: str) -> str:
            """The number that the command prints, which edits while the line does this at COMMIT and stays away."""
            await asyncio.to_thread(within, peopled, _seen_just_now)  # so that this COMMIT is that of the edit
            proxy.meet(meeting, saying=COMMIT)
            command = asyncio.create_task(
                _run(bench, through, "users", "edit", f"name:{user.username}", "--set", f"full_name={name}", "--yes")
            )
            met = asyncio.create_task(proxy.met.wait())
            await asyncio.wait([met, command], return_when=asyncio.FIRST_COMPLETED)
            met.cancel()
            proxy.fault = Fault.REFUSE
            done = await command
            proxy.meet_nothing()
            assert (done.returncode, done.stdout) == (6, ""), done.stderr
            found = NUMBER.search(done.stderr)
            assert found is not None, done.stderr
            assert "may or may not have happened" in done.stderr
            assert "Traceback" not in done.stderr
            return found[1]

        user = await asyncio.to_thread(within, peopled, _somebody)
        landed, swallowed = await lost(Meeting.SWALLOW_ANSWER, "Landed"), await lost(Meeting.SWALLOW, "Swallowed")
        at_work: Any = await asyncpg.connect(postgres_server.url(database))
        try:
            async with at_work.transaction():
                await at_work.execute("SELECT pg_current_xact_id()")  # it may be the one that writes that number
                assert await _settled(bench, through, landed) == (0, "It happened: users.edit")
                assert await _settled(bench, through, swallowed) == (6, "")
        finally:
            await at_work.close()
        assert await _settled(bench, through, swallowed) == (1, "It did not happen")
    assert (await asyncio.to_thread(within, peopled, _somebody)).full_name == "Landed"


async def _settled(bench: Bench, through: dict[str, str], number: str) -> tuple[int, str]:
    """How `shellback settle` ends, and what it says first."""
    done = await _run(bench, through, "settle", number)
    return done.returncode, re.split("[:,.]", done.stdout)[0].strip() + (
        f":{done.stdout.split(':', 1)[1].partition(',')[0]}" if done.returncode == 0 else ""
    )


async def _run(bench: Bench, through: dict[str, str], *argv: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **bench.environment(), **through}
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.e2e.loud", *argv],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


async def _seen_just_now() -> None:
    now = await database_now(connection())
    await write_transaction(lambda inside: UserSession.all().using_db(inside).update(last_seen_at=now))


async def _somebody() -> User:
    user = await User.filter(is_superuser=False, is_active=True, deleted_at=None).order_by("id").first()
    assert user is not None
    return user
