"""Reset links: made by a reset, used once by their holder, and worthless in every other case, which all look alike."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import OneTimeToken, User, UserAuthState, UserSession
from models.clock import database_now
from models.operations import (
    PasswordMethod,
    RefusalCode,
    ResetOptions,
    Secret,
    Status,
    apply,
    plan_change_own_password,
    plan_deactivate,
    plan_lock,
    plan_reset,
    plan_soft_delete,
    redeem_reset,
    verify_chain,
)
from models.operations.credentials.links import link_of
from models.operations.credentials.redeem import NO_LINK
from models.passwords import Verdict, verify
from tests.models.operations.people import PASSWORD, acting, events, reread, set_columns, superuser, user

if TYPE_CHECKING:
    from models import Account
    from models.operations import Outcome
    from tui.database import Database

NEW = Secret("seven gentle rivers meet")
LINK = ResetOptions(PasswordMethod.LINK)


async def link_for(root: Account, account: Account, options: ResetOptions = LINK) -> Secret:
    outcome = await apply(await plan_reset(acting(root), account.id, options))
    assert outcome.status is Status.OK, outcome.sentence
    assert outcome.secret is not None
    return outcome.secret


def is_worthless(outcome: Outcome) -> bool:
    return (
        outcome.status is Status.REFUSED
        and outcome.sentence == NO_LINK
        and [refusal.code for refusal in outcome.refusals] == [RefusalCode.BAD_LINK]
        and not outcome.errors
    )


async def test_a_link_stores_a_hash_only_and_changes_no_password(database: Database) -> None:
    support, alice = await user("help", "support"), await user("alice", must_change_password=True)
    plan = await plan_reset(acting(support), alice.id, LINK)
    assert "the present password goes on working until then" in plan.effects
    assert not plan.irreversible
    outcome = await apply(plan)

    assert outcome.status is Status.OK, outcome.sentence
    assert outcome.secret is not None
    token = outcome.secret.reveal()
    row = await OneTimeToken.get(user_id=alice.id)
    assert len(token) == 43
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert (row.purpose, row.created_by_id) == ("reset", support.id)
    assert row.expires_at - row.created_at == timedelta(minutes=30)
    assert outcome.secret_expires_at == row.expires_at
    after = await User.get(id=alice.id)
    assert row.password_fingerprint == hashlib.sha256(after.hashed_password.encode()).hexdigest()
    assert verify(PASSWORD, after.hashed_password) is Verdict.OK
    assert (after.must_change_password, after.token_version, after.version) == (True, 1, 2)
    (event,) = await events()
    assert set(event.changes) == {"one_time_link", "token_version"}
    for text in (token, row.token_hash, row.password_fingerprint):
        assert text not in repr([outcome, plan, event.changes, event.meta, outcome.as_json()])


async def test_the_holder_sets_the_password_once(database: Database) -> None:
    root = await superuser()
    alice = await user("alice", must_change_password=True, has_usable_password=False)
    token = await link_for(root, alice)
    now = await database_now(database.client)
    async with in_transaction():
        await UserSession.create(user_id=alice.id, token_hash="s", kind="api", expires_at=now + timedelta(hours=1))
        await UserAuthState.create(
            user_id=alice.id, failed_count=10, locked_until=now + timedelta(minutes=15), lock_cause="failures"
        )

    outcome = await redeem_reset(token, NEW, address="10.0.0.4", user_agent="curl/8")

    assert outcome.status is Status.OK, outcome.sentence
    row = await User.get(id=alice.id)
    assert verify(NEW.reveal(), row.hashed_password) is Verdict.OK
    assert (row.must_change_password, row.has_usable_password, row.password_expires_at) == (False, True, None)
    assert (row.token_version, row.version, outcome.version) == (2, 3, 3)
    assert not await UserSession.filter(user_id=alice.id, revoked_at=None).exists()
    state = await UserAuthState.get(user_id=alice.id)
    assert (state.failed_count, state.locked_until) == (0, None)
    event = (await events())[-1]
    assert (event.action, event.actor_id, event.actor_label, event.actor_kind) == (
        "users.redeem_link",
        alice.id,
        "alice",
        "api",
    )
    assert (event.meta["address"], event.meta["user_agent"], event.meta["ended_sessions"]) == ("10.0.0.4", "curl/8", 1)
    for text in (token.reveal(), NEW.reveal(), row.hashed_password):
        assert text not in repr([outcome, outcome.plan, event.changes, event.meta, outcome.as_json()])

    again = await redeem_reset(token, Secret("another gentle river bends"))
    assert is_worthless(again)
    assert verify(NEW.reveal(), (await User.get(id=alice.id)).hashed_password) is Verdict.OK
    assert [event.outcome for event in await events(action="users.redeem_link")] == ["ok", "denied"]
    assert (await verify_chain()).is_whole


async def test_of_two_at_once_exactly_one_wins(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    token = await link_for(root, alice)
    news = [Secret(f"seven gentle rivers meet {number}") for number in ("twice", "again")]
    outcomes = await asyncio.gather(*(redeem_reset(token, new) for new in news))
    assert sorted(str(outcome.status) for outcome in outcomes) == ["ok", "refused"]
    winner = next(new for new, outcome in zip(news, outcomes, strict=True) if outcome.status is Status.OK)
    row = await User.get(id=alice.id)
    assert verify(winner.reveal(), row.hashed_password) is Verdict.OK
    assert (row.version, row.token_version) == (3, 2)


async def test_a_weak_password_leaves_the_link_to_be_tried_again(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    token = await link_for(root, alice)
    weak = await redeem_reset(token, Secret("alice"))
    assert weak.status is Status.REFUSED
    assert [error.field for error in weak.errors] == ["password"]
    assert (await redeem_reset(token, NEW)).status is Status.OK


async def expire(link: OneTimeToken) -> None:
    async with in_transaction():
        await OneTimeToken.filter(id=link.id).update(expires_at=link.created_at - timedelta(seconds=1))


@pytest.mark.parametrize(
    "how",
    ["expired", "superseded", "other purpose", "password changed", "changed by psql", "inactive", "deleted",
     "ended", "locked by staff", "generated since", "disabled since"],
)  # fmt: skip
async def test_every_link_that_does_not_work_is_refused_alike(database: Database, how: str) -> None:
    root, alice = await superuser(), await user("alice")
    token = await link_for(root, alice)
    link = await OneTimeToken.get(user_id=alice.id)
    now = await database_now(database.client)
    if how == "expired":
        await expire(link)
    elif how == "superseded":
        await link_for(root, alice)
    elif how == "other purpose":
        async with in_transaction():
            await OneTimeToken.filter(id=link.id).update(purpose="verify")
    elif how == "password changed":
        change = await plan_change_own_password(acting(alice), Secret(PASSWORD), Secret("nine quiet hills remain"))
        assert (await apply(change)).is_ok
    elif how == "changed by psql":
        await set_columns(alice, hashed_password="x")
    elif how == "inactive":
        assert (await apply(await plan_deactivate(acting(root), alice.id))).is_ok
    elif how == "deleted":
        assert (await apply(await plan_soft_delete(acting(root), alice.id))).is_ok
    elif how == "ended":
        await set_columns(alice, expires_at=now - timedelta(minutes=1))
    elif how == "locked by staff":
        assert (await apply(await plan_lock(acting(root), alice.id))).is_ok
    else:
        method = PasswordMethod.GENERATE if how == "generated since" else PasswordMethod.DISABLE
        assert (await apply(await plan_reset(acting(root), alice.id, ResetOptions(method)))).is_ok
    before = await User.get(id=alice.id)

    # Neither a good nor a weak password tells this link from one that never was.
    for new in (NEW, Secret("alice")):
        assert is_worthless(await redeem_reset(token, new))
        assert is_worthless(await redeem_reset(Secret("never was"), new))

    after = await User.get(id=alice.id)
    assert (after.hashed_password, after.version) == (before.hashed_password, before.version)
    denied = await events(action="users.redeem_link")
    assert {event.outcome for event in denied} == {"denied"}
    assert {event.target_id for event in denied} == ({None} if how == "other purpose" else {alice.id, None})


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "x" * 100_000])
async def test_a_token_of_any_text_is_refused(database: Database, text: str) -> None:
    assert is_worthless(await redeem_reset(Secret(text), NEW))


async def test_a_link_is_not_made_where_it_would_not_work(database: Database) -> None:
    root = await superuser()
    idle, locked = await user("idle", is_active=False), await user("locked")
    assert (await apply(await plan_lock(acting(root), locked.id))).is_ok
    assert [refusal.code for refusal in (await plan_reset(acting(root), idle.id, LINK)).refusals] == [RefusalCode.STATE]
    kept = ResetOptions(PasswordMethod.LINK, unlock=False)
    refused = await apply(await plan_reset(acting(root), locked.id, kept))
    assert [refusal.code for refusal in refused.refusals] == [RefusalCode.STATE]
    assert not await OneTimeToken.all().exists()
    assert (await redeem_reset(await link_for(root, locked), NEW)).status is Status.OK


async def test_a_link_that_keeps_the_sessions_leaves_them_until_it_is_used(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    now = await database_now(database.client)
    async with in_transaction():
        await UserSession.create(user_id=alice.id, token_hash="s", kind="web", expires_at=now + timedelta(hours=1))
    token = await link_for(root, alice, ResetOptions(PasswordMethod.LINK, revoke_sessions=False))
    assert (await reread(alice)).token_version == 0
    assert await UserSession.filter(user_id=alice.id, revoked_at=None).count() == 1
    assert (await redeem_reset(token, NEW)).is_ok
    assert not await UserSession.filter(user_id=alice.id, revoked_at=None).exists()


def test_the_template_takes_the_token_exactly_once() -> None:
    assert link_of(Secret("abc"), "https://app.example/reset?token={token}").reveal() == (
        "https://app.example/reset?token=abc"
    )
    assert link_of(Secret("abc"), "").reveal() == "abc"
    for bad in ("https://app.example/reset", "https://{token}.example/{token}"):
        with pytest.raises(ValueError, match="exactly one"):
            link_of(Secret("abc"), bad)
