"""The worker process as a process: it dies, it is left, it prints, it is looked at by others. On both databases."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import apply_all, migration, plan_of, query, start, versions
from tui.migrate.listing import look
from tui.migrate.running import worker as worker_module
from tui.migrate.running.apply import Event, RunOutcome, RunStatus, apply_plan
from tui.migrate.running.events import Finished, StatementStarted
from tui.migrate.running.worker import TAIL, start_worker
from tui.migrate.source.project import Project, ProjectError


def workers() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [child for child in children if "tui/migrate/process/main.py" in " ".join(child.cmdline())]


def open_files() -> int:
    return psutil.Process().num_fds()


async def when_running(project: Project, text: str, act: Callable[[psutil.Process], None]) -> RunOutcome:
    """Applies, and calls `act` with the worker once the statement that contains `text` has begun."""

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted) and text in event.text:
            (worker,) = workers()
            act(worker)

    return await apply_plan(await plan_of(project), listen)


async def test_a_killed_worker_is_told_as_what_the_database_says(shop: Shop, empty_url: str, endless: str) -> None:
    up = f"CREATE TABLE half (id int); {endless}"
    project = shop(f1_good=migration("INSERT INTO item (name) VALUES ('good')"), f2_slow=migration(up))
    await start(project)
    seen: list[str] = []

    def kill(worker: psutil.Process) -> None:
        seen.append(" ".join(worker.cmdline()))
        worker.send_signal(signal.SIGKILL)

    outcome = await when_running(project, endless, kill)
    assert outcome.status is RunStatus.FAILED
    assert outcome.applied == ("1_good.py",)
    assert outcome.failed == "2_slow.py"
    assert outcome.message == "The worker process died: it was ended by SIGKILL."
    assert outcome.sentence == "0 and 1 stay applied; 2 was rolled back."
    assert await versions(empty_url) == ["0_init.py", "1_good.py"]
    with pytest.raises(Exception, match="half"):
        await query(empty_url, "SELECT * FROM half")
    # What others may read of a process says nothing about the database.
    assert str(project.root) not in seen[0]
    assert "://" not in seen[0]


async def test_a_task_that_is_cancelled_leaves_nothing_behind(shop: Shop, empty_url: str, endless: str) -> None:
    project = shop(f1_slow=migration(f"CREATE TABLE half (id int); {endless}"))
    await start(project)
    before = open_files()
    running = asyncio.Event()

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted) and endless in event.text:
            running.set()

    task = asyncio.create_task(apply_plan(await plan_of(project), listen))
    await running.wait()
    assert len(workers()) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert workers() == []
    assert open_files() == before
    assert await versions(empty_url) == ["0_init.py"]


async def test_a_worker_whose_interface_is_killed_rolls_back_and_leaves(
    shop: Shop, empty_url: str, endless: str
) -> None:
    project = shop(f1_slow=migration(f"CREATE TABLE half (id int); {endless}"))
    await start(project)
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.tui.migrate.applier", str(project.root), stdout=asyncio.subprocess.PIPE
    )
    assert program.stdout is not None
    while endless.encode()[:20] not in (line := await program.stdout.readline()):
        assert line, "it ended by itself"
    (worker,) = [each for each in psutil.Process(program.pid).children() if "main.py" in " ".join(each.cmdline())]
    program.kill()
    await program.wait()
    await asyncio.to_thread(worker.wait, 20)
    assert await versions(empty_url) == ["0_init.py"]
    with pytest.raises(Exception, match="half"):
        await query(empty_url, "SELECT * FROM half")
    assert (await plan_of(project)).versions == ("1_slow.py",)


STUBBORN = """
import asyncio
import pathlib


