"""Stamping through its key: a reason is needed, nothing is run, rows can be forgotten, a baseline is proposed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.migrate.projects import execute, init_sql, query, versions
from tests.tui.screens.migrations.project import COLOUR, INDEX, INIT, write_project
from tests.tui.screens.migrations.test_list import opened, until_listed, until_over
from tests.tui.screens.user.writing import until_said, words
from tests.tui.waiting import focus, until, until_shown
from tui.badge import PROD
from tui.screens.migrations.screen import MigrationsScreen
from tui.screens.migrations.stamp.dialog import StampDialog


@pytest.fixture
async def project(tmp_path: Path, empty_url: str, dialect: str) -> Path:
    """The first of three is applied."""
    root = write_project(tmp_path / "project", empty_url)
    await execute(empty_url, init_sql(dialect))
    await execute(empty_url, f"INSERT INTO aerich (version, app, content) VALUES ('{INIT}', 'models', '{{}}')")
    return root


async def until_asked(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, StampDialog) and pilot.app.screen.is_settled, seconds=60)
    await pilot.pause()


async def until_compared(pilot: Pilot[Any]) -> None:
    """Over, and the tables of the files compared with the models by a worker, which is gone."""
    await until_over(pilot)
    await until(pilot, lambda: "rift in " in words(pilot), seconds=60)


async def type_in(pilot: Pilot[Any], text: str, field: str = "#reason") -> None:
    given = pilot.app.screen.query_one(field, Input)
    await focus(pilot, given)
    given.value = text
    await pilot.pause()  # what it changes is said by then


async def test_one_is_recorded_with_its_reason(project: Path, empty_url: str) -> None:
    async with opened(project) as pilot:
        await until_listed(pilot, "2 pending")
        await pilot.press("g", "j", "j", "f")
        await until_asked(pilot)
        await until_shown(pilot, "Stamp 2 ")
        await until_said(pilot, f"{COLOUR} before it stays pending")
        await pilot.press("ctrl+s")
        await until_said(pilot, "Say why")
        await type_in(pilot, "made by hand")
        await pilot.press("ctrl+s")
        await until_compared(pilot)
        assert await versions(empty_url) == [INIT, INDEX]
        assert await query(empty_url, "SELECT reason FROM shellback_migrations") == [("made by hand",)]
        await pilot.press("escape")
        await until_listed(pilot, "2 applied · 1 pending")
        await until_shown(pilot, "FAKED")


async def test_with_those_before_it(project: Path, empty_url: str) -> None:
    async with opened(project) as pilot:
        await until_listed(pilot, "2 pending")
        await pilot.press("G", "f")
        await until_asked(pilot)
        await focus(pilot, pilot.app.screen.query_one("#up-to"))
        await pilot.press("space")
        await until_shown(pilot, COLOUR)
        await type_in(pilot, "both")
        await pilot.press("ctrl+s")
        await until_compared(pilot)
        assert await versions(empty_url) == [INIT, COLOUR, INDEX]


async def test_a_row_is_forgotten(project: Path, empty_url: str) -> None:
    async with opened(project) as pilot:
        await until_listed(pilot, "2 pending")
        await pilot.press("g", "f")
        await until_asked(pilot)
        await until_shown(pilot, "Unstamp 0 ")
        await until_said(pilot, "runs it again")
        await type_in(pilot, "not made at all")
        await pilot.press("ctrl+s")
        await until_over(pilot)
        assert await versions(empty_url) == []


async def test_what_is_there_already_is_proposed(tmp_path: Path, empty_url: str, dialect: str) -> None:
    root = write_project(tmp_path / "project", empty_url)
    bare = init_sql(dialect).partition('CREATE TABLE "aerich"')[0]
    await execute(empty_url, bare + 'ALTER TABLE "item" ADD COLUMN "colour" VARCHAR(20);')
    async with opened(root) as pilot:
        await until_listed(pilot, "3 pending")
        await pilot.press("f")
        await until_asked(pilot)
        await until_said(pilot, f"The database is what the files make up to {COLOUR}.")
        assert pilot.app.screen.query_one("#which", Input).value == "1"
        await type_in(pilot, "9", "#which")
        await until_said(pilot, "There is no migration '9'.")
        await type_in(pilot, "1", "#which")
        await type_in(pilot, "was here before")
        await pilot.press("ctrl+s")
        await until_compared(pilot)
        assert await versions(empty_url) == [INIT, COLOUR]
        await pilot.press("escape")
        await until_listed(pilot, "2 applied · 1 pending")


async def test_in_production_the_name_is_typed(project: Path, empty_url: str) -> None:
    async with opened(project, badge=PROD, size=(100, 40)) as pilot:
        await until_listed(pilot, "2 pending")
        await pilot.press("g", "j", "f")
        await until_asked(pilot)
        await type_in(pilot, "by hand")
        await pilot.press("ctrl+s")
        await until_said(pilot, "Type the name first.")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, MigrationsScreen))
    assert await versions(empty_url) == [INIT]


async def test_nobody_stamps_without_consent(tmp_path: Path, empty_url: str) -> None:
    root = write_project(tmp_path / "project", empty_url, consent=False)
    async with opened(root) as pilot:
        await until_shown(pilot, "This runs Python from")
        await pilot.press("escape")
        await until_listed(pilot, "the database was not asked")
        await pilot.press("f")
        await until_shown(pilot, "agree first that")
