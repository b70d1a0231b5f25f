"""Servers that take no changes, and one that goes back to an older state: what is not there is never called done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from models.operations import Status, apply, plan_edit
from models.operations.apply import check_again
from models.operations.audit import anchors
from models.operations.audit.verify import verify_trail
from tests.faults.proxy import COMMIT, FaultProxy, Meeting
from tests.faults.server import OwnServer
from tests.faults.work import open_office, said
from tests.models.engines.support import engine, settled, slots_in_use
from tests.models.operations.people import reread
from tui.database import open_database
from tui.settings import parse_url

pytestmark = pytest.mark.postgres_only

NO_CHANGES = "The database takes no changes here: it is a standby, or was opened read-only. Nothing was changed."


async def test_a_replica_is_read_and_takes_no_changes(own_server: OwnServer, own_name: str) -> None:
    async with engine(own_server.url(own_name)):
        office = await open_office()
    with own_server.standby() as standby:
        standby.caught_up(own_server)
        async with await open_database(parse_url(standby.url(own_name))) as database:
            assert database.read_only
            assert await said(office.list) == ""
            for work in (office.save, office.bulk, office.sign_in):
                assert NO_CHANGES in await said(work)
            await settled(database.client)
            assert slots_in_use(database.client) == 0


async def test_a_primary_that_becomes_a_standby_and_a_primary_again(own_server: OwnServer, own_name: str) -> None:
    """Opened as a primary: nobody told Shellback, and it says what is so each time."""
    async with engine(own_server.url(own_name)) as client:
        office = await open_office()
        assert await said(office.save) == ""
        await asyncio.to_thread(own_server.demote)
        assert await said(office.list) == ""
        for work in (office.save, office.bulk, office.sign_in):
            assert NO_CHANGES in await said(work)
        await asyncio.to_thread(own_server.run, "pg_ctl", "-D", "data", "-w", "promote")
        for work in (office.save, office.bulk, office.sign_in):
            assert await said(work) == ""
        await settled(client)
        assert slots_in_use(client) == 0
        await office.check()


async def test_a_failover_to_an_older_state(own_server: OwnServer, own_name: str, tmp_path: Path) -> None:
    """The replica that took over never heard of the last changes. What was said to be done is found missing by the
    anchors of the audit, which lie elsewhere; and work goes on from what is there."""
    file = tmp_path / "anchors.jsonl"
    with own_server.standby() as standby:
        async with FaultProxy(own_server) as proxy, engine(proxy.url(own_name)) as client:
            office = await open_office()
            anchors.begin(anchors.Place("db", file))
            assert await said(office.save) == ""
            standby.caught_up(own_server)
            standby.detach()
            assert await said(office.save) == ""
            kept, lost = office.acknowledged
            await anchors.leave_anchor()
            await asyncio.to_thread(own_server.crash)
            standby.promote()
            proxy.server = standby
            assert await said(office.list) == ""
            report = await verify_trail(anchors=anchors.read_lines(file), database="db")
            assert not report.is_whole
            assert report.anchors is not None
            assert [one.anchor.seq for one in report.anchors.bad] == [2]
            office.acknowledged = [kept]
            office.refused = [lost]
            assert await said(office.save) == ""
            assert (await reread(office.people[0])).version == 3
            await settled(client)
            assert slots_in_use(client) == 0
            await office.check()
            anchors.begin(None)


async def test_a_failover_in_the_middle_of_a_commit(own_server: OwnServer, own_name: str) -> None:
    """Committed where it was sent to, and not where it is asked about: the new server cannot say, nobody guesses."""
    with own_server.standby() as standby:
        async with FaultProxy(own_server) as proxy, engine(proxy.url(own_name)) as client:
            office = await open_office()
            standby.caught_up(own_server)
            standby.detach()
            alice = office.people[0]
            plan = await plan_edit(office.actor, alice, {"full_name": "Alice"})
            proxy.meet(Meeting.HOLD, saying=COMMIT)
            task = asyncio.create_task(apply(plan))
            await proxy.met.wait()
            await asyncio.to_thread(own_server.crash)
            standby.promote()
            proxy.server = standby
            proxy.cut()
            proxy.meet_nothing()
            outcome = await task
            there = (await reread(alice)).full_name == "Alice"
            assert there == (outcome.status is Status.OK), outcome.sentence
            if outcome.status is not Status.OK:
                assert outcome.status is Status.UNKNOWN
                assert str(plan.op_id) in outcome.sentence
                assert (await check_again(outcome)).status is not Status.OK
            await settled(client)
            assert slots_in_use(client) == 0
            await office.check()
