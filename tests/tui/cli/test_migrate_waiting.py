"""A table that somebody holds exclusively: an apply begins all the same, and tells its log once who is in the way."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tests.tui.migrate.projects import connect, init_sql, make_project, migration, start

pytestmark = pytest.mark.postgres_only


def test_the_one_in_the_way_is_told_once(tmp_path: Path, empty_url: str, run: Run) -> None:
    files = {"0_init.py": migration(init_sql("postgres")), "1_wait.py": migration("ALTER TABLE item ADD n int")}
    project = make_project(tmp_path / "shop", empty_url, files)
    asyncio.run(start(project))
    held, over = threading.Event(), threading.Event()

    async def hold() -> None:
        blocker = await connect(empty_url)
        await blocker.execute("BEGIN; LOCK TABLE item IN ACCESS EXCLUSIVE MODE")
        held.set()
        await asyncio.to_thread(over.wait)
        await blocker.close()

    holding = threading.Thread(target=lambda: asyncio.run(hold()))
    holding.start()
    try:
        assert held.wait(60)
        words = ("--project", str(project.root), "--yes", "--retries", "0", "--lock-timeout", "2")
        ended = run("migrate", "apply", *words)
    finally:
        over.set()
        holding.join()
    assert ended.code == 1
    assert "in the way now: item: pid" in ended.err
    assert ended.err.count("waiting for a lock") == 1, ended.err
