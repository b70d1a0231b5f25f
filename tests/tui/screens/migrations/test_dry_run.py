"""The dry run through its key: asked about where it is felt, shown worst first, copied, cancelled, nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.migrate.conftest import ENDLESS
from tests.tui.migrate.dry_catalogue import catalogue_hash
from tests.tui.migrate.projects import migration
from tests.tui.screens.migrations.project import BROKEN, FAILING, write_project
from tests.tui.screens.migrations.test_list import copied, opened, until_listed
from tests.tui.screens.user.writing import until_said
from tests.tui.waiting import screen_text, until, until_shown
from tui.badge import LOCAL, PROD
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.migrations.dry_run.measured import measured
from tui.screens.migrations.dry_run.screen import DryRunScreen
from tui.screens.migrations.screen import MigrationsScreen


@pytest.fixture
def project(tmp_path: Path, empty_url: str) -> Path:
    return write_project(tmp_path / "project", empty_url)


async def until_measured(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, DryRunScreen) and not pilot.app.screen.is_going, seconds=30)
    await pilot.pause()


async def agree(pilot: Pilot[Any], dialect: str) -> None:
    """PostgreSQL is asked about, since it holds locks; a copy of SQLite is not."""
    if dialect == "postgres":
        await until_shown(pilot, "gives up when somebody")
        await pilot.press("y")


async def test_it_is_measured_copied_and_remembered(project: Path, empty_url: str, dialect: str) -> None:
    before = await catalogue_hash(empty_url)
    async with opened(project) as pilot:
        await until_listed(pilot, "3 pending")
        await pilot.press("G", "d")
        await agree(pilot, dialect)
        await until_measured(pilot)
        await until_said(pilot, "0, 1 and 2 run through in", "gone" if dialect == "sqlite" else "rolled back")
        await pilot.press("y")
        await until(pilot, lambda: 'CREATE INDEX "item_name" ON "item"' in copied(pilot))
        await until(pilot, lambda: copied(pilot).splitlines()[0].startswith("0, 1 and 2 run through in "))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, MigrationsScreen))
        screen = pilot.app.screen
        assert isinstance(screen, MigrationsScreen)
        assert screen.row is not None
        assert screen.row.file is not None
        assert measured(pilot.app, screen.row.file.sha256) is not None
        assert measured(pilot.app, "another") is None
        await pilot.press("enter")
        await until_shown(pilot, "dry run: ok, ")
    assert await catalogue_hash(empty_url) == before


async def test_a_statement_is_one_line_and_enter_shows_it_whole(project: Path, dialect: str) -> None:
    async with opened(project) as pilot:
        await until_listed(pilot, "3 pending")
        await pilot.press("d")
        await agree(pilot, dialect)
        await until_measured(pilot)
        (line,) = [line for line in screen_text(pilot).splitlines() if 'CREATE TABLE "item"' in line]
        assert line.rstrip().endswith("…")
        await pilot.press("enter")
        await until_said(pilot, '"name" VARCHAR(50) NOT NULL')
        await pilot.press("enter")
        await until_shown(pilot, line)


async def test_up_to_the_row_under_the_cursor(project: Path, dialect: str) -> None:
    async with opened(project) as pilot:
        await until_listed(pilot, "3 pending")
        await pilot.press("g", "j", "d")
        await agree(pilot, dialect)
        await until_measured(pilot)
        await until_shown(pilot, "0 and 1 run through in")


async def test_what_would_fail_is_shown_with_its_line(tmp_path: Path, empty_url: str, dialect: str) -> None:
    root = write_project(tmp_path / "project", empty_url, {BROKEN: FAILING})
    async with opened(root, size=(120, 40)) as pilot:
        await until_listed(pilot, "4 pending")
        await pilot.press("G", "d")
        await agree(pilot, dialect)
        await until_measured(pilot)
        await until_said(pilot, "3 would fail at statement 2. Applying it now would fail as well.", "VALUSE")


async def test_python_is_agreed_to_first(tmp_path: Path, empty_url: str) -> None:
    text = migration("SELECT 1", before="print('here')")
    root = write_project(tmp_path / "project", empty_url, {"3_python.py": text})
    async with opened(root) as pilot:
        await until_listed(pilot, "4 pending")
        await pilot.press("G", "d")
        await until_shown(pilot, "3_python.py runs Python")
        assert isinstance(pilot.app.screen, ConfirmDialog)
        await pilot.press("enter")  # it starts on Cancel
        await until(pilot, lambda: isinstance(pilot.app.screen, MigrationsScreen))


async def test_esc_takes_it_back_at_once(tmp_path: Path, empty_url: str, dialect: str) -> None:
    root = write_project(tmp_path / "project", empty_url, {"3_slow.py": migration(ENDLESS[dialect])})
    before = await catalogue_hash(empty_url)
    async with opened(root) as pilot:
        await until_listed(pilot, "4 pending")
        await pilot.press("G", "d")
        await agree(pilot, dialect)
        await until_shown(pilot, "3_slow.py, statement 1 of 1")
        await pilot.press("escape")
        await until_measured(pilot)
        await until_shown(pilot, "Cancelled.")
    assert await catalogue_hash(empty_url) == before


async def test_without_a_transaction_it_says_which(tmp_path: Path, empty_url: str) -> None:
    root = write_project(tmp_path / "project", empty_url, {"3_loose.py": migration("SELECT 1", transaction=False)})
    async with opened(root) as pilot:
        await until_listed(pilot, "4 pending")
        await pilot.press("G", "d")
        await until_shown(pilot, "3_loose.py does not run in a transaction")


@pytest.mark.postgres_only
@pytest.mark.parametrize("badge", [LOCAL, PROD])
async def test_what_it_holds_and_how_long_is_said_before(project: Path, badge: Any) -> None:
    async with opened(project, badge=badge) as pilot:
        await until_listed(pilot, "3 pending")
        await pilot.press("G", "d")
        await until_shown(pilot, "60 s in all at")
        await pilot.press("enter")
        # Only in production Enter never begins it.
        await until(
            pilot, lambda: isinstance(pilot.app.screen, MigrationsScreen if badge is PROD else DryRunScreen), seconds=30
        )
        if badge is LOCAL:
            await until_measured(pilot)
