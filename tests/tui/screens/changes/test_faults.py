"""The changeset while the database is away: shown, staged and kept all the same; a COMMIT that nobody answered settled
on asking."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from models.operations.changesets.staged import StagedEdit
from tests.faults.lost_commits import stay_away
from tests.faults.proxy import Fault
from tests.models.operations.people import events, reread, user
from tests.tui.screens.changes.staged import Running, edit, keep, kept, loaded, running
from tests.tui.screens.user.writing import alice, root
from tests.tui.waiting import until, until_shown
from tui.screens.changes.commit import CommitDialog
from tui.screens.changes.screen import ChangesScreen
from tui.screens.unsettled import UnsettledDialog
from tui.screens.user.screen import UserScreen

if TYPE_CHECKING:
    from tests.faults.proxy import FaultProxy
    from tui.database import Database

pytestmark = pytest.mark.postgres_only


@pytest.fixture
def _server_stays_away(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    stay_away(proxy, monkeypatch)


async def test_what_is_staged_is_shown_and_committed_once_the_database_is_back(
    proxy: FaultProxy, through: Database
) -> None:
    who, target, bob = await root(), await alice(), await user("bob")
    keep(through, who, edit(target, full_name="Offline"), edit(bob, full_name="Bob"))
    proxy.go_away()
    async with running(through, who) as run:
        await until_shown(run.pilot, "not checked")
        await until_shown(run.pilot, "unchecked", "Offline")
        await run.press("ctrl+s")
        dialog = await run.in_front(CommitDialog)
        await until(run.pilot, lambda: dialog.query_one("#message").has_class("wrong"))
        assert dialog.query_one("#confirm", Button).disabled
        await run.press("escape")
        await run.press("j", "x")
        await until_shown(run.pilot, "Drop this staged edit?")
        await run.press("y")
        await until(run.pilot, lambda: len(kept(through, who)) == 1)
        proxy.fault = Fault.NONE
        await run.press("ctrl+r")
        await until_shown(run.pilot, "ready")
        await run.press("ctrl+s")
        await run.in_front(CommitDialog)
        await until_shown(run.pilot, "1 user, 1 field")
        await run.press("y")
        await until_shown(run.pilot, "Nothing is staged.")
    assert ((await reread(target)).full_name, (await reread(bob)).full_name) == ("Offline", "")


async def test_an_edit_is_staged_while_the_connection_is_lost(proxy: FaultProxy, through: Database) -> None:
    who, target = await root(), await alice()
    async with running(through, who, lambda: UserScreen(target.id, "alice.jones"), size=(120, 40)) as run:
        await until_shown(run.pilot, "alice.jones@example.com")
        await run.press("s")
        form = await loaded(run)
        form.query_one("#full_name", Input).value = "Typed before it went"
        proxy.go_away()
        await run.press("ctrl+s")
        await run.in_front(UserScreen)
        await run.says("checked when it is committed")
        proxy.fault = Fault.NONE
    assert kept(through, who) == {"alice.jones": {"full_name": "Typed before it went"}}


async def _lose_the_commit(run: Running, proxy: FaultProxy, fault: Fault) -> CommitDialog:
    await until_shown(run.pilot, "checked")
    await run.press("ctrl+s")
    dialog = await run.in_front(CommitDialog)
    await until(run.pilot, lambda: not dialog.query_one("#confirm", Button).disabled)
    proxy.lose_commit(fault)
    await run.press("y")
    await until_shown(run.pilot, "[ Check again  ^S ]")
    assert isinstance(dialog, CommitDialog)
    return dialog


@pytest.mark.usefixtures("_server_stays_away")
async def test_a_commit_that_landed_unseen_is_settled_on_asking(proxy: FaultProxy, through: Database) -> None:
    who, target, bob = await root(), await alice(), await user("bob")
    keep(through, who, edit(target, full_name="A"), edit(bob, full_name="B"))
    async with running(through, who, size=(120, 40)) as run:
        await _lose_the_commit(run, proxy, Fault.CUT_AFTER_COMMIT)
        assert set(run.app.unsettled) == {target.id, bob.id}
        await run.press("escape")
        await run.in_front(ChangesScreen)
        await until_shown(run.pilot, "IN DOUBT")
        assert len(kept(through, who)) == 2
        await run.press("e")  # a user in doubt takes no other change
        await run.in_front(UnsettledDialog)
        await run.press("escape")
        await run.press("ctrl+s")
        await run.in_front(CommitDialog)
        await until_shown(run.pilot, "[ Check again  ^S ]")
        await run.press("ctrl+s")
        await until_shown(run.pilot, "Still not known.")
        proxy.fault = Fault.NONE
        await run.press("ctrl+s")
        await run.says("Saved 2 fields of 2 users in one transaction.")
        await until_shown(run.pilot, "Nothing is staged.")
        assert run.app.unsettled == {}
    assert kept(through, who) == {}
    assert [(await reread(one)).version for one in (target, bob)] == [2, 2]
    assert len(await events(outcome="ok")) == 2


@pytest.mark.usefixtures("_server_stays_away")
async def test_a_commit_that_did_not_land_can_be_made_again(proxy: FaultProxy, through: Database) -> None:
    who, target = await root(), await alice()
    keep(through, who, StagedEdit.of(target, {"full_name": "A"}, datetime.now(UTC)))
    async with running(through, who, size=(120, 40)) as run:
        await _lose_the_commit(run, proxy, Fault.CUT_BEFORE_COMMIT)
        proxy.fault = Fault.NONE
        await run.press("ctrl+s")
        await run.says("was not written")
        assert (await reread(target)).version == 1
        assert run.app.unsettled == {}
        dialog = run.app.screen
        await until(run.pilot, lambda: not dialog.query_one("#confirm", Button).disabled)
        await run.press("y")
        await run.says("Saved 1 field of 1 user")
    assert (await reread(target)).version == 2
    assert kept(through, who) == {}
