"""Locking by a person: how long, from when, in whose place, and what it does to those who are in already."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import UserAuthState
from models.clock import database_now
from models.operations import Secret, Status, apply, plan_lock, plan_unlock
from models.operations.service import CurrentUser, ServiceRefused, ServiceSession, authenticate, session_of
from tests.models.operations.people import PASSWORD, acting, events, superuser, user

if TYPE_CHECKING:
    from tui.database import Database


async def test_a_lock_until_a_moment_keeps_out_and_an_unlock_lets_in(database: Database) -> None:
    support, alice = await user("help", "support"), await user("alice")
    session = await authenticate("alice", Secret(PASSWORD))
    assert isinstance(session, ServiceSession)
    until = await database_now(database.client) + timedelta(days=3)
    outcome = await apply(await plan_lock(acting(support), alice.id, until, reason="on leave"))

    assert outcome.status is Status.OK, outcome.sentence
    assert (await UserAuthState.get(user_id=alice.id)).locked_until == until
    assert isinstance(await authenticate("alice", Secret(PASSWORD)), ServiceRefused)
    assert isinstance(await session_of(session.claims()), ServiceRefused)
    assert (await apply(await plan_unlock(acting(support), alice.id))).is_ok
    assert isinstance(await session_of(session.claims()), CurrentUser)
    assert [event.action for event in await events()] == ["users.lock", "users.unlock"]


async def test_a_lock_takes_the_place_of_the_one_that_is_there(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    now = await database_now(database.client)
    async with in_transaction():
        await UserAuthState.create(
            user_id=alice.id, failed_count=10, locked_until=now + timedelta(minutes=15), lock_cause="failures"
        )
    plan = await plan_lock(acting(root), alice.id, timedelta(days=7))
    assert "takes that one's place" in plan.effects[0]
    assert (await apply(plan)).is_ok
    state = await UserAuthState.get(user_id=alice.id)
    assert state.lock_cause == "staff"
    assert state.locked_until is not None
    assert state.locked_until > now + timedelta(days=6)


@pytest.mark.parametrize(
    "span", [timedelta(0), timedelta(seconds=-1), timedelta(days=366), timedelta.max, timedelta.min, "past", "far"]
)
async def test_a_lock_that_never_begins_or_never_ends_is_an_error(database: Database, span: timedelta | str) -> None:
    root, alice = await superuser(), await user("alice")
    now = await database_now(database.client)
    spans: dict[str, datetime] = {"past": now - timedelta(hours=1), "far": now + timedelta(days=400)}
    plan = await plan_lock(acting(root), alice.id, spans[span] if isinstance(span, str) else span)
    assert [error.field for error in plan.errors] == ["duration"]
    assert not plan.effects
    assert (await apply(plan)).status is Status.REFUSED
    assert not await UserAuthState.filter(user_id=alice.id).exists()


async def test_a_lock_whose_end_comes_before_it_is_confirmed_is_none(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    until = await database_now(database.client) + timedelta(milliseconds=300)
    plan = await plan_lock(acting(root), alice.id, until)
    assert plan.is_allowed
    while await database_now(database.client) < until:
        pass
    assert (await apply(plan)).status is Status.CONFLICT
    assert not await UserAuthState.filter(user_id=alice.id).exists()
