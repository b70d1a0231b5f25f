"""Commits that nobody answered, where the server that was asked is another one by then."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from models.engines.errors import CommitUnknown
from models.engines.settlement import Fate, settle
from models.operations import apply, plan_edit
from models.operations.settling import has_landed
from models.operations.transactions import connection
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
