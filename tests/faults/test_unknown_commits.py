"""Commits that nobody answered, where the server that was asked is another one by then."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from models.engines.errors import CommitUnknown
from models.engines.settlement import Fate, settle
from models.operations import AuditDraft, Status, apply, plan_edit
from models.operations.asking import what_became
from models.operations.audit.writing import append
from models.operations.context import Stopped
from models.operations.settling import has_landed
from models.operations.transactions import connection, write_transaction
from tests.models.operations.people import acting, superuser, user
from tui.database import open_database
from tui.settings import parse_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from tests.faults.server import OwnServer
    from tui.database import Database

pytestmark = pytest.mark.postgres_only


async def test_a_replica_that_lags_says_nothing_and_what_it_never_got_is_lost_once_it_takes_over(
    own_server: OwnServer, own_name: str
) -> None:
    with own_server.standby() as standby:
        async with _opened(own_server, own_name):
            root, alice = await superuser(), await user("alice")
            await asyncio.to_thread(standby.caught_up, own_server)
            await asyncio.to_thread(standby.detach)
            plan = await plan_edit(acting(root), alice, {"full_name": "Alice"})
            assert (await apply(plan)).is_ok
        xid = own_server.ask("SELECT xmin::text FROM users WHERE username = 'alice'", database=own_name)
        unknown = CommitUnknown(xid=int(xid), backend_pid=1)
        assert await _fate(own_server, own_name, unknown, plan.op_id) is Fate.COMMITTED
        assert await _fate(standby, own_name, unknown, plan.op_id) is Fate.UNKNOWN
        await asyncio.to_thread(standby.promote)
        assert await _fate(standby, own_name, unknown, plan.op_id) is Fate.ABORTED


async def _fate(server: OwnServer, name: str, unknown: CommitUnknown, op_id: UUID) -> Fate:
    async with _opened(server, name):
        return await settle(connection(), unknown, lambda: has_landed(op_id), seconds=1.0)


@asynccontextmanager
async def _opened(server: OwnServer, name: str) -> AsyncIterator[Database]:
    async with await open_database(parse_url(server.url(name))) as database:
        yield database


@pytest.mark.parametrize("lands", [True, False])
async def test_a_number_is_not_called_missing_while_its_transaction_is_open(database: Database, lands: bool) -> None:
    """Another program's COMMIT that is on its way: the audit says no until it is there."""
    root, alice = await superuser(), await user("alice")
    plan = await plan_edit(acting(root), alice, {"full_name": "Alice"})
    written, go_on = asyncio.Event(), asyncio.Event()

    async def stand_still(client: Any) -> None:
        await append(client, AuditDraft(plan.actor, plan.action, plan.target, op_id=plan.op_id))
        written.set()
        await go_on.wait()
        if not lands:
            raise Stopped(Status.ERROR, "as if it were rolled back")

    writing = asyncio.create_task(write_transaction(stand_still))
    await written.wait()
    assert (await what_became(plan.op_id, seconds=0.5)).fate is Fate.UNKNOWN
    asking = asyncio.create_task(what_became(plan.op_id))
    go_on.set()
    await asyncio.gather(writing, return_exceptions=True)
    answer = await asking
    assert answer.fate is (Fate.COMMITTED if lands else Fate.ABORTED), answer.sentence
