"""Ending sessions: one, all but one, all; a web service refuses what was ended, and lets in what was not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from models import UserSession
from models.clock import database_now
from models.operations import RefusalCode, Secret, Status, apply, plan_end_session, plan_revoke_sessions
from models.operations.service import CurrentUser, ServiceSession, authenticate, session_of
from tests.models.operations.people import PASSWORD, acting, events, reread, superuser, user

if TYPE_CHECKING:
    from tui.database import Database


async def signed_in(username: str = "alice") -> ServiceSession:
    session = await authenticate(username, Secret(PASSWORD), address="10.0.0.4", user_agent="curl/8")
    assert isinstance(session, ServiceSession)
    return session


async def is_in(session: ServiceSession) -> bool:
    return isinstance(await session_of(session.claims()), CurrentUser)


async def test_one_session_ends_and_the_others_go_on(database: Database) -> None:
    support, alice = await user("help", "support"), await user("alice")
    phone, desk = await signed_in(), await signed_in()
    plan = await plan_end_session(acting(support), alice.id, phone.session_id, reason="lost telephone")
    outcome = await apply(plan)

    assert outcome.status is Status.OK, outcome.sentence
    assert (await is_in(phone), await is_in(desk)) == (False, True)
    row = await UserSession.get(id=phone.session_id)
    assert (row.revoked_by_id, row.revoked_by_label, row.revoke_reason) == (support.id, "help", "lost telephone")
    account = await reread(alice)
    assert (account.version, account.token_version) == (1, 0)
    (event,) = await events()
    assert (event.action, event.changes) == ("users.end_session", {f"session:{phone.session_id}": ["open", "ended"]})

    again = await plan_end_session(acting(support), alice.id, phone.session_id)
    assert again.is_empty
    assert (await apply(again)).status is Status.UNCHANGED


async def test_a_session_that_ended_meanwhile_is_nothing_to_do(database: Database) -> None:
    support, alice = await user("help", "support"), await user("alice")
    phone = await signed_in()
    plans = [await plan_end_session(acting(support), alice.id, phone.session_id) for _ in range(2)]
    outcomes = await asyncio.gather(*(apply(plan) for plan in plans))
    assert sorted(outcome.status for outcome in outcomes) == [Status.OK, Status.UNCHANGED]
    assert len(await events()) == 1


async def test_only_a_session_of_that_user_is_ended(database: Database) -> None:
    support, alice, _bob = await user("help", "support"), await user("alice"), await user("bob")
    his = await signed_in("bob")
    for session_id in (his.session_id, 999_999):
        plan = await plan_end_session(acting(support), alice.id, session_id)
        assert [refusal.code for refusal in plan.refusals] == [RefusalCode.STATE]
        assert (await apply(plan)).status is Status.REFUSED
    assert await is_in(his)


async def test_all_but_one_leaves_that_one_alone(database: Database) -> None:
    support, alice = await user("help", "support"), await user("alice")
    kept, *others = [await signed_in() for _ in range(3)]
    plan = await plan_revoke_sessions(acting(support), alice.id, keep=kept.session_id)
    assert plan.effects == (f"2 sessions will be ended, and session {kept.session_id} goes on",)
    assert (await apply(plan)).status is Status.OK
    assert await is_in(kept)
    assert [await is_in(one) for one in others] == [False, False]
    assert (await reread(alice)).token_version == 0
    assert (await events())[-1].meta == {"ended_sessions": 2, "kept_session": kept.session_id}

    again = await plan_revoke_sessions(acting(support), alice.id, keep=kept.session_id)
    assert again.is_empty
    closed = await plan_revoke_sessions(acting(support), alice.id, keep=others[0].session_id)
    assert [refusal.code for refusal in closed.refusals] == [RefusalCode.STATE]


async def test_nothing_is_ended_when_the_kept_one_is_over_by_then(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    kept, other = await signed_in(), await signed_in()
    plan = await plan_revoke_sessions(acting(root), alice.id, keep=kept.session_id)
    assert (await apply(await plan_end_session(acting(root), alice.id, kept.session_id))).is_ok
    assert (await apply(plan)).status is Status.REFUSED
    assert await is_in(other)


async def test_all_of_them_end_with_every_token(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    sessions = [await signed_in() for _ in range(2)]
    assert (await apply(await plan_revoke_sessions(acting(root), alice.id))).is_ok
    assert [await is_in(one) for one in sessions] == [False, False]
    assert (await reread(alice)).token_version == 1


async def test_ones_own_sessions_need_no_permission_and_others_do(database: Database) -> None:
    auditor, alice = await user("eve", "auditor"), await user("alice")
    mine, theirs = await signed_in("eve"), await signed_in("alice")
    plan = await plan_end_session(acting(auditor), alice.id, theirs.session_id)
    assert RefusalCode.PERMISSION in {refusal.code for refusal in plan.refusals}
    assert (await apply(plan)).status is Status.REFUSED
    assert (await apply(await plan_end_session(acting(auditor), auditor.id, mine.session_id))).is_ok
    assert (await is_in(mine), await is_in(theirs)) == (False, True)


async def test_support_ends_no_session_of_a_higher_rank(database: Database) -> None:
    support, operator = await user("help", "support"), await user("op", "operator")
    theirs = await signed_in("op")
    plan = await plan_end_session(acting(support), operator.id, theirs.session_id)
    assert [refusal.code for refusal in plan.refusals] == [RefusalCode.RANK]
    assert (await apply(plan)).status is Status.REFUSED
    assert await is_in(theirs)


async def test_a_session_that_expired_by_itself_is_not_ended_again(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    session = await signed_in()
    now = await database_now(database.client)
    async with in_transaction():
        await UserSession.filter(id=session.session_id).update(expires_at=now - timedelta(seconds=1))
    assert (await plan_end_session(acting(root), alice.id, session.session_id)).is_empty