async def hold():
    pathlib.Path("held").touch()
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            print("not me", flush=True)
"""


async def test_a_worker_that_heeds_no_cancel_does_not_outlive_its_interface(shop: Shop, empty_url: str) -> None:
    """Nobody is left to kill it: it leaves by itself."""
    project = shop(f1_slow=migration("SELECT 1", before="from stubborn import hold; await hold()"))
    (project.root / "stubborn.py").write_text(STUBBORN)
    await start(project)
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.tui.migrate.applier", str(project.root), stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        while not (project.root / "held").exists():  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(0.05)
    (worker,) = [each for each in psutil.Process(program.pid).children() if "main.py" in " ".join(each.cmdline())]
    program.kill()
    await program.wait()
    await asyncio.to_thread(worker.wait, 60)
    assert await versions(empty_url) == ["0_init.py"]


async def test_nothing_is_left_after_runs_that_end_well_or_badly(shop: Shop) -> None:
    project = shop(f1_bad=migration("nonsense"))
    await apply_all(project)
    before = open_files()
    for _ in range(2):
        await apply_all(project)
    assert open_files() == before
    assert workers() == []


async def test_what_the_project_starts_ends_with_the_worker(shop: Shop, tmp_path: Path) -> None:
    note = tmp_path / "child"
    settings = (
        "import subprocess, pathlib\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid))\n"
    )
    found = await look(shop(settings=settings))
    assert found.trouble == ""
    pid = int(note.read_text())
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("the project's child lives on")


async def test_what_the_project_prints_is_bounded_and_harmless(shop: Shop) -> None:
    settings = (
        "import sys\nprint('\\x1b]0;owned\\x07' * 100000)\nprint('\\x1b[31mlast words', file=sys.stderr)\n1 / 0\n"
    )
    found = await look(shop(settings=settings))
    assert found.trouble.startswith("The project's configuration could not be loaded. ZeroDivisionError")
    async with start_worker(found.project, {"job": "inspect"}) as worker:
        async for _ in worker.events():
            pass
    assert worker.output.endswith("last words")
    assert "\x1b" not in worker.output
    assert len(worker.output.encode()) < TAIL * 8


@pytest.mark.parametrize(
    "settings", ["import sys\nsys.exit(3)\n", "import os\nos._exit(7)\n", "raise KeyboardInterrupt\n", "x = (\n"]
)
async def test_a_configuration_that_ends_the_process_is_a_sentence(shop: Shop, settings: str) -> None:
    project = shop(settings=settings)
    found = await look(project)
    assert found.trouble
    assert not found.plan().is_ok
    outcome = await apply_all(project)
    assert (outcome.status, outcome.sentence) == (RunStatus.FAILED, "Nothing was changed.")


async def test_secrets_of_ours_do_not_reach_the_project(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELLBACK_TOKEN", "s3cr3t")
    monkeypatch.setenv("SHELLBACK_DATABASE_URL", "postgres://u:s3cr3t@localhost/x")
    note = tmp_path / "environment"
    settings = f"import os, pathlib\npathlib.Path({str(note)!r}).write_text(repr(dict(os.environ)))\n"
    await look(shop(settings=settings))
    assert "s3cr3t" not in note.read_text()
    assert "'PYTHONHASHSEED': '0'" in note.read_text()


async def test_nothing_runs_without_consent(shop: Shop, tmp_path: Path) -> None:
    project = shop(settings="import pathlib\npathlib.Path('marker').touch()\n", consent=False)
    with pytest.raises(ProjectError, match="This runs Python from"):
        async with start_worker(project, {"job": "inspect"}):
            pass
    assert not (project.root / "marker").exists()


@pytest.mark.parametrize(
    ("turns", "again"), [(0, 0), (1, 0), (3, 2)], ids=["at once", "in the grace", "cancelled twice"]
)
def test_a_loop_that_ends_leaves_no_worker_behind(
    turns: int, again: int, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turns of the loop after the cancel, and after one more where there is one."""
    monkeypatch.setattr(worker_module, "GRACE_SECONDS", 600)
    project = shop(settings="import time\ntime.sleep(600)\n")
    pids: list[int] = []

    async def leave(begun: asyncio.Event) -> None:
        async with start_worker(project, {"job": "inspect"}) as worker:
            pids.append(worker.pid)
            begun.set()
            await asyncio.Event().wait()

    async def main() -> None:
        begun = asyncio.Event()
        leaving = asyncio.create_task(leave(begun))
        await begun.wait()
        leaving.cancel()
        for _ in range(turns):
            await asyncio.sleep(0)
        if again:
            leaving.cancel()
        for _ in range(again):
            await asyncio.sleep(0)

    asyncio.run(main())
    gc.collect()  # an unclosed transport would warn here, and warnings are errors
    assert not psutil.pid_exists(pids[0])


async def test_a_daemon_that_holds_the_output_is_not_waited_for(shop: Shop) -> None:
    project = shop(
        settings="import subprocess\nsubprocess.Popen(['sleep', '30'], start_new_session=True)\nraise SystemExit(1)\n"
    )
    async with asyncio.timeout(20), start_worker(project, {"job": "inspect"}) as worker:
        events = [event async for event in worker.events()]
    assert isinstance(events[-1], Finished)
