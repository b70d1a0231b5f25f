"""Workers that are started before they have an order. On both databases."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import psutil
import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import migration, plan_of, start, versions
from tui.migrate.running.ahead import Ahead
from tui.migrate.running.apply import RunStatus, apply_plan
from tui.migrate.source.project import ProjectError


def waiting() -> set[int]:
    found = set()
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it ends while it is looked at
            if "tui/migrate/process/main.py" in " ".join(child.cmdline()):
                found.add(child.pid)
    return found


async def test_the_worker_that_waits_runs_the_files_and_the_other_is_gone_at_once(shop: Shop, empty_url: str) -> None:
    project = shop(f1_one=migration("INSERT INTO item (name) VALUES ('one')"))
    await start(project)
    seen: list[set[int]] = []
    async with Ahead() as ahead:
        await ahead.prepare(project, "run", "drift")
        prepared = waiting()
        assert len(prepared) == 2
        assert ahead.take(replace(project, app="another"), "run") is None
        outcome = await apply_plan(await plan_of(project), lambda _: seen.append(waiting()), ahead=ahead)
        assert outcome.status is RunStatus.DONE
        assert set.union(*seen) == prepared
        assert len(waiting()) == 1
        assert ahead.take(project, "run") is None
    assert waiting() == set()
    assert await versions(empty_url) == ["0_init.py", "1_one.py"]


async def test_one_that_died_while_it_waited_is_started_anew(shop: Shop, empty_url: str) -> None:
    project = shop(f1_one=migration("INSERT INTO item (name) VALUES ('one')"))
    await start(project)
    async with Ahead() as ahead:
        await ahead.prepare(project, "run", "drift")
        for pid in waiting():
            child = psutil.Process(pid)
            child.kill()
            await asyncio.to_thread(child.wait, 10)
        outcome = await apply_plan(await plan_of(project), None, ahead=ahead)
    assert outcome.status is RunStatus.DONE
    assert await versions(empty_url) == ["0_init.py", "1_one.py"]


async def test_nothing_is_imported_of_the_project_before_there_is_an_order(shop: Shop) -> None:
    project = shop(settings="from pathlib import Path\nPath('imported').touch()\n")
    async with Ahead() as ahead:
        await ahead.prepare(project, "inspect")
        taken = ahead.take(project, "inspect")
        assert taken is not None
        async with taken as worker:
            await worker.send({"job": "unknown"})
            events = [event async for event in worker.events()]
        assert len(events) == 1
    assert not (project.root / "imported").exists()


async def test_nothing_is_started_without_consent(shop: Shop) -> None:
    project = shop(consent=False)
    async with Ahead() as ahead:
        with pytest.raises(ProjectError, match="Agree"):
            await ahead.prepare(project, "run")
    assert waiting() == set()
