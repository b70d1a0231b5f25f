"""Sign-in: one answer for everybody who is not let in, counted and slowed down; sessions by the hash of a token."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from passlib.hash import bcrypt
from tortoise.transactions import in_transaction

from models import LoginAttempt, User, UserAuthState, UserSession
from models.clock import database_now
from models.operations import (
    Claims,
    RefusalCode,
    Secret,
    SignedIn,
    SignInCode,
    SignInRefused,
    Status,
    apply,
    plan_deactivate,
    plan_edit,
    plan_revoke_sessions,
    resume,
    sign_in,
    sign_out,
)
from models.operations.sign_in.answers import NO_ENTRY
from models.operations.sign_in.session import hash_token
from models.operations.sign_in.state import pause_after
from models.operations.sign_in.step_up import NotProven, StepUpClass, step_up
from models.passwords import hash_password
from models.passwords import verify_off_loop as verify
from tests.models.operations.people import PASSWORD, acting, events, reread, set_columns, superuser, user

if TYPE_CHECKING:
    from tui.database import Database

RIGHT, WRONG = Secret(PASSWORD), Secret("not this one at all")


async def enter(username: str, password: Secret = RIGHT) -> SignedIn:
    signed = await sign_in(username, password, claims=Claims("tester", host="here"), address="10.0.0.4")
    assert isinstance(signed, SignedIn), signed
    return signed


async def test_a_staff_account_gets_a_session_and_resumes_and_signs_out(database: Database) -> None:
    maria = await user("Maria", "support")
    signed = await enter("MARIA")
    assert (signed.username, signed.actor.user_id, signed.actor.os_user) == ("Maria", maria.id, "tester")
    assert signed.permissions.has("users.unlock")
    assert signed.token is not None
    session = await UserSession.get(id=signed.session_id)
    assert (session.kind, session.token_hash, session.ip) == ("tui", hash_token(signed.token), "10.0.0.4")
    assert session.expires_at - session.created_at == timedelta(hours=8)
    state = await UserAuthState.get(user_id=maria.id)
    assert (state.last_login_at, state.last_login_ip) == (session.created_at, "10.0.0.4")

    back = await resume(signed.token)
    assert isinstance(back, SignedIn)
    assert back.token is None
    assert back.session_id == signed.session_id
    assert await sign_out(signed.token)
    assert not await sign_out(signed.token)
    assert isinstance(await resume(signed.token), SignInRefused)
    assert isinstance(await resume(Secret("made up")), SignInRefused)
    assert [(event.action, event.outcome) for event in await events()] == [
        ("auth.sign_in", "ok"),
        ("auth.sign_out", "ok"),
    ]


async def test_everybody_else_gets_the_same_answer_and_leaves_a_trace(database: Database) -> None:
    await user("nobody-special")
    await user("off", "support", is_active=False)
    await user("nopass", "support", has_usable_password=False)
    locked = await user("locked", "support")
    await user("staff", "support")
    now = await database_now(database.client)
    async with in_transaction():
        await UserAuthState.create(user_id=locked.id, locked_until=now + timedelta(hours=1))

    answers = [
        await sign_in("unknown", RIGHT),
        await sign_in("nobody-special", RIGHT),
        await sign_in("off", RIGHT),
        await sign_in("nopass", RIGHT),
        await sign_in("locked", RIGHT),
        await sign_in("staff", WRONG),
    ]
    assert answers == [SignInRefused(SignInCode.NO_ENTRY, NO_ENTRY)] * 6
    attempts = await LoginAttempt.all().order_by("id")
    assert [attempt.outcome for attempt in attempts] == ["unknown", "not staff", "inactive", "wrong", "locked", "wrong"]
    recorded = await events()
    assert [event.outcome for event in recorded] == ["denied"] * 6
    assert "unknown" not in {event.target_label for event in recorded}


async def test_ten_failures_lock_for_a_quarter_of_an_hour(database: Database) -> None:
    maria = await user("maria", "support")
    for count in range(10):
        assert isinstance(await sign_in("maria", WRONG), SignInRefused)
        async with in_transaction():  # the pause after a failure is over
            await UserAuthState.filter(user_id=maria.id).update(
                last_failed_at=await database_now(database.client) - pause_after(count + 1)
            )
    state = await UserAuthState.get(user_id=maria.id)
    assert (state.failed_count, state.lockout_count, state.lock_cause) == (10, 1, "failures")
    assert isinstance(await sign_in("maria", RIGHT), SignInRefused)
    assert (await UserAuthState.get(user_id=maria.id)).failed_count == 10

    async with in_transaction():
        await UserAuthState.filter(user_id=maria.id).update(locked_until=await database_now(database.client))
    assert isinstance(await sign_in("maria", WRONG), SignInRefused)
    state = await UserAuthState.get(user_id=maria.id)
    assert (state.failed_count, state.locked_until) == (1, None)
    await enter("maria")
    assert (await UserAuthState.get(user_id=maria.id)).failed_count == 0


async def test_during_the_pause_even_the_right_password_is_refused_and_nothing_is_counted(database: Database) -> None:
    maria = await user("maria", "support")
    now = await database_now(database.client)
    async with in_transaction():
        await UserAuthState.create(user_id=maria.id, failed_count=9, last_failed_at=now)
    assert isinstance(await sign_in("maria", RIGHT), SignInRefused)
    assert isinstance(await sign_in("maria", WRONG), SignInRefused)
    assert (await UserAuthState.get(user_id=maria.id)).failed_count == 9


def test_the_pause_doubles() -> None:
    assert [pause_after(count).total_seconds() for count in range(10)] == [0, 0, 0, 1, 2, 4, 8, 16, 32, 64]


async def test_an_old_hash_is_replaced_once_the_password_is_known(database: Database) -> None:
    old = bcrypt.using(rounds=4).hash(PASSWORD)
    maria = await user("maria", "support", hashed_password=old)
    await enter("maria")
    assert (await User.get(id=maria.id)).hashed_password.startswith("$argon2id$")
    await enter("maria")


async def test_an_expired_temporary_password_says_so_only_to_who_knows_it(database: Database) -> None:
    past = await database_now(database.client) - timedelta(hours=1)
    await user("maria", "support", must_change_password=True, password_expires_at=past)
    right, wrong = await sign_in("maria", RIGHT), await sign_in("maria", WRONG)
    assert isinstance(right, SignInRefused)
    assert right.code is SignInCode.EXPIRED_PASSWORD
    assert isinstance(wrong, SignInRefused)
    assert wrong.code is SignInCode.NO_ENTRY


async def test_a_session_ends_with_what_it_stands_on(database: Database) -> None:
    root = await superuser()
    for number, end in enumerate(("deactivate", "revoke", "demote", "expire")):
        maria = await user(f"maria{number}", "support")
        signed = await enter(maria.username)
        assert signed.token is not None
        match end:
            case "deactivate":
                await apply(await plan_deactivate(acting(root), maria.id))
            case "revoke":
                await apply(await plan_revoke_sessions(acting(root), maria.id))
            case "demote":
                await set_columns(maria, token_version=5)
            case _:
                async with in_transaction():
                    await UserSession.filter(id=signed.session_id).update(
                        expires_at=await database_now(database.client)
                    )
        assert isinstance(await resume(signed.token), SignInRefused), end


@pytest.mark.parametrize("username", ["a\x00b", "a\udc80b", "x" * 10_000, "\ufdfa" * 150, ""])
async def test_what_is_nobodys_name_is_answered_like_every_other_one(database: Database, username: str) -> None:
    refused = await sign_in(username, RIGHT)
    assert isinstance(refused, SignInRefused)
    assert refused.code is SignInCode.NO_ENTRY
    assert await LoginAttempt.all().count() == 1


async def test_whose_session_was_ended_writes_nothing_more(database: Database) -> None:
    root, operator, alice = await superuser(), await user("op", "operator"), await user("alice")
    entered = await enter("op")
    plan = await plan_edit(entered.actor, alice, {"full_name": "Alice"})
    assert plan.is_allowed
    assert (await apply(await plan_revoke_sessions(acting(root), operator.id))).is_ok

    outcome = await apply(plan)

    assert outcome.status is Status.REFUSED
    assert [refusal.code for refusal in outcome.refusals] == [RefusalCode.ACTOR_INACTIVE]
    assert (await reread(alice)).version == 1
    again = await plan_edit((await enter("op")).actor, alice, {"full_name": "Alice"})
    assert (await apply(again)).is_ok


async def test_whose_tokens_were_made_void_writes_nothing_more(database: Database) -> None:
    """As `resume` says: also where the session's own row was left open."""
    operator, alice = await user("op", "operator"), await user("alice")
    entered = await enter("op")
    plan = await plan_edit(entered.actor, alice, {"full_name": "Alice"})
    await set_columns(operator, token_version=1)
    outcome = await apply(plan)
    assert [refusal.code for refusal in outcome.refusals] == [RefusalCode.ACTOR_INACTIVE]
    assert isinstance(await step_up(entered.actor, RIGHT, StepUpClass.ROLES), NotProven)


