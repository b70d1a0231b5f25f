"""Why can't this user log in?, through the keys: from the list to a mended account, and what may not be done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from models import Account, LoginAttempt, UserAuthState
from models.clock import database_now
from models.operations.transactions import connection
from tests.models.operations.people import set_columns, user
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.shell import person, shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.user.screen import UserScreen
from tui.screens.user.why import WhyScreen
from tui.screens.users.screen import UsersScreen

if TYPE_CHECKING:
    from tui.database import Database
    from tui.person import Person


async def locked(name: str = "alice") -> Account:
    """A user whom ten failures have locked out."""
    alice = await user(name)
    now = await database_now(connection())
    async with in_transaction():
        await UserAuthState.create(
            user_id=alice.id, failed_count=10, locked_until=now + timedelta(minutes=14), lock_cause="failures"
        )
        await LoginAttempt.create(
            user_id=alice.id, username_tried=name, outcome="wrong, now locked", ip="10.0.0.4", created_at=now
        )
    return alice


async def support(*without: str) -> Person:
    maria = await user("maria", "support")
    allowed = {"users.view", "users.unlock", "users.reset_password", "users.revoke_sessions"} - set(without)
    return person(*allowed, user_id=maria.id)


async def test_from_the_list_to_a_mended_account_in_three_keys(database: Database) -> None:
    alice = await locked()
    app = shell_on(UsersScreen, database=database, who=await support())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "2 users · loaded")
        await pilot.press("w")
        await until_shown(pilot, "alice cannot sign in: locked until")
        await until(pilot, lambda: "failed sign-ins, the last from 10.0.0.4" in " ".join(screen_text(pilot).split()))
        await until_shown(pilot, "L unlock")
        assert "from 10.0.0.4: wrong password, now locked." in " ".join(screen_text(pilot).split())
        await pilot.press("L")
        await until_shown(pilot, "shellback users unlock")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "Nothing stops alice")
        assert (await UserAuthState.get(user_id=alice.id)).locked_until is None
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, UsersScreen) and "LOCKED" not in screen_text(pilot))


async def test_it_opens_from_the_page_and_leads_back_to_it(database: Database) -> None:
    alice = await locked()
    app = shell_on(lambda: UserScreen(alice.id), database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        await until_shown(pilot, "Locked until")
        await pilot.press("w")
        await until_shown(pilot, "alice cannot sign in: locked until")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, UserScreen))


async def test_a_key_that_may_not_be_used_is_grey_and_says_what_is_missing(database: Database) -> None:
    alice = await locked()
    await set_columns(alice, is_active=False)
    app = shell_on(lambda: WhyScreen(alice.id), database=database, who=await support("users.unlock"))
    async with app.run_test(size=(100, 30)) as pilot:
        await until_shown(pilot, "alice cannot sign in: inactive, and 1 more reason.")
        await until_shown(pilot, "L unlock: This needs the permission users.unlock.")
        await until_shown(pilot, "A activate: This needs the permission users.deactivate.")
        assert app.screen.check_action("lock", ()) is None
        assert app.screen.check_action("reset", ()) is True


async def test_a_name_nobody_has_leads_to_who_was_meant(database: Database) -> None:
    await locked("alice.jones")
    app = shell_on(lambda: WhyScreen("alcie.jones"), database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Nobody is called alcie.jones. Nearest: alice.jones.")
        assert app.screen.check_action("reset", ()) is None
        await pilot.press("enter")
        await until_shown(pilot, "alice.jones cannot sign in: locked until")


async def test_a_user_who_is_gone(database: Database) -> None:
    app = shell_on(lambda: WhyScreen(4711), database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "There is no user #4711.")


async def test_hostile_text_is_text(database: Database) -> None:
    alice = await user("alice")
    await set_columns(alice, is_active=False, deactivation_reason=HOSTILE)
    now = await database_now(connection())
    async with in_transaction():
        columns: dict[str, Any] = {"ip": "\x1b[31m", "user_agent": HOSTILE, "created_at": now}
        await LoginAttempt.create(user_id=alice.id, username_tried="x", outcome="wrong\x1b[0m", **columns)
    app = shell_on(lambda: WhyScreen(alice.id), database=database)
    async with app.run_test(size=(120, 40)) as pilot:
        await until_shown(pilot, "Last attempts to sign in")
        await until_shown(pilot, "[red]x[/red]")
        text = screen_text(pilot)
        assert not any(sign in text for sign in ("\x1b", "\x07", "\u202e", "\u200b", "\u200d"))


async def test_a_search_that_finds_nobody_leads_to_who_was_meant(database: Database) -> None:
    await locked("alice.jones")
    app = shell_on(UsersScreen, database=database, who=await support())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "2 users · loaded")
        await pilot.press("slash", *"alcie.jones", "enter")
        await until(pilot, lambda: "maria" not in screen_text(pilot).split("\n", 1)[1])
        await pilot.press("w")
        await until_shown(pilot, "Nobody is called alcie.jones. Nearest: alice.jones.")
