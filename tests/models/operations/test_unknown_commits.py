"""A COMMIT that nobody answered: looked up before anything is said, never applied twice, never called failed if it
landed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from models import User
from models.operations import Status, apply, plan_edit, plan_reset, verify_chain
from models.passwords import Verdict, verify
from tests.fault_proxy import Fault, FaultProxy
from tests.models.operations.people import PASSWORD, acting, events, reread, superuser, user
from tui.database import Database, open_database
from tui.settings import parse_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.postgres import PostgresServer

pytestmark = pytest.mark.postgres_only


@pytest.fixture
async def proxy(postgres_server: PostgresServer) -> AsyncIterator[FaultProxy]:
    async with FaultProxy(postgres_server) as running:
        yield running


@pytest.fixture
async def through(proxy: FaultProxy, database_url: str) -> AsyncIterator[Database]:
    name = urlsplit(database_url).path.removeprefix("/")
    async with await open_database(parse_url(proxy.url(name), insecure_tls=True)) as opened:
        yield opened


@pytest.fixture
def settling(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    """What the line does once a COMMIT is lost: nothing more, or the one fault of this list."""
    then: list[Fault] = []
    settle = apply.__globals__["settle"]

    async def after_the_fault(*arguments: Any) -> Any:
        proxy.fault = then[0] if then else Fault.NONE
        if then:
            proxy.cut()
            return await settle(*arguments, seconds=0.5)
        return await settle(*arguments)

    monkeypatch.setitem(apply.__globals__, "settle", after_the_fault)
    return then


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE_COMMIT, Fault.CUT_AT_COMMIT, Fault.CUT_AFTER_COMMIT])
async def test_one_lost_answer_is_settled_and_the_change_is_there_once(
    proxy: FaultProxy, through: Database, settling: list[Fault], fault: Fault
) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_edit(acting(root), alice, {"full_name": "Alice"})
    lose_the_next_commit(proxy, fault)

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
    lose_the_next_commit(proxy, Fault.CUT_AFTER_COMMIT)
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
    lose_the_next_commit(proxy, Fault.CUT_AFTER_COMMIT)

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


def lose_the_next_commit(proxy: FaultProxy, fault: Fault) -> None:
    proxy.commit_seen.clear()
    proxy.fault = fault
