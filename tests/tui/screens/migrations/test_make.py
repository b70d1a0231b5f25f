"""`m` through its keys: what changed is drafted, renames are ticked, the SQL is tried, and one file is written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, TextArea

from models.permissions import Codename
from tests.tui.migrate.conftest import ENDLESS
from tests.tui.migrate.making import ITEM, aerich, change, files, start_shop
from tests.tui.migrate.projects import execute, query
from tests.tui.screens.migrations.test_list import opened as screens
from tests.tui.screens.migrations.test_list import until_listed
from tests.tui.screens.user.writing import until_said, words
from tests.tui.shell import person
from tests.tui.waiting import screen_text, until
from tui.migrate.source.project import Project
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.migrations.make.questions import RenamesDialog
from tui.screens.migrations.make.screen import MakeScreen
from tui.screens.migrations.screen import MigrationsScreen
from tui.widgets.check import Check

if TYPE_CHECKING:
    from textual.pilot import Pilot

AFTER = ITEM + "    colour = fields.CharField(max_length=20, null=True)\n"
RENAMED = ITEM.replace("name", "title")


@pytest.fixture
async def project(tmp_path: Path, empty_url: str) -> Project:
    """A shop at its first migration."""
    return await start_shop(tmp_path / "shop", empty_url)


@asynccontextmanager
async def opened(root: Path, **more: Any) -> AsyncIterator[Pilot[Any]]:
    """The screens on a project; leaving waits for the worker process that reads the list again."""
    async with screens(root, **more) as pilot:
        yield pilot
        await until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers))


async def until_drafted(pilot: Pilot[Any], text: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, MakeScreen) and text in screen_text(pilot))


async def until_asked(pilot: Pilot[Any], kind: type[Any], text: str) -> None:
    """The dialog is in front, says this, and takes keys."""
    await until(
        pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.is_settled and text in words(pilot)
    )


def sql(pilot: Pilot[Any], direction: str = "up") -> str:
    return pilot.app.screen.query_one(f"#sql-{direction}", TextArea).text


async def test_a_change_is_tried_and_written(project: Project, empty_url: str) -> None:
    change(project, AFTER)
    async with opened(project.root) as pilot:
        await until_listed(pilot)
        await pilot.press("m")
        await until_drafted(pilot, "add colour VARCHAR(20)")
        assert "ADD" in sql(pilot)
        pilot.app.screen.query_one("#make-input", Input).value = "add_colour"
        await pilot.press("ctrl+s")
        await until_asked(pilot, ConfirmDialog, "It ran up, down and up again")
        assert len(files(project)) == 1
        await pilot.press("y")
        await until_listed(pilot, "1 pending")
    assert files(project)[1].endswith("_add_colour.py")
    await aerich(project.root, "upgrade")
    assert "No changes detected" in await aerich(project.root, "migrate")


async def test_a_rename_is_ticked(project: Project, empty_url: str) -> None:
    await execute(empty_url, "INSERT INTO item (name) VALUES ('cup')")
    change(project, RENAMED)
    async with opened(project.root) as pilot:
        await until_listed(pilot)
        await pilot.press("m")
        await until_asked(pilot, RenamesDialog, "item.name is now title")
        await until_said(pilot, "no drops 1 value of 1 rows")
        assert not pilot.app.screen.query_one(Check).value
        await pilot.press("space", "ctrl+s")
        await until_drafted(pilot, "rename name to title")
        assert sql(pilot) == 'ALTER TABLE "item" RENAME COLUMN "name" TO "title";\n'
        await pilot.press("ctrl+s")
        await until_asked(pilot, ConfirmDialog, "")
        await pilot.press("y")
        await until_listed(pilot, "1 pending")
    await aerich(project.root, "upgrade")
    assert await query(empty_url, "SELECT title FROM item") == [("cup",)]


async def test_what_is_not_ticked_is_dropped_and_said_to_be(project: Project) -> None:
    change(project, RENAMED.replace("max_length=50", "max_length=50, null=True"))
    async with opened(project.root, size=(120, 40)) as pilot:
        await until_listed(pilot)
        await pilot.press("m")
        await until_asked(pilot, RenamesDialog, "is now title")
        await pilot.press("ctrl+s")
        await until_drafted(pilot, "gone for good")
        await pilot.press("ctrl+s")
        await until_asked(pilot, ConfirmDialog, "Gone for good once it is applied: item: drop name")
        await pilot.press("n")
        await until_drafted(pilot, "drops-data")
        await pilot.press("escape")
        await until_listed(pilot)
    assert len(files(project)) == 1


async def test_changed_sql_that_does_not_run(project: Project) -> None:
    change(project, AFTER)
    async with opened(project.root) as pilot:
        await until_listed(pilot)
        await pilot.press("m")
        await until_drafted(pilot, "add colour")
        pilot.app.screen.query_one("#sql-up", TextArea).text = "ALTER TABLE nowhere ADD x int;"
        await until_drafted(pilot, "add x")
        await pilot.press("ctrl+s")
        await until_said(pilot, "It does not run up")
        assert isinstance(pilot.app.screen, MakeScreen)
        await pilot.press("escape")
        await until_asked(pilot, ConfirmDialog, "Leave the draft?")
        await pilot.press("y")
        await until_listed(pilot)
    assert len(files(project)) == 1


async def test_no_changes_and_an_empty_one(project: Project) -> None:
    async with opened(project.root) as pilot:
        await until_listed(pilot)
        await pilot.press("m")
        await until_asked(pilot, ConfirmDialog, "there is nothing to make")
        await pilot.press("n")
        await until_listed(pilot)
        await pilot.press("m")
        await until_asked(pilot, ConfirmDialog, "")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, MakeScreen) and "-- The statements" in sql(pilot))
        await pilot.press("ctrl+s")
        await until_asked(pilot, ConfirmDialog, "It cannot be taken back")
        await pilot.press("y")
        await until_listed(pilot, "1 pending")
    assert len(files(project)) == 2


async def test_a_name_that_cannot_be(project: Project) -> None:
    change(project, AFTER)
    async with opened(project.root) as pilot:
        await until_listed(pilot)
        await pilot.press("m")
        await until_drafted(pilot, "add colour")
        pilot.app.screen.query_one("#make-input", Input).value = "../evil"
        await pilot.press("ctrl+s")
        await until_said(pilot, "Try evil.")
        assert isinstance(pilot.app.screen, MakeScreen)
    assert len(files(project)) == 1


async def test_models_with_a_mistake_are_a_sentence(project: Project) -> None:
    change(project, "import nothing_of_this_name\n")
    async with opened(project.root, size=(120, 40)) as pilot:
        await until_listed(pilot)
        await pilot.press("m")
        await until_drafted(pilot, "nothing_of_this_name")
        await pilot.press("escape")
        await until_listed(pilot)
        change(project, AFTER + "\n    class Meta:\n        schema = '[red]x\x1b]0;y\x07'\n")
        await pilot.press("m")
        await until_drafted(pilot, "which Aerich leaves out of its SQL")
        assert "\x1b" not in screen_text(pilot)
        await pilot.press("ctrl+s")
        await until_said(pilot, "There is nothing to write.")


async def test_without_the_permission_and_on_a_replica(project: Project) -> None:
    change(project, AFTER)
    who = person(Codename.MIGRATIONS_VIEW, Codename.MIGRATIONS_APPLY)
    async with opened(project.root, who=who) as pilot:
        await until_listed(pilot)
        await pilot.press("m")
        await until_said(pilot, "permission migrations.make")
    async with opened(project.root) as pilot:
        await until_listed(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MigrationsScreen)
        assert screen.look is not None
        assert screen.look.facts is not None
        screen._look = replace(screen.look, facts=replace(screen.look.facts, writable=False))
        await pilot.press("m")
        await until_said(pilot, "replica")
    assert len(files(project)) == 1


async def test_esc_stops_a_trial_and_keeps_the_draft(project: Project, dialect: str) -> None:
    change(project, AFTER)
    async with opened(project.root) as pilot:
        await until_listed(pilot)
        await pilot.press("m")
        await until_drafted(pilot, "add colour")
        pilot.app.screen.query_one("#sql-up", TextArea).text = f"{ENDLESS[dialect]};"
        await until_drafted(pilot, "besides")
        await pilot.press("ctrl+s")
        await until_drafted(pilot, "Esc stops waiting")
        await pilot.press("escape")
        await until_drafted(pilot, "tab: name, up, down")
        assert ENDLESS[dialect] in sql(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MakeScreen)
        assert screen.why_not("try_and_write") == ""
        await pilot.press("escape")
        await until_asked(pilot, ConfirmDialog, "Leave the draft?")
        await pilot.press("y")
        await until_listed(pilot)
    assert len(files(project)) == 1
