"""Reverting through its keys: what is shown first, what is typed, what runs; and choosing another app."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, OptionList

from tests.tui.migrate.projects import configuration, execute, init_sql, make_project, migration, query
from tests.tui.screens.migrations.test_list import opened, until_listed, until_over
from tests.tui.screens.user.writing import until_said
from tests.tui.shell import person
from tests.tui.waiting import screen_text, until, until_shown
from tui.migrate.source.consent import remember_consent
from tui.migrate.source.project import load_project
from tui.screens.migrations.other_app import AppDialog
from tui.screens.migrations.revert.dialog import RevertDialog
from tui.screens.migrations.revert.screen import RevertScreen
from tui.screens.migrations.screen import MigrationsScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

A = migration('ALTER TABLE "item" ADD COLUMN "colour" INT', 'ALTER TABLE "item" DROP COLUMN "colour";')
B = migration('CREATE INDEX "by_name" ON "item" ("name")', 'DROP INDEX "by_name";')


@pytest.fixture
async def root(tmp_path: Path, empty_url: str, dialect: str) -> Path:
    """Three files, all of them applied, and a row with a colour."""
    files = {"0_init.py": migration(init_sql(dialect)), "1_colour.py": A, "2_index.py": B}
    project = make_project(tmp_path / "shop", empty_url, files)
    applied = "".join(
        f"INSERT INTO aerich (version, app, content) VALUES ('{version}', 'models', '{{}}');" for version in files
    )
    await execute(
        empty_url,
        f"{init_sql(dialect)} ALTER TABLE item ADD COLUMN colour INT; CREATE INDEX by_name ON item (name);"
        f"INSERT INTO item (name, colour) VALUES ('bolt', 3); {applied}",
    )
    return project.root


async def until_counted(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, RevertScreen) and pilot.app.screen.is_counted, seconds=30)
    await pilot.pause()


async def test_what_is_lost_is_shown_and_the_name_typed(root: Path, empty_url: str) -> None:
    async with opened(root) as pilot:
        await until_listed(pilot, "3 applied")
        await pilot.press("g", "r")
        await until_counted(pilot)
        await until_shown(
            pilot, "revert 2 and 1", "2 files are reverted, in one transaction:", "item.colour: 1 value is dropped."
        )
        shown = screen_text(pilot)
        assert shown.index("2_index.py") < shown.index("1_colour.py")
        await until_shown(pilot, "DROP INDEX")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, RevertDialog))
        # Enter and a wrong name do nothing.
        await pilot.press("x", "enter", "ctrl+s")
        assert isinstance(pilot.app.screen, RevertDialog)
        dialog = pilot.app.screen
        name = dialog._database
        dialog.query_one("#reason", Input).value = "too early"
        dialog.query_one("#typed", Input).value = name
        await until(pilot, lambda: dialog.twin.endswith("--to 0 --reason 'too early'"))
        await pilot.press("ctrl+s")
        await until_over(pilot)
        await until_shown(pilot, "reverted")
        await pilot.press("escape")
        await until_listed(pilot, "1 applied · 2 pending")
    assert [row[0] for row in await query(empty_url, "SELECT version FROM aerich")] == ["0_init.py"]
    told = await query(empty_url, "SELECT version, action, reason FROM shellback_migrations ORDER BY id")
    assert told == [("2_index.py", "revert", "too early"), ("1_colour.py", "revert", "too early")]


async def test_nothing_lost_needs_no_name(root: Path, empty_url: str) -> None:
    async with opened(root) as pilot:
        await until_listed(pilot, "3 applied")
        await pilot.press("g", "j", "r")
        await until_counted(pilot)
        await until_shown(pilot, "No rows and no values are lost")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, RevertDialog))
        assert not pilot.app.screen.query("#typed")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, RevertScreen))
        await pilot.press("escape")
        await until_listed(pilot, "3 applied")
    assert len(await query(empty_url, "SELECT version FROM aerich")) == 3


async def test_why_the_key_does_nothing(root: Path) -> None:
    async with opened(root) as pilot:
        await until_listed(pilot, "3 applied")
        await pilot.press("G", "r")
        await until_said(pilot, "Nothing is applied behind 2_index.py")
        assert isinstance(pilot.app.screen, MigrationsScreen)
    async with opened(root, who=person("migrations.view")) as pilot:
        await until_listed(pilot, "3 applied")
        await pilot.press("g", "r")
        await until_said(pilot, "needs the permission migrations.apply")


async def test_one_that_cannot_go_is_named(root: Path) -> None:
    (root / "migrations" / "models" / "2_index.py").write_text(migration("SELECT 1"))
    async with opened(root) as pilot:
        await until_listed(pilot, "3 applied")
        await pilot.press("g", "r")
        await until_said(pilot, "2_index.py cannot be taken back")
        assert isinstance(pilot.app.screen, MigrationsScreen)


@pytest.fixture
async def two_apps(tmp_path: Path, empty_url: str, dialect: str) -> Path:
    """`models` with one file applied, `zoo` with one pending."""
    root = make_project(tmp_path / "shop", empty_url, {"0_init.py": migration(init_sql(dialect))}).root
    config = configuration(empty_url)
    config["apps"]["zoo"] = {"models": ["zoo"], "default_connection": "default"}
    (root / "settings.py").write_text(f"TORTOISE_ORM = {config!r}\n")
    (root / "zoo.py").write_text("from tortoise.models import Model\n")
    (root / "migrations" / "zoo").mkdir()
    (root / "migrations" / "zoo" / "0_lions.py").write_text(migration("CREATE TABLE lion (id INT)", "DROP TABLE lion"))
    remember_consent(load_project(root))
    await execute(empty_url, init_sql(dialect))
    await execute(empty_url, "INSERT INTO aerich (version, app, content) VALUES ('0_init.py', 'models', '{}')")
    return root


async def test_another_app_is_chosen(two_apps: Path, empty_url: str) -> None:
    async with opened(two_apps) as pilot:
        await until_listed(pilot, "1 applied · nothing pending")
        await until_shown(pilot, "shop (models)")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, AppDialog))
        options = pilot.app.screen.query_one(OptionList)
        assert [str(options.get_option_at_index(index).prompt) for index in range(2)] == ["• models", "  zoo"]
        await pilot.press("down", "enter")
        await until_listed(pilot, "0 applied · 1 pending")
        await until_shown(pilot, "shop (zoo)")
        await until_shown(pilot, "lions")
        # What is chosen stays: also after a reload.
        await pilot.press("ctrl+r")
        await until_listed(pilot, "0 applied · 1 pending")


async def test_a_project_with_one_app_has_no_other(root: Path) -> None:
    async with opened(root) as pilot:
        await until_listed(pilot, "3 applied")
        await pilot.press("o")
        await until_said(pilot, "has migrations of one app only: models")
