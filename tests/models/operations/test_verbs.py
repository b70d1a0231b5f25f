"""Every other verb, once through its door: what it writes, what it leaves alone, what it refuses."""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import Account, OneTimeToken, User, UserAuthState, UserRole, UserSession
from models.clock import database_now
from models.operations import (
    Action,
    PasswordMethod,
    RefusalCode,
    ResetOptions,
    Secret,
    Status,
    apply,
    effective_permissions,
    plan_activate,
    plan_change_own_password,
    plan_create,
    plan_create_first_superuser,
    plan_deactivate,
    plan_edit,
    plan_grant,
    plan_lock,
    plan_reset,
    plan_revoke,
    plan_revoke_sessions,
    plan_unlock,
    superuser_exists,
    system_actor,
    verify_chain,
)
from models.passwords import Verdict, verify
from tests.models.operations.people import PASSWORD, acting, events, reread, superuser, user

if TYPE_CHECKING:
    from datetime import datetime

    from tui.database import Database


async def open_sessions(database: Database, account: Account, number: int) -> datetime:
    now = await database_now(database.client)
    async with in_transaction():
        for index in range(number):
            await UserSession.create(
                user_id=account.id, token_hash=f"{account.id}-{index}", kind="web", expires_at=now + timedelta(hours=1)
            )
        await OneTimeToken.create(
            user_id=account.id,
            purpose="reset",
            token_hash=f"link-{account.id}",
            expires_at=now + timedelta(minutes=30),
            password_fingerprint="0" * 64,
        )
    return now


async def lock_by_failures(database: Database, account: Account) -> None:
    now = await database_now(database.client)
    async with in_transaction():
        await UserAuthState.create(
            user_id=account.id, failed_count=10, lockout_count=1, locked_until=now + timedelta(minutes=15)
        )


async def live(account: Account) -> int:
    return await UserSession.filter(user_id=account.id, revoked_at=None).count()


async def test_create_with_a_generated_password(database: Database) -> None:
    operator = await user("op", "operator")
    plan = await plan_create(acting(operator), {"username": "Zoë", "email": "Z@x.org"}, PasswordMethod.GENERATE)
    outcome = await apply(plan)

    assert outcome.status is Status.OK, outcome.sentence
    row = await User.get(id=outcome.target.id)
    assert (row.username_key, row.email_key, row.version, row.created_by_id) == ("zoë", "z@x.org", 1, operator.id)
    assert row.must_change_password
    assert row.has_usable_password
    assert row.password_expires_at == outcome.secret_expires_at
    assert outcome.secret is not None
    assert verify(outcome.secret.reveal(), row.hashed_password) is Verdict.OK
    (event,) = await events()
    assert event.changes["username"] == [None, "Zoë"]
    assert (event.target_id, event.version_before, event.version_after) == (row.id, None, 1)
    assert row.hashed_password not in str(event.changes)


async def test_create_without_a_password_and_with_a_taken_name(database: Database) -> None:
    root = await superuser()
    plans = [await plan_create(acting(root), {"username": name}) for name in ("bob", "BOB", "bob")]
    first, second, third = [await apply(plan) for plan in plans]

    assert first.status is Status.OK
    assert first.secret is None
    assert not (await Account.get(id=first.target.id)).has_usable_password
    for outcome in (second, third):
        assert outcome.status is Status.REFUSED
        assert [error.field for error in outcome.errors] == ["username"]
    late = await plan_create(acting(root), {"username": "b0b", "email": "x"}, Secret("short"))
    assert {error.field for error in late.errors} == {"username", "email", "password"}
    assert await Account.all().count() == 2


async def test_only_a_superuser_creates_a_superuser_and_only_with_permission_anybody(database: Database) -> None:
    operator, support = await user("op", "operator"), await user("help", "support")
    plan = await plan_create(acting(operator), {"username": "x", "is_superuser": True})
    assert [refusal.code for refusal in plan.refusals] == [RefusalCode.SUPERUSER_ONLY]
    assert [refusal.code for refusal in (await plan_create(acting(support), {"username": "x"})).refusals] == [
        RefusalCode.PERMISSION
    ]
    assert (await apply(plan)).status is Status.REFUSED
    assert not await Account.filter(username="x").exists()