async def test_two_sign_ins_at_once_on_an_old_hash_both_get_in(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hashes the password anew while the second is being verified: that one is not a wrong password."""
    from models.operations.sign_in import entering as module

    maria = await user("maria", "support", hashed_password=bcrypt.using(rounds=4).hash(PASSWORD))
    rounds: list[object] = []

    async def verified_late(_client: object, _id: int, text: str, stored: str | None) -> object:
        verdict = await verify(text, stored)
        rounds.append(verdict)
        if len(rounds) == 1:
            await enter("maria")
        return verdict

    monkeypatch.setattr(module, "verify_stored", verified_late)
    await enter("maria")
    state = await UserAuthState.get(user_id=maria.id)
    assert (state.failed_count, len(rounds)) == (0, 3)
    assert {event.outcome for event in await events(action="auth.sign_in")} == {"ok"}


async def test_a_reset_while_a_password_is_verified_wins(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from models.operations.sign_in import entering as module

    maria = await user("maria", "support")
    other = hash_password("another one altogether")

    async def verified_late(_client: object, _id: int, text: str, stored: str | None) -> object:
        verdict = await verify(text, stored)
        await set_columns(maria, hashed_password=other)
        return verdict

    monkeypatch.setattr(module, "verify_stored", verified_late)
    assert isinstance(await sign_in("maria", RIGHT), SignInRefused)
    assert (await UserAuthState.get(user_id=maria.id)).failed_count == 1
