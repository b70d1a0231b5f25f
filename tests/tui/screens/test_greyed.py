"""Greyed keys say why: in the help, in the palette and when they are pressed, for every key and every seeded role."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from textual.screen import Screen
from tortoise.transactions import in_transaction

from models import Account, UserAuthState
from models.clock import database_now
from models.permissions import SYSTEM_ROLES, Codename
from tests.models.operations.people import superuser, user
from tests.tui.shell import person, shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.keys import KEYS
from tui.screens.base import AreaScreen
from tui.screens.changes.screen import ChangesScreen
from tui.screens.greyed import READ_ONLY, SAYS_ITSELF, lacking, reason
from tui.screens.needs import NEEDS
from tui.screens.roles.screen import RolesScreen
from tui.screens.user.screen import ON_ROW, UserScreen
from tui.screens.user.why import WhyScreen
from tui.screens.users.screen import UsersScreen
from tui.widgets.keyset_table import KeysetTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.database import Database
    from tui.person import Person

SCREENS: dict[str, Callable[[int], AreaScreen]] = {
    "users": lambda _: UsersScreen(),
    "user": lambda user_id: UserScreen(user_id),
    "roles": lambda _: RolesScreen(),
}


def bound(screen: Screen[Any]) -> dict[str, str]:
    """The keys of the registry that the screen binds, with their actions."""
    found = [binding for each in screen._bindings.key_to_bindings.values() for binding in each]
    return {binding.id: binding.action for binding in found if binding.id is not None and binding.id in KEYS}


def of_role(role: str) -> Person:
    """Somebody else than the users that a test makes: nobody resets or deletes the own account."""
    return person(*map(str, SYSTEM_ROLES[role].permissions), user_id=0, role=role)


def is_read(screen: Screen[Any]) -> bool:
    if isinstance(screen, UserScreen):
        return screen._detail is not None
    return screen.query_one(KeysetTable).row is not None


def test_every_key_that_writes_needs_something_or_has_a_screen_that_asks() -> None:
    asks = {"form", "me", "views", "bulk", "migrations", "dialog"}
    unguarded = {name for name, key in KEYS.items() if key.writes and name not in NEEDS and key.group not in asks}
    assert unguarded == set()
    assert NEEDS.keys() <= KEYS.keys()
    assert KEYS.keys() >= SAYS_ITSELF


@pytest.mark.parametrize("role", SYSTEM_ROLES)
@pytest.mark.parametrize("where", SCREENS)
async def test_a_key_is_greyed_exactly_for_whose_role_does_not_include_it(
    database: Database, where: str, role: str
) -> None:
    alice = await user("alice")
    app = shell_on(lambda: SCREENS[where](alice.id), database=database, who=of_role(role))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        await until(pilot, lambda: is_read(screen))
        if isinstance(screen, RolesScreen):
            await pilot.press("down", "down", "down")
        allowed = SYSTEM_ROLES[role].permissions
        for name, action in bound(screen).items():
            if name not in NEEDS:
                continue
            lacks = not allowed & set(NEEDS[name])
            nothing_there = ON_ROW[action][0] if where == "user" and action in ON_ROW else ""  # on the tab in front
            assert (screen.check_action(action, ()) is None) == (lacks or bool(nothing_there)), name
            assert reason(screen, action) == (lacking(KEYS[name].label, *NEEDS[name]) if lacks else nothing_there), name
        app.database = None


async def test_pressing_a_greyed_key_says_why_and_does_nothing(database: Database) -> None:
    await user("alice")
    app = shell_on(UsersScreen, database=database, who=of_role("auditor"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: is_read(app.screen))
        await pilot.press("p")
        await until_shown(pilot, "reset needs the permission users.reset_password")
        assert isinstance(app.screen, UsersScreen)
        await pilot.press("question_mark")
        await until_shown(pilot, "Help: Users")
        app.screen.query_one("#body").scroll_end(animate=False)
        await until_shown(pilot, "which your roles do not")
        app.database = None


async def test_the_palette_shows_a_greyed_command_with_its_reason_and_says_it(database: Database) -> None:
    await user("alice")
    app = shell_on(UsersScreen, database=database, who=of_role("support"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: is_read(app.screen))
        await pilot.press("ctrl+p")
        await pilot.press(*"create an account")
        await until_shown(pilot, "new needs the permission users.create")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, UsersScreen))
        await until_shown(pilot, "new needs the permission users.create")
        await pilot.press("ctrl+p")
        await pilot.press(*"go to audit")
        await until_shown(pilot, "Audit needs the permission audit.view")
        app.database = None


async def test_nobody_under_the_cursor_is_a_reason(database: Database) -> None:
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "n creates the first one")
        await pilot.press("p")
        await until_shown(pilot, "There is nobody under the cursor.")
        assert app.screen.check_action("new", ()) is True
        app.database = None


async def test_nothing_staged_is_a_reason(database: Database) -> None:
    app = shell_on(ChangesScreen, database=database)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "Nothing is staged.")
        await pilot.press("D")
        await until(pilot, lambda: screen_text(pilot).count("Nothing is staged.") == 2)
        app.database = None


async def test_a_read_only_database_is_a_reason_for_all_that_writes(database: Database) -> None:
    alice = await user("alice")
    app = shell_on(lambda: UserScreen(alice.id), database=database)
    app.launch = replace(app.launch, read_only=True)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        await until(pilot, lambda: is_read(screen))
        for name, action in bound(screen).items():
            greyed = KEYS[name].writes and name not in SAYS_ITSELF
            assert (reason(screen, action) == READ_ONLY) == greyed, name
        await pilot.press("e")
        await until_shown(pilot, "Nothing can be written here")
        app.database = None


@pytest.mark.parametrize("where", ["users", "user", "why"])
async def test_what_rank_refuses_is_greyed_before_it_is_tried(database: Database, where: str) -> None:
    root, olga, alice = await superuser("root"), await user("olga", "operator"), await user("alice")
    locked = await database_now(database.client) + timedelta(hours=1)
    async with in_transaction():
        await UserAuthState.create(user_id=root.id, locked_until=locked, lock_cause="staff")
    only = "root is a superuser; only a superuser may change that account."
    writes = ("edit", "reset", "lock", "active", "revoke_sessions", "delete")
    await _is_told(database, where, root, "operator", dict.fromkeys(writes, only))
    await _is_told(database, where, alice, "operator", dict.fromkeys(writes, ""))
    if where != "users":  # the list does not read what roles allow
        wanted = {"edit": "", "lock": "olga holds ", "revoke_sessions": "olga holds "}
        await _is_told(database, where, olga, "support", wanted)


async def _is_told(database: Database, where: str, who: Account, role: str, wanted: dict[str, str]) -> None:
    held = SYSTEM_ROLES[role].permissions | {Codename.USERS_EDIT}
    make = {"users": UsersScreen, "user": lambda: UserScreen(who.id), "why": lambda: WhyScreen(who.id)}[where]
    app = shell_on(make, database=database, who=person(*map(str, held), user_id=0, role=role))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        screen: Any = app.screen
        await until(pilot, lambda: screen._why is not None if where == "why" else is_read(screen))
        while where == "users" and screen.table.row.id != who.id:
            await pilot.press("down")
        for action, sentence in wanted.items():
            found = reason(screen, action)
            assert found.startswith(sentence) if sentence else not found, (who.username, action, found)
        if where == "why" and who.is_superuser:
            await until_shown(pilot, "L unlock")
            assert f"L unlock: {wanted['lock']}" in " ".join(screen_text(pilot).split())
        app.database = None


async def test_nobody_deletes_the_own_account_by_a_key(database: Database) -> None:
    root = await superuser("root")
    me = replace(person(user_id=root.id), is_superuser=True)
    app = shell_on(lambda: UserScreen(root.id), database=database, who=me)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: is_read(app.screen))
        assert reason(app.screen, "delete") == "You cannot delete your own account. Ask a colleague."
        assert reason(app.screen, "lock") == ""
        app.database = None
