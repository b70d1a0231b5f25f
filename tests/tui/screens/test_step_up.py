"""The password again on the screens: asked for where a plan waits for it, the person's input kept, Esc leaves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from textual.widgets import Button, Input, Static
from tortoise.transactions import in_transaction

from models import Account, StepUp, UserSession
from models.clock import database_now
from models.operations import Action, RefusalCode, Secret
from models.operations.bulk import Deactivate, freeze_ids
from models.operations.sign_in.step_up import StepUpClass, prove_for_life
from tests.models.operations.people import PASSWORD, events, superuser, user
from tests.tui.screens.user.writing import opened
from tests.tui.waiting import screen_text, until, until_shown
from tui.person import Person
from tui.screens.bulk.dialog import BulkDialog
from tui.screens.dialogs.review import ReviewDialog
from tui.screens.dialogs.step_up import StepUpDialog
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.start.change_password import ChangePasswordScreen
from tui.screens.start.lock import LockScreen
from tui.screens.user.deleting import DeleteDialog
from tui.screens.user.edit import EditScreen
from tui.widgets.check import Check

if TYPE_CHECKING:
    from tests.tui.screens.user.writing import Opened
    from tui.database import Database

WRONG = "not this one at all"


async def signed_in(account: Account) -> Person:
    """The account with an open session that has proven nothing."""
    from tests.models.operations.people import acting

    async with in_transaction() as client:
        now = await database_now(client)
        session = await UserSession.create(
            user_id=account.id,
            token_hash=f"{account.id:064}",
            kind="tui",
            created_at=now,
            expires_at=now + timedelta(hours=8),
        )
    actor = replace(acting(account), session_id=session.id)
    return Person(actor=actor, is_superuser=account.is_superuser, session_id=session.id)


async def asked(run: Opened) -> StepUpDialog:
    await until(run.pilot, lambda: isinstance(run.app.screen, StepUpDialog))
    dialog = run.app.screen
    assert isinstance(dialog, StepUpDialog)
    await until(run.pilot, lambda: dialog.is_settled)
    return dialog


async def give(run: Opened, password: str) -> None:
    dialog = await asked(run)
    dialog.query_one("#password", Input).value = password
    await run.pilot.press("enter")


def plan_of(run: Opened) -> Any:
    """What the dialog shows."""
    dialog: Any = run.dialog
    return dialog.plan


def answer_of(run: Opened) -> Any:
    """What the dialog has answered, once."""
    [answer] = run.answers
    return answer


async def ready_to_delete(run: Opened, name: str) -> None:
    await until(run.pilot, lambda: plan_of(run) is not None)
    run.dialog.query_one("#way").pick("for-good")  # type: ignore[attr-defined]
    await until_shown(run.pilot, "This asks for your password first.")
    run.dialog.query_one("#typed", Input).value = name
    run.dialog.query_one("#reason", Input).value = "asked for it"
    await until(run.pilot, lambda: not run.dialog.query_one("#confirm", Button).disabled)


async def test_a_dialog_asks_when_it_is_confirmed_and_then_does_what_was_shown(database: Database) -> None:
    who, alice = await signed_in(await superuser()), await user("alice")
    async with opened(database, DeleteDialog(alice.id), who=who) as run:
        await ready_to_delete(run, "alice")
        await run.pilot.press("ctrl+s")
        dialog = await asked(run)
        about = str(dialog.query(".about").first(Static).content)
        assert about.startswith("Deleting for good in ")
        assert about.endswith(" needs the password of root again.")
        assert dialog.query_one("#password", Input).has_focus
        await give(run, WRONG)
        await until_shown(run.pilot, "This is not your password.")
        assert dialog.query_one("#password", Input).value == ""
        await give(run, PASSWORD)
        await until(run.pilot, lambda: run.answers != [])
    assert answer_of(run).is_ok
    assert not await Account.exists(id=alice.id)
    [deleted] = await events(action="users.hard_delete")
    assert (deleted.outcome, deleted.reason) == ("ok", "asked for it")


async def test_esc_leaves_everything_as_it_was(database: Database) -> None:
    who, alice = await signed_in(await superuser()), await user("alice")
    async with opened(database, DeleteDialog(alice.id), who=who) as run:
        await ready_to_delete(run, "alice")
        await run.pilot.press("ctrl+s")
        await asked(run)
        await run.pilot.press("escape")
        await until(run.pilot, lambda: run.app.screen is run.dialog)
        assert run.dialog.query_one("#typed", Input).value == "alice"
        assert run.dialog.query_one("#reason", Input).value == "asked for it"
        assert not run.dialog.query_one("#confirm", Button).disabled
        assert run.answers == []
        await run.pilot.press("ctrl+s")
        await give(run, PASSWORD)
        await until(run.pilot, lambda: run.answers != [])
    assert not await Account.exists(id=alice.id)


async def test_after_some_wrong_ones_the_pause_is_said(database: Database) -> None:
    who, alice = await signed_in(await superuser()), await user("alice")
    async with opened(database, DeleteDialog(alice.id), who=who) as run:
        await ready_to_delete(run, "alice")
        await run.pilot.press("ctrl+s")
        for _ in range(3):
            await give(run, WRONG)
            await until(run.pilot, lambda: not run.app.screen.query_one("#confirm", Button).disabled)
        assert "none is taken for 1 s" in str(run.app.screen.query_one("#message", Static).content)


async def test_a_proof_that_ended_between_plan_and_write_is_asked_for_again(database: Database) -> None:
    account = await superuser()
    who, alice = await signed_in(account), await user("alice")
    await prove_for_life(who.session_id)
    async with opened(database, DeleteDialog(alice.id), who=who) as run:
        await until(run.pilot, lambda: plan_of(run) is not None)
        run.dialog.query_one("#way").pick("for-good")  # type: ignore[attr-defined]
        await until(run.pilot, lambda: run.dialog.query_one("#typed-line").display)
        run.dialog.query_one("#typed", Input).value = "alice"
        await until(run.pilot, lambda: not run.dialog.query_one("#confirm", Button).disabled)
        assert "asks for your password" not in screen_text(run.pilot)
        async with in_transaction():
            await StepUp.all().delete()
        await run.pilot.press("ctrl+s")
        await give(run, PASSWORD)
        await until(run.pilot, lambda: run.answers != [])
    assert answer_of(run).is_ok
    assert [event.outcome for event in await events(action="users.hard_delete")] == ["denied", "ok"]


async def test_a_session_that_was_ended_meanwhile_locks_the_interface(database: Database) -> None:
    account = await superuser()
    who, alice = await signed_in(account), await user("alice")
    async with opened(database, DeleteDialog(alice.id), who=who) as run:
        await ready_to_delete(run, "alice")
        await run.pilot.press("ctrl+s")
        await asked(run)
        async with in_transaction():
            await UserSession.filter(id=who.session_id).update(revoked_at=await database_now(database.client))
        await give(run, PASSWORD)
        await until(run.pilot, lambda: isinstance(run.app.screen, LockScreen))
        run.app.database = None
    assert await Account.exists(id=alice.id)


async def test_a_bulk_asks_after_the_number_was_typed(database: Database) -> None:
    who = await signed_in(await superuser())
    ids = [(await user(f"u{number:02}")).id for number in range(11)]
    selection = await freeze_ids(ids)
    async with opened(database, BulkDialog(selection, "deactivate"), who=who) as run:
        await until_shown(run.pilot, "This asks for your password first.")
        await until(run.pilot, lambda: not run.dialog.query_one("#confirm", Button).disabled)
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: isinstance(run.app.screen, TypeToConfirm))
        await until(run.pilot, lambda: run.app.screen.is_settled)  # type: ignore[attr-defined]
        await run.pilot.press("1", "1", "ctrl+s")
        await asked(run)
        await run.pilot.press("escape")
        await until(run.pilot, lambda: run.app.screen is run.dialog)
        assert run.answers == []
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: isinstance(run.app.screen, TypeToConfirm))
        await until(run.pilot, lambda: run.app.screen.is_settled)  # type: ignore[attr-defined]
        await run.pilot.press("1", "1", "ctrl+s")
        await give(run, PASSWORD)
        await until(run.pilot, lambda: run.answers != [])
    plan = answer_of(run)
    assert (plan.verb, plan.changing, plan.refusals) == (Deactivate(), 11, ())
    assert {row.kind for row in await StepUp.all()} == {StepUpClass.BULK}


async def test_the_edit_form_asks_before_somebody_becomes_a_superuser(database: Database) -> None:
    who, alice = await signed_in(await superuser()), await user("alice")
    async with opened(database, EditScreen(alice.id), who=who) as run:
        await until(run.pilot, lambda: run.dialog.query_one("#username", Input).value == "alice")
        run.dialog.query_one("#is_superuser", Check).value = True
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: isinstance(run.app.screen, ReviewDialog))
        await run.pilot.press("y")
        await give(run, PASSWORD)
        await until(run.pilot, lambda: run.answers != [])
    assert (await Account.get(id=alice.id)).is_superuser
    assert {row.kind for row in await StepUp.all()} == {StepUpClass.ROLES}


async def test_a_password_is_forgotten_with_the_dialog_it_stood_in(database: Database) -> None:
    who = await signed_in(await superuser())
    async with opened(database, ChangePasswordScreen(who, Secret(PASSWORD)), who=who) as run:
        fields = [run.dialog.query_one(name, Input) for name in ("#new", "#again")]
        for field in fields:
            field.value = "a sentence that nobody guesses"
        await run.pilot.press("escape")
        await until(run.pilot, lambda: run.app.screen is not run.dialog)
        await until(run.pilot, lambda: not any(field.is_attached for field in fields))
        await until(run.pilot, lambda: [field.value for field in fields] == ["", ""])


async def test_who_may_not_is_told_so_and_not_asked(database: Database) -> None:
    clerk = await user("clerk", "support")
    who, alice = replace(await signed_in(clerk), permissions=frozenset()), await user("alice")
    async with opened(database, DeleteDialog(alice.id), who=who) as run:
        await until(run.pilot, lambda: plan_of(run) is not None)
        run.dialog.query_one("#way").pick("for-good")  # type: ignore[attr-defined]
        await until(run.pilot, lambda: plan_of(run) is not None and plan_of(run).action is Action.HARD_DELETE)
        codes = {refusal.code for refusal in plan_of(run).refusals}
        assert {RefusalCode.PERMISSION, RefusalCode.STEP_UP} <= codes
        assert run.dialog.query_one("#confirm", Button).disabled
        message = str(run.dialog.query_one("#message", Static).content)
        assert "users.delete" in message
        assert "password" not in message
