"""Drift through its key: compared, read, copied, stopped, compared again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.migrate.drift.shelf import fill_shelf, make_shelf
from tests.tui.migrate.projects import execute
from tests.tui.screens.migrations.test_list import until_listed
from tests.tui.shell import shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.migrations.drift.screen import DifferenceScreen, DriftScreen
from tui.screens.migrations.screen import MigrationsScreen


@pytest.fixture
async def shelf(tmp_path: Path, empty_url: str) -> Path:
    project = make_shelf(tmp_path / "shelf", empty_url)
    await fill_shelf(empty_url)
    return project.root


@asynccontextmanager
async def opened(root: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[Any]]:
    """The page of drift, its comparison done."""
    app = shell_on(MigrationsScreen)
    app.launch = replace(app.launch, project=root)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until_listed(pilot)
        await pilot.press("x")
        await until_compared(pilot)
        yield pilot
        app.database = None


async def until_compared(pilot: Pilot[Any]) -> None:
    await until(
        pilot, lambda: isinstance(pilot.app.screen, DriftScreen) and not pilot.app.screen.is_comparing, seconds=30
    )
    await pilot.pause()


async def test_nothing_differs(shelf: Path) -> None:
    async with opened(shelf) as pilot:
        await until_shown(pilot, "No drift: 5 tables")
        await until_shown(pilot, "their SQL run again")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, MigrationsScreen))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_difference_is_read_and_copied(shelf: Path, empty_url: str, size: tuple[int, int]) -> None:
    await execute(empty_url, "DROP INDEX idx_book_title_3a1b7e; ALTER TABLE tag ADD COLUMN colour INT")
    async with opened(shelf, size) as pilot:
        await until_shown(pilot, "Drift: 2 differences in 2 tables")
        await until_shown(pilot, "it was dropped by hand")
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.clipboard.startswith("CREATE INDEX"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DifferenceScreen))
        await until_shown(pilot, "CREATE INDEX")
        await pilot.press("y", "escape", "j")
        await until_shown(pilot, "Only the database has it")
        await execute(empty_url, "ALTER TABLE tag DROP COLUMN colour")
        await pilot.press("ctrl+r")
        await until_shown(pilot, "Drift: 1 difference in 1 table")


async def test_a_benign_line_has_nothing_to_copy(shelf: Path) -> None:
    async with opened(shelf) as pilot:
        await until_shown(pilot, "benign")
        await pilot.press("y")
        await until_shown(pilot, "Nothing in the database would have to change")


async def test_names_do_not_act(shelf: Path, empty_url: str) -> None:
    await execute(empty_url, 'ALTER TABLE tag ADD COLUMN "[red]x[/red]\x1b]52;c;aGk=\x07\n[@click=app.quit]y" INT')
    async with opened(shelf) as pilot:
        await until_shown(pilot, "[red]x[/red]")
        assert "\x1b" not in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DifferenceScreen))
        await until_shown(pilot, "[@click=app.quit]y")


async def test_a_fault_is_a_sentence(shelf: Path) -> None:
    models = (shelf / "shop.py").read_text()
    async with opened(shelf) as pilot:
        (shelf / "shop.py").write_text("raise RuntimeError('no_such_thing_at_all')")
        await pilot.press("ctrl+r")
        await until_shown(pilot, "no_such_thing_at_all")
        (shelf / "shop.py").write_text(models)
        await pilot.press("ctrl+r")
        await until_shown(pilot, "No drift")


async def test_esc_stops_it(shelf: Path) -> None:
    models = (shelf / "shop.py").read_text()
    async with opened(shelf) as pilot:
        (shelf / "shop.py").write_text(f"import time\ntime.sleep(60)\n{models}")
        await pilot.press("ctrl+r")
        screen = pilot.app.screen
        assert isinstance(screen, DriftScreen)
        await until(pilot, lambda: screen.is_comparing)
        await pilot.press("escape")
        await until(pilot, lambda: not screen.is_comparing, seconds=30)
        assert pilot.app.screen is screen
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, MigrationsScreen))


async def test_without_consent_the_key_is_grey(shelf: Path) -> None:
    from tui.migrate.source.consent import has_consent
    from tui.migrate.source.project import load_project

    (shelf / "settings.py").touch()
    for path in (shelf.parent / "home" / "state").rglob("*"):
        if path.is_file():
            path.unlink()
    assert not has_consent(load_project(shelf))
    app = shell_on(MigrationsScreen)
    app.launch = replace(app.launch, project=shelf)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "This runs Python from")
        await pilot.press("enter")
        await until_listed(pilot, "the database was not asked")
        await pilot.press("x")
        await until_shown(pilot, "agree first")
        assert isinstance(pilot.app.screen, MigrationsScreen)
