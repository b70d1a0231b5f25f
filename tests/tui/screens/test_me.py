"""One's own account: open to everybody, its password, sessions and authenticators."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from textual.widgets import Input, Static
from tortoise.transactions import in_transaction

from models import User, UserSession
from models.clock import database_now
from models.operations import Secret
from models.operations.sign_in.step_up import StepUpClass, step_up
from models.passwords import verify
from tests.models.operations.people import PASSWORD, acting, user
from tests.tui.shell import shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.person import Person
from tui.screens.me.enrol import EnrolDialog
from tui.screens.me.password import OwnPasswordDialog
from tui.screens.me.screen import MeScreen
from tui.screens.start.lock import LockScreen
from tui.screens.status import StatusScreen
from tui.screens.user.lifecycle import SessionDialog, SessionsDialog

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from models import Account
    from tests.tui.shell import ScreenShell
    from tui.database import Database

NEW = "a sentence that nobody guesses"


async def clerk(*roles: str, sessions: int = 2) -> tuple[Account, Person]:
    """Somebody without `users.view`, signed in here and elsewhere."""
    account = await user("clerk", *roles)
    made = []
    async with in_transaction() as client:
        now = await database_now(client)
        for number in range(sessions):
            made.append(
                await UserSession.create(
                    user_id=account.id,
                    token_hash=f"{number:064}",
                    kind="tui" if number == 0 else "web",
                    created_at=now,
                    expires_at=now + timedelta(hours=8),
                )
            )
    actor = replace(acting(account), session_id=made[0].id)
    return account, Person(actor=actor, roles=roles, session_id=made[0].id, expires_at=made[0].expires_at)


def app_of(database: Database, who: Person) -> ScreenShell:
    return shell_on(StatusScreen, database=database, who=who)


async def opened(pilot: Pilot[Any]) -> MeScreen:
    await until_shown(pilot, "No errors")
    await pilot.press("M")
    await until_shown(pilot, "#")
    await until(pilot, lambda: isinstance(pilot.app.screen, MeScreen))
    screen = pilot.app.screen
    assert isinstance(screen, MeScreen)
    await until_shown(pilot, "Your account")
    return screen


async def settled(pilot: Pilot[Any], kind: type[Any]) -> Any:
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.is_settled)
    return pilot.app.screen


async def test_everybody_who_is_signed_in_has_it(database: Database) -> None:
    account, who = await clerk("dba")
    assert isinstance(await step_up(who.actor, Secret(PASSWORD), StepUpClass.MIGRATIONS), object)
    app = app_of(database, who)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await opened(pilot)
        await until_shown(pilot, f"Session {who.session_id} until")
        await until_shown(pilot, f"clerk   #{account.id}", "password given again for migrations until")
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "migrations.apply")
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "this one")
        assert screen_text(pilot).count("open") >= 1
        await pilot.press("M")  # once is enough
        assert sum(isinstance(screen, MeScreen) for screen in app.screen_stack) == 1
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StatusScreen))
        app.database = None


async def test_the_password_is_changed_and_only_this_session_goes_on(database: Database) -> None:
    account, who = await clerk("dba")
    app = app_of(database, who)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("p")
        dialog = await settled(pilot, OwnPasswordDialog)
        for name, text in (("current", PASSWORD), ("new", NEW), ("again", NEW)):
            dialog.query_one(f"#{name}", Input).value = text
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, MeScreen))
        app.database = None
    assert verify(NEW, (await User.get(id=account.id)).hashed_password).matches
    assert [row.id for row in await UserSession.filter(revoked_at=None)] == [who.session_id]


async def test_what_is_wrong_stands_beside_its_field(database: Database) -> None:
    account, who = await clerk("dba")
    app = app_of(database, who)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("p")
        dialog = await settled(pilot, OwnPasswordDialog)

        async def tried(current: str, new: str, again: str, field: str, said: str) -> None:
            for name, text in (("current", current), ("new", new), ("again", again)):
                dialog.query_one(f"#{name}", Input).value = text
            await pilot.press("ctrl+s")
            error = dialog.query_one(f"#{field}-error", Static)
            await until(pilot, lambda: said in str(error.content))
            assert dialog.query_one(f"#{field}", Input).has_focus

        await tried("", NEW, NEW, "current", "Type the password you have")
        await tried(PASSWORD, "", "", "new", "Type the new password")
        await tried(PASSWORD, NEW, NEW + "!", "again", "not the same")
        await tried(PASSWORD, "short", "short", "new", "at least 15 characters")
        await tried("not this one at all", NEW, NEW, "current", "not right")
        assert dialog.query_one("#new", Input).value == NEW
        assert dialog.query_one("#current", Input).value == ""
        assert PASSWORD not in screen_text(pilot)
        app.database = None
    assert verify(PASSWORD, (await User.get(id=account.id)).hashed_password).matches


async def test_k_ends_the_others_and_x_the_one_under_the_cursor(database: Database) -> None:
    _, who = await clerk("dba", sessions=3)
    app = app_of(database, who)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("x")
        await until_shown(pilot, "Go to a session or an authenticator")
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until_shown(pilot, "this one")
        await pilot.press("x")  # the newest is on top: another one
        await settled(pilot, SessionDialog)
        await until_shown(pilot, "web")
        await until(pilot, lambda: not app.screen.query_one("#confirm").disabled)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, MeScreen))
        assert await UserSession.filter(revoked_at=None).count() == 2
        await pilot.press("K")
        await settled(pilot, SessionsDialog)
        await until(pilot, lambda: not app.screen.query_one("#confirm").disabled)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, MeScreen))
        assert [row.id for row in await UserSession.filter(revoked_at=None)] == [who.session_id]
        app.database = None


async def test_who_ends_the_session_in_use_stands_before_the_lock(database: Database) -> None:
    _, who = await clerk("dba", sessions=1)
    app = app_of(database, who)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until_shown(pilot, "this one")
        await pilot.press("x")
        await settled(pilot, SessionDialog)
        await until(pilot, lambda: not app.screen.query_one("#confirm").disabled)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        await until_shown(pilot, "You have ended the session that you were using.")
        # Nothing leads past it.
        for key in ("M", "1", "5", "colon", "question_mark", "ctrl+p", "escape", "q", "tab"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, LockScreen))
        app.database = None


async def test_a_opens_the_enrolment(database: Database) -> None:
    _, who = await clerk("dba")
    app = app_of(database, who)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await opened(pilot)
        await until_shown(pilot, "Active")
        await pilot.press("a")
        await settled(pilot, EnrolDialog)
        app.database = None
