"""A COMMIT that nobody answered: looked up before anything is said, never applied twice, never called failed if it
landed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import User
from models.operations import Status, apply, plan_edit, plan_reset, verify_chain
from models.passwords import Verdict, verify
from tests.faults.lost_commits import settle_after
from tests.faults.proxy import Fault
from tests.models.operations.people import PASSWORD, acting, events, reread, superuser, user

if TYPE_CHECKING:
    from tests.faults.proxy import FaultProxy
    from tui.database import Database

pytestmark = pytest.mark.postgres_only


@pytest.fixture
def settling(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    return settle_after(proxy, monkeypatch)


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE_COMMIT, Fault.CUT_AT_COMMIT, Fault.CUT_AFTER_COMMIT])
async def test_one_lost_answer_is_settled_and_the_change_is_there_once(
    proxy: FaultProxy, through: Database, settling: list[Fault], fault: Fault
) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_edit(acting(root), alice, {"full_name": "Alice"})
    proxy.lose_commit(fault)

    outcome = await apply(plan)

    assert outcome.status is Status.OK, outcome.sentence
    assert outcome.version == 2
    after = await reread(alice)
    assert (after.full_name, after.version) == ("Alice", 2)
    assert [event.op_id for event in await events()] == [plan.op_id]
    assert (await verify_chain()).is_whole


async def test_the_password_of_a_settled_reset_is_the_one_that_was_stored(
    proxy: FaultProxy, through: Database, settling: list[Fault]
) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_reset(acting(root), alice.id)
    proxy.lose_commit(Fault.CUT_AFTER_COMMIT)
    outcome = await apply(plan)
    assert outcome.secret is not None
    stored = (await User.get(id=alice.id)).hashed_password
    assert verify(outcome.secret.reveal(), stored) is Verdict.OK
    assert verify(PASSWORD, stored) is Verdict.WRONG


async def test_what_nobody_can_find_out_is_called_unknown(
    proxy: FaultProxy, through: Database, settling: list[Fault]
) -> None:
    """The server stays away for longer than anybody waits; when it is back, it is as it is."""
    root, alice = await superuser(), await user("alice")
    plan = await plan_edit(acting(root), alice, {"full_name": "Alice"})
    settling.append(Fault.REFUSE)
    proxy.lose_commit(Fault.CUT_AFTER_COMMIT)

    outcome = await apply(plan)

    assert outcome.status is Status.UNKNOWN
    assert str(plan.op_id) in outcome.sentence
    proxy.fault = Fault.NONE
    assert (await apply(plan)).status is Status.UNCHANGED
    assert (await reread(alice)).version == 2


async def test_a_connection_that_died_before_is_replaced(proxy: FaultProxy, through: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_edit(acting(root), alice, {"full_name": "Alice"})
    proxy.cut()
    assert (await apply(plan)).status is Status.OK
    assert (await reread(alice)).version == 2