async def test_the_first_superuser_is_made_once(database: Database) -> None:
    assert not await superuser_exists()
    actor, password = system_actor(), Secret("three blind mice see how")
    plans = [await plan_create_first_superuser(actor, {"username": name}, password) for name in ("maria", "tom")]
    first, second = [await apply(plan) for plan in plans]

    assert first.status is Status.OK, first
    assert [refusal.code for refusal in second.refusals] == [RefusalCode.SUPERUSER_EXISTS]
    row = await User.get(username="maria")
    assert row.is_superuser
    assert not row.must_change_password
    assert verify(password.reveal(), row.hashed_password) is Verdict.OK
    by_account = await plan_create_first_superuser(acting(await Account.get(id=row.id)), {"username": "x"}, password)
    assert by_account.refusals
    assert [(event.actor_kind, event.outcome) for event in await events()] == [("system", "ok"), ("system", "denied")]


async def test_deactivate_ends_access_and_activate_brings_back_only_the_account(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await open_sessions(database, alice, 3)
    await lock_by_failures(database, alice)
    plan = await plan_deactivate(acting(root), alice.id, reason="left")
    assert "3 sessions will be ended" in plan.effects

    assert (await apply(plan)).status is Status.OK
    row = await reread(alice)
    assert (row.is_active, row.deactivation_reason, row.token_version, row.version) == (False, "left", 1, 2)
    assert row.deactivated_at is not None
    assert await live(alice) == 0
    assert (await apply(await plan_deactivate(acting(root), alice.id))).status is Status.UNCHANGED

    plan = await plan_activate(acting(root), alice.id)
    assert "still locked" in plan.effects[0]
    assert (await apply(plan)).status is Status.OK
    row = await reread(alice)
    assert (row.is_active, row.deactivated_at, row.deactivation_reason, row.version) == (True, None, None, 3)
    assert (await UserAuthState.get(user_id=alice.id)).failed_count == 10
    assert await live(alice) == 0


async def test_a_state_that_was_not_seen_is_not_changed(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_deactivate(acting(root), alice.id)
    await apply(await plan_edit(acting(root), alice, {"email": "a@x.org"}))
    outcome = await apply(plan)
    assert outcome.status is Status.CONFLICT
    assert "e-mail changed meanwhile, last by root" in outcome.sentence
    assert (await reread(alice)).is_active


async def test_reset_generates_and_does_all_of_it(database: Database) -> None:
    support, alice = await user("help", "support"), await user("alice", is_active=False)
    await open_sessions(database, alice, 2)
    await lock_by_failures(database, alice)
    plan = await plan_reset(acting(support), alice.id, reason="ticket 4471")
    assert any("2 sessions" in effect for effect in plan.effects)
    assert any("never activates" in effect for effect in plan.effects)

    outcome = await apply(plan)

    assert outcome.status is Status.OK, outcome.sentence
    assert outcome.secret is not None
    row = await User.get(id=alice.id)
    assert verify(outcome.secret.reveal(), row.hashed_password) is Verdict.OK
    assert (row.must_change_password, row.token_version, row.version, row.is_active) == (True, 1, 2, False)
    assert row.password_expires_at is not None
    assert row.password_changed_at is not None
    assert row.password_expires_at - row.password_changed_at == timedelta(hours=24)
    assert await live(alice) == 0
    assert not await OneTimeToken.filter(user_id=alice.id, revoked_at=None).exists()
    state = await UserAuthState.get(user_id=alice.id)
    assert (state.failed_count, state.locked_until) == (0, None)
    (event,) = await events()
    assert event.changes["hashed_password"] == ["[redacted]", "[redacted: changed]"]
    for text in (outcome.secret.reveal(), row.hashed_password):
        assert text not in repr([outcome, plan, event.changes, event.meta, outcome.as_json()])


async def test_reset_keeps_what_is_toggled_off(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await open_sessions(database, alice, 2)
    await lock_by_failures(database, alice)
    options = ResetOptions(
        PasswordMethod.WORDS, must_change=False, expires_in=None, revoke_sessions=False, unlock=False
    )
    outcome = await apply(await plan_reset(acting(root), alice.id, options))
    row = await reread(alice)
    assert outcome.secret is not None
    assert len(outcome.secret.reveal().split()) == 6
    assert (row.must_change_password, row.password_expires_at, row.token_version) == (False, None, 0)
    assert await live(alice) == 2
    assert (await UserAuthState.get(user_id=alice.id)).failed_count == 10
    assert not await OneTimeToken.filter(user_id=alice.id, revoked_at=None).exists()


async def test_disable_password_sign_in(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    outcome = await apply(await plan_reset(acting(root), alice.id, ResetOptions(PasswordMethod.DISABLE)))
    row = await User.get(id=alice.id)
    assert outcome.secret is None
    assert not row.has_usable_password
    assert not row.must_change_password
    assert row.password_expires_at is None
    assert verify(PASSWORD, row.hashed_password) is Verdict.WRONG


async def test_nobody_resets_their_own_password_or_that_of_a_higher_rank(database: Database) -> None:
    support, operator = await user("help", "support"), await user("op", "operator")
    own = await plan_reset(acting(support), support.id)
    higher = await plan_reset(acting(support), operator.id)
    assert [refusal.code for refusal in own.refusals] == [RefusalCode.YOURSELF]
    assert [refusal.code for refusal in higher.refusals] == [RefusalCode.RANK]
    assert (await apply(higher)).status is Status.REFUSED
    assert (await reread(operator)).version == 1


async def test_unlock_and_lock_touch_only_the_state(database: Database) -> None:
    support, alice = await user("help", "support"), await user("alice", is_active=False)
    await lock_by_failures(database, alice)
    plan = await plan_unlock(acting(support), alice.id)
    assert {change.field for change in plan.changes} == {"locked_until", "failed_count", "lockout_count"}
    assert (await apply(plan)).status is Status.OK
    assert (await apply(await plan_unlock(acting(support), alice.id))).status is Status.UNCHANGED
    assert (await apply(await plan_lock(acting(support), alice.id, timedelta(hours=1)))).status is Status.OK

    state = await UserAuthState.get(user_id=alice.id)
    assert (state.failed_count, state.lock_cause) == (0, "staff")
    assert state.locked_until is not None
    assert ((await reread(alice)).version, (await reread(alice)).is_active) == (1, False)
    assert (await plan_lock(acting(support), alice.id, timedelta(0))).errors
    assert (await plan_lock(acting(support), support.id)).refusals


async def test_a_first_lock_makes_the_state_row(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    assert (await apply(await plan_lock(acting(root), alice.id))).status is Status.OK
    assert await UserAuthState.filter(user_id=alice.id).exists()


async def test_grant_and_revoke_a_role(database: Database) -> None:
    operator, alice = await user("op", "operator"), await user("alice")
    plan = await plan_grant(acting(operator), alice.id, "support")
    assert plan.effects[0].startswith("5 permissions more")
    assert (await apply(plan)).status is Status.OK
    assert (await apply(await plan_grant(acting(operator), alice.id, "support"))).status is Status.UNCHANGED
    permissions = await effective_permissions(alice.id)
    assert permissions is not None
    assert permissions.where_from("users.unlock") == ("support",)
    assert permissions.sources[0].granted_by == "op"
    assert (await reread(alice)).version == 2

    assert (await apply(await plan_revoke(acting(operator), alice.id, "support"))).status is Status.OK
    assert (await apply(await plan_revoke(acting(operator), alice.id, "support"))).status is Status.UNCHANGED
    assert not await UserRole.filter(user_id=alice.id).exists()
    assert (await reread(alice)).version == 3
    assert [event.changes for event in await events()] == [
        {"role:support": [None, "granted"]},
        {"role:support": ["granted", None]},
    ]


async def test_you_grant_only_what_you_hold_and_never_take_your_own(database: Database) -> None:
    operator, alice = await user("op", "operator"), await user("alice")
    assert [refusal.code for refusal in (await plan_grant(acting(operator), alice.id, "dba")).refusals] == [
        RefusalCode.GRANT_WITHOUT_HOLDING
    ]
    assert [refusal.code for refusal in (await plan_revoke(acting(operator), operator.id, "operator")).refusals] == [
        RefusalCode.YOURSELF
    ]
    assert [error.field for error in (await plan_grant(acting(operator), alice.id, "no-such")).errors] == ["role"]


async def test_an_expired_grant_counts_for_nothing_and_is_renewed(database: Database) -> None:
    root, alice = await superuser(), await user("alice", "operator")
    now = await database_now(database.client)
    async with in_transaction():
        await UserRole.filter(user_id=alice.id).update(expires_at=now - timedelta(seconds=1))
    permissions = await effective_permissions(alice.id)
    assert permissions is not None
    assert not permissions.is_staff
    assert (await plan_edit(acting(alice), root, {"full_name": "x"})).refusals

    outcome = await apply(await plan_grant(acting(root), alice.id, "operator", expires_at=now + timedelta(days=1)))
    assert outcome.status is Status.OK
    permissions = await effective_permissions(alice.id)
    assert permissions is not None
    assert permissions.has("users.edit")


async def test_revoke_sessions(database: Database) -> None:
    support, alice = await user("help", "support"), await user("alice")
    await open_sessions(database, alice, 2)
    outcome = await apply(await plan_revoke_sessions(acting(support), alice.id, reason="lost laptop"))
    assert outcome.status is Status.OK
    assert "2 sessions were ended" in outcome.sentence
    assert await live(alice) == 0
    session = await UserSession.filter(user_id=alice.id).first()
    assert session is not None
    assert (session.revoked_by_label, session.revoke_reason) == ("help", "lost laptop")
    assert ((await reread(alice)).token_version, (await reread(alice)).version) == (1, 2)


async def test_change_own_password_with_the_current_one(database: Database) -> None:
    alice = await user("alice", must_change_password=True)
    await open_sessions(database, alice, 2)
    kept = await UserSession.filter(user_id=alice.id).first()
    assert kept is not None
    new = Secret("seven gentle rivers meet")
    wrong = await apply(await plan_change_own_password(acting(alice), Secret("nope"), new))
    assert [refusal.code for refusal in wrong.refusals] == [RefusalCode.WRONG_PASSWORD]
    assert (await UserAuthState.get(user_id=alice.id)).failed_count == 1

    plan = await plan_change_own_password(acting(alice), Secret(PASSWORD), new, keep_session=kept.id)
    outcome = await apply(plan)
    assert outcome.status is Status.OK, outcome
    row = await User.get(id=alice.id)
    assert verify(new.reveal(), row.hashed_password) is Verdict.OK
    assert (row.must_change_password, row.token_version, row.version) == (False, 1, 2)
    assert await live(alice) == 1
    assert (await UserSession.get(id=kept.id)).token_version == 1
    weak = await plan_change_own_password(acting(alice), new, Secret("alice"))
    assert [error.field for error in weak.errors] == ["password"]


async def test_the_last_superuser_stays(database: Database) -> None:
    root, other = await superuser(), await superuser("other")
    assert (await apply(await plan_deactivate(acting(root), other.id))).status is Status.OK
    assert (await apply(await plan_activate(acting(root), other.id))).status is Status.OK
    # `other` acts, so two are active; then only `root` is left, who cannot be the actor either.
    assert (await apply(await plan_edit(acting(other), root, {"is_superuser": False}))).status is Status.OK
    plan = await plan_deactivate(acting(other), other.id)
    assert {refusal.code for refusal in plan.refusals} == {RefusalCode.YOURSELF, RefusalCode.LAST_SUPERUSER}
    assert (await verify_chain()).is_whole


async def test_plans_print_as_json_and_secrets_never_show(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_reset(acting(root), alice.id, reason="r", ticket="t")
    printed = plan.as_json()
    assert printed["action"] == Action.RESET_PASSWORD
    assert printed["target"] == {"kind": "user", "id": alice.id, "label": "alice", "version": 1, "email": None}
    secret = Secret("open sesame")
    assert "sesame" not in f"{secret} {secret!r} {secret:>30} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
