"""Signing in, being refused, choosing a new password, locking: through the keys, on a real database."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.screen import Screen
from textual.widgets import Input, Static

from models import Account, UserSession
from models.operations import (
    PasswordMethod,
    Refusal,
    RefusalCode,
    Secret,
    SignedIn,
    apply,
    plan_create,
    plan_create_first_superuser,
    plan_grant,
    system_actor,
)
from tests.models.operations.people import set_columns
from tests.tui.shell import ScreenShell, shell_on, superuser
from tests.tui.shell import person as shell_person
from tests.tui.waiting import focus, screen_text, until, until_shown
from tui.database import Database
from tui.person import Person, person_of
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.start.lock import LockScreen
from tui.screens.start.sign_in import SignInScreen
from tui.screens.start.signing import end_session, enter
from tui.screens.status import StatusScreen
from tui.uptime import uptime

PASSWORD = "a long walk by the sea"
KEYS = tuple("space" if character == " " else character for character in PASSWORD)


async def make_root() -> int:
    plan = await plan_create_first_superuser(system_actor(), {"username": "root"}, Secret(PASSWORD))
    outcome = await apply(plan)
    assert outcome.target.id is not None, outcome.sentence
    return outcome.target.id


def on_screen(first: Callable[[], Screen[Any]], database: Database, who: Any = "nobody") -> ScreenShell:
    """The shell on one screen, which notes who is let in instead of opening the first area."""
    app = shell_on(first, database=database, who=who)

    def note(person: Person) -> None:
        app.person = person

    app.enter = note  # type: ignore[method-assign]
    return app


async def test_the_right_password_lets_in(database: Database) -> None:
    await make_root()
    app = on_screen(SignInScreen, database)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"root", "enter", *KEYS, "enter")
        await until(pilot, lambda: app.person is not None)
        assert app.who == "root (superuser)"
        assert await UserSession.filter(revoked_at=None).count() == 1
        app.database = None  # the fixture closes it


async def test_a_wrong_password_is_refused_without_saying_why(database: Database) -> None:
    await make_root()
    app = on_screen(SignInScreen, database)
    async with app.run_test(size=(80, 24)) as pilot:
        for username in ("root", "nobody at all"):
            field = app.screen.query_one("#username", Input)
            field.value = username
            app.screen.query_one("#password", Input).value = "wrong horse battery"
            await focus(pilot, app.screen.query_one("#password", Input))
            await pilot.press("enter")
            await until_shown(pilot, "do not open Shellback")
            assert "wrong horse" not in screen_text(pilot)
            assert app.screen.query_one("#password", Input).value == ""
        assert app.person is None
        app.database = None


async def test_a_temporary_password_must_be_replaced_first(database: Database) -> None:
    root = superuser(await make_root()).actor
    outcome = await apply(await plan_create(root, {"username": "maria"}, PasswordMethod.GENERATE))
    assert outcome.secret is not None, outcome.sentence
    assert outcome.target.id is not None
    assert (await apply(await plan_grant(root, outcome.target.id, "support"))).is_ok
    app = on_screen(SignInScreen, database)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"maria", "enter")
        app.screen.query_one("#password", Input).value = outcome.secret.reveal()
        await pilot.press("enter")
        await until_shown(pilot, "Choose a new password")
        assert app.person is None
        await pilot.press(*"short", "enter", *"short", "enter")
        await until_shown(pilot, "15")
        for name in ("#new", "#again"):
            app.screen.query_one(name, Input).value = PASSWORD
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.person is not None)
        assert app.who == "maria (support)"
        app.database = None


async def test_the_lock_hides_everything_until_the_password_is_given(database: Database) -> None:
    await make_root()
    app = on_screen(StatusScreen, database, superuser())
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "No errors")
        app.notify("alice was reset")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        app.notify("bob was reset")
        await pilot.press("f1", "ctrl+p", "escape")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        shown = screen_text(pilot)
        assert "No errors" not in shown
        assert "was reset" not in shown
        app.push_screen(Screen(id="late"))
        await pilot.pause()
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        app.screen.query_one("#password", Input).value = "not it at all, sorry"
        await pilot.press("enter")
        await until_shown(pilot, "do not open Shellback")
        app.screen.query_one("#password", Input).value = PASSWORD
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.id == "late")
        app.pop_screen()
        await until_shown(pilot, "No errors")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        app.database = None


async def test_a_dialog_is_locked_away_with_what_stands_in_it(database: Database) -> None:
    await make_root()
    app = on_screen(StatusScreen, database, superuser())
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "No errors")
        dialog = ConfirmDialog("Reset of alice", ("Her password is replaced.",), yes="Reset")
        app.push_screen(dialog)
        await until_shown(pilot, "Reset of alice")
        await until(pilot, lambda: dialog.is_settled)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        assert "alice" not in screen_text(pilot)
        app.screen.query_one("#password", Input).value = PASSWORD
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is dialog)
        app.database = None


async def test_a_password_that_was_reset_meanwhile_is_replaced_before_the_lock_opens(database: Database) -> None:
    root = await make_root()
    app = on_screen(StatusScreen, database, superuser(root))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "No errors")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        await set_columns(await Account.get(id=root), must_change_password=True)
        for again in (False, True):
            app.screen.query_one("#password", Input).value = PASSWORD
            await pilot.press("enter")
            await until_shown(pilot, "Choose a new password")
            assert app.lock.is_on
            if not again:
                await until(pilot, lambda: app.screen.is_settled)  # type: ignore[attr-defined]
                await pilot.press("escape")
                await until_shown(pilot, "it stays locked")
                await until(pilot, lambda: not app.busy)
        for name in ("#new", "#again"):
            app.screen.query_one(name, Input).value = f"{PASSWORD} and back"
        await until(pilot, lambda: app.screen.is_settled)  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not app.lock.is_on)
        await until_shown(pilot, "No errors")
        app.database = None


@pytest.mark.parametrize("why", ["idle", "over"])
async def test_it_locks_by_itself(database: Database, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    await make_root()
    who = superuser() if why == "idle" else replace(superuser(), ends=uptime() - 1)
    app = on_screen(StatusScreen, database, who)
    monkeypatch.setattr("tui.terminal.lock.LOOK_SECONDS", 0.01)
    async with app.run_test(size=(80, 24)) as pilot:
        if why == "idle":
            await until_shown(pilot, "No errors")
            app.lock._minutes = 1e-6
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        app.database = None


async def test_leaving_ends_the_session_of_this_interface_only(database: Database) -> None:
    await make_root()
    answer = await enter("root", Secret(PASSWORD))
    kept = await enter("root", Secret(PASSWORD))
    assert isinstance(answer, SignedIn)
    assert isinstance(kept, SignedIn)
    person = person_of(kept)
    assert person.ends == pytest.approx(uptime() + 8 * 3600, abs=60)
    assert person.is_over(uptime() + 8 * 3600 + 1)
    assert not person.is_over(uptime() + 8 * 3600 - 60)
    await end_session(person_of(answer))
    await end_session(replace(person_of(kept), token=None))
    assert [session.id for session in await UserSession.filter(revoked_at=None)] == [kept.session_id]


async def test_the_lock_of_a_demo_tells_its_password_and_no_other_does(database: Database) -> None:
    app = on_screen(LockScreen, database, superuser())
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Locked.")
        assert "demo" not in screen_text(pilot)
        app.demo_password = "abcde-fghjk-mnpqr-stuvw"
        app.push_screen(LockScreen())
        await until_shown(pilot, "This is a demo: the password is abcde-fghjk-mnpqr-stuvw")
        app.database = None


@pytest.mark.parametrize("between", ["tab", "enter"])
async def test_a_password_typed_in_one_go_with_the_name_is_never_seen(database: Database, between: str) -> None:
    """As a password manager types it."""
    await make_root()
    app = on_screen(SignInScreen, database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        for key in (*"root", between, *KEYS, "enter"):
            app.post_message(events.Key(key, " " if key == "space" else key if len(key) == 1 else None))
        await until(pilot, lambda: app.person is not None)
        assert app.screen.query_one("#username", Input).value == "root"


async def test_nothing_of_what_was_there_can_be_seen_or_reached_from_the_lock(database: Database) -> None:
    root = await make_root()
    app = on_screen(StatusScreen, database, superuser(root))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "No errors")
        app.copy("alice@example.com", "an address")
        app.notify("alice was changed")
        await until_shown(pilot, "alice was changed")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        await until(pilot, lambda: "alice" not in screen_text(pilot))
        assert app.clipboard == ""
        app.notify("bob was changed")
        app.warn("carol could not be changed")
        for key in ("M", "1", "5", "colon", "ctrl+p", "question_mark", "f1", "escape", "q", "ctrl+l", "tab"):
            await pilot.press(key)
            assert isinstance(app.screen, LockScreen), key
        for x, y in ((0, 0), (40, 0), (40, 12), (5, 23), (70, 23)):
            await pilot.click(offset=(x, y))
            await pilot.hover(offset=(x, y))
            assert isinstance(app.screen, LockScreen), (x, y)
        await pilot.pause()
        text = screen_text(pilot)
        assert not any(name in text for name in ("alice", "bob", "carol", "No errors"))
        app.post_message(events.Paste("pasted"))
        await until(pilot, lambda: app.screen.query_one("#password", Input).value.endswith("pasted"))
        assert app.screen.query_one("#username", Input).value == "root"
        app.database = None


@pytest.mark.parametrize(
    ("why", "said"), [("session", "Your session was ended"), ("rights", "what you may do has changed")]
)
async def test_a_refusal_of_what_was_allowed_at_the_sign_in_locks(database: Database, why: str, said: str) -> None:
    root = await make_root()
    app = on_screen(StatusScreen, database, superuser(root))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "No errors")
        refusal = {
            "session": Refusal(RefusalCode.ACTOR_INACTIVE, "ended"),
            "rights": Refusal(RefusalCode.PERMISSION, "no", permission="users.edit"),
        }[why]
        assert not app.lock.heed([Refusal(RefusalCode.STATE, "no"), Refusal(RefusalCode.STEP_UP, "no")])
        assert app.lock.heed([refusal])
        await until(pilot, lambda: bool(app.screen.query("#why")))
        assert said in str(app.screen.query_one("#why", Static).content)
        app.database = None


async def test_a_permission_that_nobody_thought_to_have_locks_nobody(database: Database) -> None:
    app = on_screen(StatusScreen, database, shell_person("users.view"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "No errors")
        assert not app.lock.heed([Refusal(RefusalCode.PERMISSION, "no", permission="users.edit")])
        app.database = None


def test_the_clock_of_the_lock_is_not_that_of_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    before = uptime()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert 0 <= uptime() - before < 60
