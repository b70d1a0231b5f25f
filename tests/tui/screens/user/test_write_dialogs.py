"""Reset, activate, unlock and roles through their keys: what is shown is what is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input, OptionList
from tortoise.transactions import in_transaction

from models import Account, User, UserAuthState, UserRole, UserSession
from models.operations import Status, apply, plan_edit, plan_grant
from models.passwords import Verdict, verify
from tests.models.operations.people import acting, events, remove, reread, set_columns, user
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.screens.user.writing import alice, opened, root, until_said
from tests.tui.shell import person
from tests.tui.waiting import focus, screen_text, until, until_shown
from tui.screens.dialogs.secret import SecretDialog
from tui.screens.start.lock import LockScreen
from tui.screens.user.grant import RoleDialog
from tui.screens.user.lifecycle import ActivationDialog, SessionsDialog
from tui.screens.user.locking import LockDialog
from tui.screens.user.reset import ResetScreen
from tui.screens.write_dialog import WriteDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.database import Database


async def test_a_reset_shows_its_password_once_and_answers_when_it_was_seen(database: Database) -> None:
    who, target = await root(), await alice(locked=True, sessions=2)
    async with opened(database, ResetScreen(target.id), who=who) as run:
        await until_said(run.pilot, f"shellback users reset {target.id} --unlock")
        await until_said(run.pilot, "alice.jones #2 alice.jones@example.com", "Locked until", "2 open sessions")
        run.dialog.query_one("#reason", Input).value = "ticket 4471"
        await until_said(run.pilot, "--reason 'ticket 4471'")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: isinstance(run.app.screen, SecretDialog))
        await run.pilot.press("r")
        stored = (await User.get(id=target.id)).hashed_password
        shown = next(line for line in screen_text(run.pilot).splitlines() if line.count("-") == 3)
        assert verify(shown.strip("│ "), stored) is Verdict.OK
        assert run.answers == []
        await run.pilot.press("escape")
        await until(run.pilot, lambda: run.answers)
        (outcome,) = run.answers
        assert outcome is not None
        assert outcome.status is Status.OK
        assert shown.strip("│ ") not in screen_text(run.pilot)
    row = await reread(target)
    assert (row.must_change_password, row.token_version) == (True, 1)
    assert (await UserAuthState.get(user_id=target.id)).locked_until is None
    (event,) = await events(action="users.reset_password")
    assert (event.reason, event.actor_kind) == ("ticket 4471", "tui")


async def test_who_is_not_active_any_more_is_shut_out_at_the_next_write(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, ActivationDialog(target.id), who=who) as run:
        button = run.dialog.query_one("#confirm", Button)
        await until(run.pilot, lambda: not button.disabled)
        await set_columns(await Account.get(id=who.actor.user_id), is_active=False)
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: isinstance(run.app.screen, LockScreen))
    assert (await reread(target)).is_active


async def test_toggles_change_the_plan_and_the_command(database: Database) -> None:
    who, target = await root(), await alice(locked=True, sessions=2)
    async with opened(database, ResetScreen(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, "--unlock")
        for name in ("#must-change", "#expires-never", "#sessions", "#unlock"):
            await focus(run.pilot, run.dialog.query_one(name))
            await run.pilot.press("space")
        await until_said(run.pilot, "--no-must-change --expires never --no-revoke-sessions --no-unlock")
        await until_said(run.pilot, "the account stays locked")
        await until_shown(run.pilot, "2 sessions will go on")
        await focus(run.pilot, run.dialog.query_one("#method-disable"))
        await run.pilot.press("enter")
        await until_said(run.pilot, "nobody can sign in with a password until one is set")
        assert run.dialog.query_one("#expires").disabled
        await until_said(run.pilot, "--method disable --no-revoke-sessions --no-unlock")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    row = await User.get(id=target.id)
    assert (row.has_usable_password, row.token_version) == (False, 0)
    assert (await UserAuthState.get(user_id=target.id)).locked_until is not None
    assert await UserSession.filter(user_id=target.id, revoked_at=None).count() == 2


async def test_what_is_refused_is_said_and_cannot_be_pressed(database: Database) -> None:
    helper, operator = await user("help", "support"), await user("op", "operator")
    who = person("users.reset_password", "users.unlock", user_id=helper.id)
    async with opened(database, ResetScreen(operator.id), who=who) as run:
        await until_said(run.pilot, "permissions that you do not")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.dialog.query_one("#confirm", Button).disabled)
        await run.pilot.press("escape")
        await until(run.pilot, lambda: run.answers == [None])
    assert (await reread(operator)).version == 1


async def test_a_user_who_is_gone_is_said(database: Database) -> None:
    who, target = await root(), await alice()
    await remove(target)
    async with opened(database, ResetScreen(target.id), who=who) as run:
        await until_said(run.pilot, f"There is no user #{target.id} any more.")
        assert run.dialog.query_one("#confirm", Button).disabled


async def test_somebody_was_first_nothing_is_done_and_the_state_is_read_again(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, ActivationDialog(target.id), who=who) as run:
        await until_said(run.pilot, "Deactivate an account")
        editor = await user("maria", "operator")
        await apply(await plan_edit(acting(editor), target, {"email": "new@example.com"}))
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "e-mail changed meanwhile, last by maria")
        await until_said(run.pilot, "new@example.com")
        assert (await reread(target)).is_active
        await until(run.pilot, lambda: not run.dialog.query_one("#confirm", Button).disabled)
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert not (await reread(target)).is_active


async def test_deactivate_then_activate_with_the_same_dialog(database: Database) -> None:
    who, target = await root(), await alice(sessions=1)
    async with opened(database, ActivationDialog(target.id), who=who) as run:
        await until_said(run.pilot, "1 session will be ended")
        await run.pilot.press("enter")  # the cursor is on Cancel, and Enter never confirms
        await until(run.pilot, lambda: run.answers == [None])
    async with opened(database, ActivationDialog(target.id), who=who) as run:
        await until_said(run.pilot, f"shellback users deactivate {target.id}")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
        await until_said(run.pilot, "is inactive now; 1 session was ended.")
    async with opened(database, ActivationDialog(target.id), who=who) as run:
        await until_said(run.pilot, f"shellback users activate {target.id}")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert ((await reread(target)).is_active, (await reread(target)).version) == (True, 3)


async def test_unlock(database: Database) -> None:
    who, target = await root(), await alice(locked=True)
    async with opened(database, LockDialog(target.id), who=who) as run:
        await until_said(run.pilot, f"shellback users unlock {target.id}")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert (await UserAuthState.get(user_id=target.id)).failed_count == 0
    async with opened(database, LockDialog(target.id), who=who) as run:
        await until_said(run.pilot, f"shellback users lock {target.id} --for 24h")
        assert "Unlock:" not in screen_text(run.pilot)


async def test_ending_all_sessions(database: Database) -> None:
    who, target = await root(), await alice(sessions=2)
    async with opened(database, SessionsDialog(target.id), who=who) as run:
        await until_said(run.pilot, f"shellback users sessions {target.id} --end-all")
        await until_said(run.pilot, "2 sessions will be ended")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert await UserSession.filter(user_id=target.id, revoked_at=None).count() == 0
    assert ((await reread(target)).is_active, (await reread(target)).token_version) == (True, 1)


async def test_grant_and_take_away_a_role(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, RoleDialog(target.id), who=who) as run:
        await until(run.pilot, lambda: run.dialog.query_one(OptionList).option_count == 4)
        await run.pilot.press("down", "down", "down")
        await until_said(run.pilot, f"shellback roles grant {target.id} support")
        await until_said(run.pilot, "5 permissions more")
        await until(run.pilot, lambda: not run.dialog.query_one("#confirm", Button).disabled)
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert await UserRole.filter(user_id=target.id).count() == 1
    async with opened(database, RoleDialog(target.id, "support"), who=who) as run:
        await until_said(run.pilot, f"shellback roles revoke {target.id} support")
        await until_shown(run.pilot, "held  support")
        await until_said(run.pilot, "Take support away")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert await UserRole.filter(user_id=target.id).count() == 0


async def test_a_grant_that_has_expired_is_taken_away_or_renewed(database: Database) -> None:
    who, target = await root(), await alice()
    assert (await apply(await plan_grant(who.actor, target.id, "support"))).is_ok
    async with in_transaction():
        await UserRole.filter(user_id=target.id).update(expires_at=datetime(2026, 1, 31, tzinfo=UTC))
    async with opened(database, RoleDialog(target.id, "support"), who=who) as run:
        await until_said(run.pilot, "Take support away")
        until_when = run.dialog.query_one("#until", Input)
        ended = until_when.value
        until_when.value = "never"
        await until_said(run.pilot, f"shellback roles grant {target.id} support --until never")
        until_when.value = ended
        await until_said(run.pilot, f"shellback roles revoke {target.id} support")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert await UserRole.filter(user_id=target.id).count() == 0


@pytest.mark.parametrize("dialog", [ResetScreen, ActivationDialog, LockDialog, SessionsDialog, RoleDialog])
async def test_hostile_names_are_made_visible(database: Database, dialog: Callable[[int], WriteDialog]) -> None:
    who = await root()
    target = await alice(username=HOSTILE[:40], email=HOSTILE, deactivation_reason=HOSTILE, locked=True)
    async with opened(database, dialog(target.id), who=who) as run:
        await until_said(run.pilot, r"a\x1b]52;c;AAAA")
        text = screen_text(run.pilot)
        assert text.replace("\n", "").isprintable()
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers or isinstance(run.app.screen, SecretDialog) or "wrong" in text)
        assert screen_text(run.pilot).replace("\n", "").isprintable()


async def test_a_lost_right_is_noticed_when_it_is_written(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, ActivationDialog(target.id), who=who) as run:
        await until_said(run.pilot, "Deactivate an account")
        actor = await Account.get(id=who.actor.user_id)
        await set_columns(actor, is_superuser=False, version=2)
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: isinstance(run.app.screen, LockScreen))
    assert (await reread(target)).is_active


def test_what_is_typed_is_quoted_in_the_twin() -> None:
    from models.operations import PasswordMethod, ResetOptions
    from tui.screens.twins import create_twin, edit_twin, reset_twin

    assert edit_twin("shellback", 7, {"full_name": "O'Brien; rm -rf"}) == (
        "shellback users edit 7 --set 'full_name=O'\"'\"'Brien; rm -rf'"
    )
    assert create_twin("shellback --profile prod", {"username": "zoe"}, PasswordMethod.DISABLE, "new") == (
        "shellback --profile prod users create zoe --disable-password --reason new"
    )
    options = ResetOptions(PasswordMethod.WORDS, expires_in=timedelta(hours=24), unlock=None)
    assert reset_twin("shellback", 7, options) == "shellback users reset 7 --method words"
