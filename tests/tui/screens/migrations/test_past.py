"""What was run, what changed since, and recovery, through the keys of the migrations screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.tui.migrate.projects import apply_all, execute, make_project, migration, query, start
from tests.tui.screens.migrations.project import COLOUR, INIT, write_project
from tests.tui.screens.migrations.test_list import opened, until_listed, until_over
from tests.tui.screens.user.writing import until_said
from tests.tui.waiting import screen_text, until, until_shown
from tui.badge import PROD
from tui.migrate.listing import look
from tui.migrate.source.project import Project, load_project
from tui.migrate.states import State
from tui.screens.migrations.history.page import PageScreen
from tui.screens.migrations.history.screen import HistoryScreen
from tui.screens.migrations.recover.dialog import RecoverDialog
from tui.screens.migrations.recover.screen import RecoveryScreen
from tui.screens.migrations.screen import MigrationsScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

LOOSE = "1_loose.py"


@pytest.fixture
async def applied(tmp_path: Path, empty_url: str) -> Project:
    """Three files that were applied."""
    project = load_project(write_project(tmp_path / "project", empty_url))
    await apply_all(project)
    return project


@pytest.fixture
async def cut(tmp_path: Path, empty_url: str) -> Project:
    """A file without a transaction that failed in its second statement."""
    up = "CREATE TABLE one (id int); INSERT INTO nowhere VALUES (1); CREATE TABLE three (id int)"
    files = {"0_init.py": migration(""), LOOSE: migration(up, "DROP TABLE one", transaction=False)}
    project = make_project(tmp_path / "project", empty_url, files)
    await start(project)
    await apply_all(project)
    return project


@asynccontextmanager
async def shown_on(root: Path, **how: Any) -> AsyncIterator[Pilot[Any]]:
    """The screen on a project; left once nothing of it works any more, worker processes among that."""
    async with opened(root, **how) as pilot:
        yield pilot
        await until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers), seconds=30)


async def until_on(pilot: Pilot[Any], screen: type[Any], what: str = "") -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, screen) and what in screen_text(pilot), seconds=30)
    await until(pilot, lambda: pilot.app.focused is not None)


async def choose(pilot: Pilot[Any], text: str) -> None:
    """Puts the cursor on the way that contains `text`, and opens it."""
    for _ in range(8):
        line = next(line for line in screen_text(pilot).splitlines() if "▌" in line)
        if text in line:
            break
        await pilot.press("j")
    else:
        raise AssertionError(f"no way {text!r} in\n{screen_text(pilot)}")
    await pilot.press("enter")


async def test_history_and_the_sql_as_it_was_sent(applied: Project, empty_url: str) -> None:
    await execute(empty_url, f"INSERT INTO aerich (version, app, content) VALUES ('{INIT}', 'models', '{{}}')")
    async with shown_on(applied.root, size=(120, 40)) as pilot:
        await until_listed(pilot, "applied")
        await pilot.press("h")
        await until_on(pilot, HistoryScreen, "unknown")
        await until_shown(pilot, "4 entries, 1 without a record")
        await pilot.press("enter")
        await until_said(pilot, "plain aerich")
        await pilot.press("j", "j", "enter")
        await until_on(pilot, PageScreen, "ADD COLUMN")
        await until_shown(pilot, "2 statements")
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.clipboard.startswith('ALTER TABLE "item"'))
        await pilot.press("escape", "escape")
        await until_on(pilot, MigrationsScreen)


async def test_the_list_says_when_and_by_whom(applied: Project) -> None:
    async with shown_on(applied.root, size=(130, 40)) as pilot:
        await until_listed(pilot, "applied")
        line = next(line for line in screen_text(pilot).splitlines() if " colour " in line)
        record = (await look(applied)).listing.find(COLOUR)[0].record
        assert record is not None
        assert record.started_at is not None
        assert f" {record.started_at.astimezone():%H:%M} " in line
        assert record.actor[:10] in line
        assert " ms " in line


async def test_a_diff_of_what_changed(applied: Project) -> None:
    path = applied.folder / COLOUR
    async with shown_on(applied.root) as pilot:
        await until_listed(pilot, "applied")
        await pilot.press("g", "j", "c")
        await until_said(pilot, "byte for byte")
        path.write_text(path.read_text().replace("'red'", "'\x1b[31m[red]'"))
        await pilot.press("ctrl+r")
        await until_listed(pilot, "CHANGED")
        await pilot.press("c")
        await until_on(pilot, PageScreen, "The SQL differs from what was run.")
        await until_shown(pilot, r"'\x1b[31m[red]'", "'red'")
        await pilot.press("y")
        await until(pilot, lambda: "+++ " in pilot.app.clipboard)


async def test_nothing_to_recover_greys_the_key(applied: Project) -> None:
    async with shown_on(applied.root) as pilot:
        await until_listed(pilot, "applied")
        await pilot.press("R")
        await until_said(pilot, "there is nothing to recover")
        assert isinstance(pilot.app.screen, MigrationsScreen)


async def test_a_file_that_was_cut_off_is_resumed(cut: Project, empty_url: str) -> None:
    await execute(empty_url, "CREATE TABLE nowhere (id int)")
    async with shown_on(cut.root) as pilot:
        await until_listed(pilot, "R shows the ways on.")
        await until_shown(pilot, "! PARTIAL")
        await pilot.press("a")
        await until_said(pilot, "was cut off half-way")
        await pilot.press("R")
        await until_on(pilot, RecoveryScreen, "2: INSERT INTO nowhere")
        await until_shown(pilot, "a statement is done whole or not at all")
        await choose(pilot, "with statement 2 of 3")
        await until_on(pilot, RecoverDialog, "Resume")
        await pilot.press("ctrl+s")
        await until_over(pilot)
        await pilot.press("escape")
        await until_listed(pilot, "nothing pending")
        assert "R shows" not in screen_text(pilot)
    assert await query(empty_url, "SELECT count(*) FROM three") == [(0,)]


async def test_recording_needs_a_reason_and_in_production_the_name(cut: Project, empty_url: str) -> None:
    async with shown_on(cut.root, badge=PROD) as pilot:
        await until_listed(pilot, "R shows the ways on.")
        await pilot.press("R")
        await until_on(pilot, RecoveryScreen)
        await choose(pilot, "you did the rest")
        await until_on(pilot, RecoverDialog, "Record as done")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "A reason is needed")
        await pilot.press(*"did it")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "The name is not that of the database.")
        await pilot.press("escape")
        await until_on(pilot, RecoveryScreen)
    assert (await look(cut)).listing.find(LOOSE)[0].state is State.PARTIAL


async def test_recorded_as_done_by_hand(cut: Project) -> None:
    async with shown_on(cut.root) as pilot:
        await until_listed(pilot, "R shows the ways on.")
        await pilot.press("R")
        await until_on(pilot, RecoveryScreen)
        await choose(pilot, "you did the rest")
        await until_on(pilot, RecoverDialog, "Record as done")
        await pilot.press(*"by hand", "ctrl+s")
        await until_over(pilot)
        await pilot.press("escape")
        await until_listed(pilot, "FAKED")
    assert (await look(cut)).records[-1].reason == "by hand"


@pytest.mark.sqlite_only
async def test_the_copy_is_put_back(cut: Project, empty_url: str) -> None:
    async with shown_on(cut.root) as pilot:
        await until_listed(pilot, "R shows the ways on.")
        await pilot.press("R")
        await until_on(pilot, RecoveryScreen)
        await choose(pilot, "Put back the copy")
        await until_on(pilot, RecoverDialog, "Put the copy back")
        await pilot.press("ctrl+s")
        await until_said(pilot, "as it was before the run")
        await until_listed(pilot, "1 pending")
        await until(pilot, lambda: "R shows" not in screen_text(pilot))
    with pytest.raises(Exception, match="one"):
        await query(empty_url, "SELECT * FROM one")


async def test_a_run_that_nobody_was_told_of_is_put_aside(applied: Project) -> None:
    from tests.tui.migrate.past.cut_off import cut_the_journal

    await asyncio.to_thread(cut_the_journal, applied, "done")
    async with shown_on(applied.root) as pilot:
        await until_listed(pilot, "R shows it and puts it aside.")
        await pilot.press("R")
        await until_on(pilot, RecoveryScreen, "all of it is done")
        await pilot.press("enter")
        await until_listed(pilot, "nothing pending")
        await until(pilot, lambda: "R shows" not in screen_text(pilot))
    assert (await look(applied)).unfinished == ()
