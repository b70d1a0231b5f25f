"""A COMMIT that nobody answered, as a person meets it: said with its number, nothing else begun, settled on asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from models import User
from models.passwords import Verdict, verify
from tests.faults.lost_commits import stay_away
from tests.faults.proxy import Fault
from tests.models.operations.people import events, reread
from tests.tui.screens.writing import Opened, alice, opened, root
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.dialogs.secret import SecretDialog
from tui.screens.unsettled import UnsettledDialog
from tui.screens.user import verbs as user_verbs
from tui.screens.user.edit import EditScreen
from tui.screens.user.lifecycle import ActivationDialog
from tui.screens.user.reset import ResetScreen

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
    assert "may or may" in screen_text(found.pilot)


async def test_a_reset_that_landed_shows_its_password_once_it_is_known(through: Database, proxy: FaultProxy) -> None:
    who, user = await root(), await alice()
    async with opened(through, ResetScreen(user.id), who=who) as found:
        await confirm_and_lose(found, proxy, Fault.CUT_AFTER_COMMIT)
        op_id = str(found.app.unsettled[user.id].op_id)
        assert op_id in screen_text(found.pilot)

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
