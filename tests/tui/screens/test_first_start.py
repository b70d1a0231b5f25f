"""The first start through its keys: an empty database, the web service's, an older one, to the first sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input

from tests.tui.migrate.own import ALL_APPLIED, COUNT, INIT, SECOND, VERSIONS
from tests.tui.migrate.projects import execute, query
from tests.tui.screens.user.writing import until_said
from tests.tui.shell import StrictShell
from tests.tui.waiting import screen_text, until, until_shown
from tui.badge import LOCAL, PROD, Badge
from tui.launch import Launch, opener_for
from tui.migrate.listing import look
from tui.migrate.running.apply import apply_plan, plan_apply
from tui.migrate.source.project import own_project
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.migrations.apply.screen import ApplyScreen
from tui.screens.migrations.sql.screen import SqlScreen
from tui.screens.start.first_start import FirstStartScreen
from tui.screens.start.first_superuser import FirstSuperuserScreen
from tui.screens.start.screen import StartScreen
from tui.settings import parse_url

if TYPE_CHECKING:
    from textual.pilot import Pilot

PASSWORD = "a long walk by the sea"

AHEAD = (
    "CREATE TABLE aerich (id INT, version VARCHAR(255), app VARCHAR(100));"
    f"INSERT INTO aerich VALUES (1, '{INIT}', 'models'), (2, '9_later.py', 'models')"
)


def app_on(url: str, badge: Badge = LOCAL) -> StrictShell:
    return StrictShell(Launch("the database", opener_for(parse_url(url)), badge))


async def until_first_start(pilot: Pilot[Any]) -> None:
    await until(
        pilot, lambda: isinstance(pilot.app.screen, FirstStartScreen) and "○ pending" in screen_text(pilot), seconds=30
    )


async def until_over(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ApplyScreen) and not pilot.app.screen.is_going, seconds=60)


async def apply_first(url: str) -> None:
    """Only the first of our files: what the web service's database is once Aerich knows it."""
    project = own_project(parse_url(url))
    outcome = await apply_plan(plan_apply(project, (await look(project)).listing, INIT))
    assert outcome.is_ok, outcome


async def test_from_an_empty_database_to_the_first_superuser(empty_url: str) -> None:
    app = app_on(empty_url)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_first_start(pilot)
        await until_said(pilot, f"is empty. {COUNT} migrations of Shellback's own make the schema")
        await until_shown(pilot, 'CREATE TABLE IF NOT EXISTS "users"')
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SqlScreen))
        await until_shown(pilot, SECOND)
        await pilot.press("escape", "A")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await until_shown(pilot, INIT, SECOND)
        await pilot.press("enter")  # it starts on Cancel
        await until_first_start(pilot)
        await pilot.press("A", "y")
        await until_over(pilot)
        await until_shown(pilot, ALL_APPLIED)
        await until_shown(pilot, "Enter or Esc goes on.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FirstSuperuserScreen), seconds=30)
        for name, value in (("#username", "maria"), ("#new", PASSWORD), ("#again", PASSWORD)):
            pilot.app.screen.query_one(name, Input).value = value
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.person is not None, seconds=30)
        assert app.who == "maria (superuser)"
    versions = await query(empty_url, "SELECT version FROM aerich ORDER BY id")
    assert [row[0] for row in versions] == [*VERSIONS]


async def test_the_web_services_users_are_kept(empty_url: str, dialect: str) -> None:
    identity = {"sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", "postgres": "SERIAL NOT NULL PRIMARY KEY"}
    switch = {"sqlite": "INT NOT NULL DEFAULT 1", "postgres": "BOOL NOT NULL DEFAULT True"}
    await execute(
        empty_url,
        f'CREATE TABLE "users" ("id" {identity[dialect]}, "username" VARCHAR(50) NOT NULL UNIQUE,'
        f' "hashed_password" VARCHAR(128) NOT NULL, "is_active" {switch[dialect]});'
        "INSERT INTO users (username, hashed_password) VALUES ('Alice', '!')",
    )
    async with app_on(empty_url).run_test(size=(80, 24)) as pilot:
        await until_first_start(pilot)
        await until_said(pilot, f"holds the web service's users. {COUNT} migrations")
        await pilot.press("A", "y")
        await until_over(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, FirstSuperuserScreen), seconds=30)
    assert await query(empty_url, "SELECT username, username_key FROM users") == [("Alice", "alice")]


async def test_names_that_collide_are_told_and_nothing_is_lost(empty_url: str) -> None:
    await apply_first(empty_url)
    await execute(empty_url, "INSERT INTO users (username, hashed_password) VALUES ('Alice', '!'), ('ALICE', '!')")
    async with app_on(empty_url).run_test(size=(120, 40)) as pilot:
        await until_first_start(pilot)
        await until_said(pilot, f"is older than this Shellback. {COUNT - 1} migrations stand between them")
        await pilot.press("A", "y")
        await until_over(pilot)
        await until_said(pilot, f"Failed: {SECOND}")
        await until_shown(pilot, "ALICE", "1 was rolled back")
        await pilot.press("escape")
        await until_first_start(pilot)
    assert await query(empty_url, "SELECT count(*) FROM users") == [(2,)]


async def test_production_is_typed_here_too(empty_url: str) -> None:
    async with app_on(empty_url, PROD).run_test(size=(80, 24)) as pilot:
        await until_first_start(pilot)
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, TypeToConfirm))
        await until_shown(pilot, SECOND)
        await pilot.press("escape")
        await until_first_start(pilot)


async def test_q_leaves_everything_as_it_is(empty_url: str) -> None:
    await apply_first(empty_url)
    app = app_on(empty_url)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_first_start(pilot)
        await pilot.press("q")
    assert app.return_code == 0
    assert await query(empty_url, "SELECT version FROM aerich") == [(INIT,)]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("CREATE TABLE parcels (id INT)", "holds tables of another application. Nothing was touched."),
        (
            AHEAD,
            "is newer than this Shellback (it has 9_later.py). Update Shellback first.",
        ),
    ],
)
async def test_what_is_not_ours_gets_a_sentence_and_nothing_else(empty_url: str, sql: str, said: str) -> None:
    await execute(empty_url, sql)
    async with app_on(empty_url).run_test(size=(80, 24)) as pilot:
        await until_said(pilot, said)
        assert isinstance(pilot.app.screen, StartScreen)
        await pilot.press("A")
        assert isinstance(pilot.app.screen, StartScreen)
