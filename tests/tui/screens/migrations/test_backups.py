"""`b` on an SQLite project: the copies are listed, and one is put back after its question."""

from pathlib import Path

import pytest

from tests.tui.migrate.projects import execute, query
from tests.tui.screens.migrations.project import INIT, write_project
from tests.tui.screens.migrations.test_list import agree, applied, opened, until_listed, until_over
from tests.tui.screens.user.writing import until_said
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.migrations.backups.dialog import BackupsDialog


@pytest.fixture
def project(tmp_path: Path, empty_url: str) -> Path:
    return write_project(tmp_path / "project", empty_url)


@pytest.mark.sqlite_only
async def test_a_copy_is_put_back(project: Path, empty_url: str) -> None:
    async with opened(project, size=(120, 40)) as pilot:
        await until_listed(pilot, "3 pending")
        await agree(pilot, "a")
        await until_over(pilot)
        await pilot.press("escape")
        await until_listed(pilot, "1 applied")
        await execute(empty_url, "INSERT INTO item (id, name) VALUES (7, 'kept')")
        await agree(pilot, "A")
        await until_over(pilot)
        await pilot.press("escape")
        await until_listed(pilot, "3 applied")
        await execute(empty_url, "DELETE FROM item")
        await pilot.press("b")
        await until(pilot, lambda: isinstance(pilot.app.screen, BackupsDialog))
        await until_shown(pilot, f"up to {INIT}")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TypeToConfirm))
        await until_said(pilot, "What was written since is gone from it")
        await pilot.press(*"empty.sqlite3", "ctrl+s")
        await until_listed(pilot, "1 applied · 2 pending")
        assert await applied(empty_url) == [INIT]
        assert await query(empty_url, "SELECT name FROM item") == [("kept",)]
        await pilot.press("b")
        await until(pilot, lambda: isinstance(pilot.app.screen, BackupsDialog))
        await until(pilot, lambda: "up to 2_" in screen_text(pilot))
        await pilot.press("escape")


@pytest.mark.postgres_only
async def test_postgres_has_tools_of_its_own(project: Path) -> None:
    async with opened(project) as pilot:
        await until_listed(pilot, "3 pending")
        await pilot.press("a")
        await until_shown(pilot, "pg_dump --format=custom", seconds=30)
        assert "password" not in screen_text(pilot).lower()
        await pilot.press("escape", "b")
        await until_shown(pilot, "3 pending")
        assert not isinstance(pilot.app.screen, BackupsDialog)
