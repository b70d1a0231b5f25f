"""A COMMIT that nobody answered, as a person meets it: said with its number, nothing else begun, settled on asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from models import Role, User
from models.operations import RoleEdit, Secret, Status, plan_edit_role
from models.operations.bulk import Deactivate, freeze_ids, plan_bulk
from models.passwords import Verdict, verify
from tests.faults.lost_commits import stay_away
from tests.faults.proxy import Fault, Meeting
from tests.models.operations.people import PASSWORD, events, reread
from tests.tui.screens.user.writing import Opened, alice, opened, root
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.bulk.run import BulkRunScreen
from tui.screens.dialogs.secret import SecretDialog
from tui.screens.keeping import apply_and_keep
from tui.screens.roles.screen import RolesScreen
from tui.screens.start.change_password import ChangePasswordScreen
from tui.screens.unsettled import UnsettledBatchDialog, UnsettledDialog
from tui.screens.user import verbs as user_verbs
from tui.screens.user.edit import EditScreen
from tui.screens.user.lifecycle import ActivationDialog
from tui.screens.user.reset import ResetScreen
from tui.widgets.keyset_table import KeysetTable

if TYPE_CHECKING:
    from tests.faults.proxy import FaultProxy
    from tui.database import Database

pytestmark = pytest.mark.postgres_only


@pytest.fixture(autouse=True)
def _server_stays_away(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    stay_away(proxy, monkeypatch)


async def confirm_and_lose(found: Opened, proxy: FaultProxy, fault: Fault) -> None:
    """Confirms what is planned; its COMMIT is not answered, and the server is away."""
    button = found.dialog.query_one("#confirm", Button)
    await until(found.pilot, lambda: not button.disabled and found.dialog.is_settled)  # type: ignore[attr-defined]
    proxy.lose_commit(fault)
    await found.pilot.press("ctrl+s")
    await until_shown(found.pilot, "[ Check again  ^S ]")
    await until_shown(found.pilot, "may or may")


def words(found: Opened) -> str:
    """What the dialog says, however its lines were broken."""
    return " ".join(screen_text(found.pilot).replace("│", " ").split())


async def test_a_reset_that_landed_shows_its_password_once_it_is_known(through: Database, proxy: FaultProxy) -> None:
    who, user = await root(), await alice()
    async with opened(through, ResetScreen(user.id), who=who) as found:
        await confirm_and_lose(found, proxy, Fault.CUT_AFTER_COMMIT)
        op_id = str(found.app.unsettled[user.id].op_id)
        await until_shown(found.pilot, op_id)

        await found.pilot.press("ctrl+s")
        await until_shown(found.pilot, "Still not known")
        assert user.id in found.app.unsettled

        proxy.fault = Fault.NONE
        await found.pilot.press("ctrl+s")
        await until(found.pilot, lambda: isinstance(found.app.screen, SecretDialog))
        assert found.app.unsettled == {}
        secret = found.app.screen._secret  # type: ignore[attr-defined]
        assert verify(secret.reveal(), (await User.get(id=user.id)).hashed_password) is Verdict.OK
        assert [str(event.op_id) for event in await events(outcome="ok")] == [op_id]


async def test_a_record_in_doubt_takes_no_other_change(through: Database, proxy: FaultProxy) -> None:
    who, user = await root(), await alice()
    async with opened(through, ActivationDialog(user.id), who=who) as found:
        await confirm_and_lose(found, proxy, Fault.CUT_AFTER_COMMIT)
        await found.pilot.press("escape")
        await until(found.pilot, lambda: found.answers == [None])

        done: list[bool] = []
        user_verbs.start(found.app, "reset", user.id, lambda: done.append(True))
        await until(found.pilot, lambda: isinstance(found.app.screen, UnsettledDialog))
        await until(found.pilot, lambda: found.app.screen.is_settled)  # type: ignore[attr-defined]
        proxy.fault = Fault.NONE
        await found.pilot.press("ctrl+s")
        await until(found.pilot, lambda: done)
        assert not (await reread(user)).is_active

        user_verbs.start(found.app, "reset", user.id, lambda: None)
        await until_shown(found.pilot, "Reset password")


async def test_a_change_that_did_not_land_can_be_made_again(through: Database, proxy: FaultProxy) -> None:
    who, user = await root(), await alice()
    async with opened(through, EditScreen(user.id), who=who) as found:
        button = found.dialog.query_one("#confirm", Button)
        await until(found.pilot, lambda: not button.disabled)
        found.dialog.query_one("#full_name", Input).value = "Alice Again"
        await until(found.pilot, lambda: found.dialog.is_settled)  # type: ignore[attr-defined]
        await found.pilot.press("ctrl+s")
        await until(found.pilot, lambda: found.app.screen is not found.dialog)
        await until(found.pilot, lambda: found.app.screen.is_settled)  # type: ignore[attr-defined]
        proxy.lose_commit(Fault.CUT_BEFORE_COMMIT)
        await found.pilot.press("y")
        await until_shown(found.pilot, "Check again")
        proxy.fault = Fault.NONE
        await found.pilot.press("ctrl+s")
        await until_shown(found.pilot, "did not happen")
        assert "Check again" not in screen_text(found.pilot)
        assert (await reread(user)).version == 1

        await found.pilot.press("ctrl+s")
        await until(found.pilot, lambda: found.app.screen is not found.dialog)
        await until(found.pilot, lambda: found.app.screen.is_settled)  # type: ignore[attr-defined]
        await found.pilot.press("y")
        await until(found.pilot, lambda: found.answers)
        assert ((await reread(user)).full_name, (await reread(user)).version) == ("Alice Again", 2)


@pytest.mark.parametrize("fault", [Fault.CUT_AFTER_COMMIT, Fault.CUT_BEFORE_COMMIT])
async def test_whom_a_bulk_in_doubt_may_have_changed_takes_no_other_change(
    through: Database, proxy: FaultProxy, fault: Fault
) -> None:
    who, user = await root(), await alice()
    plan = await plan_bulk(who.actor, await freeze_ids([user.id]), Deactivate())
    proxy.lose_commit(fault)
    async with opened(through, BulkRunScreen(plan), who=who) as found:
        await until(found.pilot, lambda: found.app.doubts.batches)
        await until_shown(found.pilot, "may or may not")
        await until(found.pilot, lambda: str(plan.op_id) in words(found))
        found.dialog.dismiss()
        await until(found.pilot, lambda: found.app.screen is not found.dialog)

        done: list[bool] = []
        user_verbs.start(found.app, "reset", user.id, lambda: done.append(True))
        await until(found.pilot, lambda: isinstance(found.app.screen, UnsettledBatchDialog))
        await until(found.pilot, lambda: found.app.screen.is_settled)  # type: ignore[attr-defined]
        await found.pilot.press("ctrl+s")
        await until_shown(found.pilot, "Still not known")
        proxy.fault = Fault.NONE
        await found.pilot.press("ctrl+s")
        await until(found.pilot, lambda: done)
        assert found.app.doubts.batches == {}
        landed = fault is Fault.CUT_AFTER_COMMIT
        assert (await reread(user)).is_active is not landed
        said = "did happen" if landed else "did not happen"
        await until_shown(found.pilot, said)


async def test_a_role_in_doubt_is_not_edited_before_it_is_settled(through: Database, proxy: FaultProxy) -> None:
    who = await root()
    role = await Role.get(name="support")
    plan = await plan_edit_role(who.actor, role.id, RoleEdit(description="in doubt"))
    async with opened(through, RolesScreen(), who=who) as found:
        await until_shown(found.pilot, "support")
        proxy.lose_commit(Fault.CUT_AFTER_COMMIT)
        outcome = await apply_and_keep(found.app, plan)
        assert outcome.status is Status.UNKNOWN
        table = found.dialog.query_one(KeysetTable)
        await until(found.pilot, lambda: table.row is not None)
        while table.row is not None and table.row.id != role.id:
            await found.pilot.press("down")
        await found.pilot.press("e")
        await until(found.pilot, lambda: isinstance(found.app.screen, UnsettledDialog))
        await until(found.pilot, lambda: found.app.screen.is_settled)  # type: ignore[attr-defined]
        proxy.fault = Fault.NONE
        await found.pilot.press("ctrl+s")
        await until(found.pilot, lambda: not found.app.doubts.others)
        assert (await Role.get(name="support")).description == "in doubt"


async def test_a_password_that_had_to_be_changed_is_asked_about_and_not_changed_again(
    through: Database, proxy: FaultProxy
) -> None:
    who = await root()
    new = f"{PASSWORD} and back"
    async with opened(through, ChangePasswordScreen(who, Secret(PASSWORD)), who=who) as found:
        for name in ("#new", "#again"):
            found.dialog.query_one(name, Input).value = new
        await until(found.pilot, lambda: found.dialog.is_settled)  # type: ignore[attr-defined]
        proxy.meet(Meeting.CUT_AFTER, turn=2, saying=b"COMMIT\x00")  # the first one takes the current password
        await found.pilot.press("ctrl+s")
        await until_shown(found.pilot, "may or may not")
        await until(found.pilot, lambda: "Enter asks again" in words(found))
        await until(found.pilot, lambda: not found.app.busy)
        proxy.fault = Fault.NONE
        await found.pilot.press("ctrl+s")
        await until(found.pilot, lambda: found.answers)
        row = await User.get(id=who.actor.user_id)
        assert verify(new, row.hashed_password) is Verdict.OK
        assert len(await events(outcome="ok")) == 1
