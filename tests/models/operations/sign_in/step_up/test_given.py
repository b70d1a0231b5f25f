"""The password again: how long it counts, and how a wrong one does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import LoginAttempt, StepUp, User, UserAuthState, UserSession
from models.clock import database_now
from models.operations import (
    Actor,
    ResetOptions,
    apply,
    plan_grant,
    plan_reset,
    plan_revoke_sessions,
)
from models.operations.sign_in.state import LOCK_AT
from models.operations.sign_in.step_up import (
    PROVEN_FOR,
    NotProven,
    Proven,
    StepUpClass,
    prove_for_life,
    step_up,
)
from models.passwords import hash_password
from tests.models.operations.people import HASHED, PASSWORD, acting, events, set_columns, superuser, user

if TYPE_CHECKING:
    from models import Account
from tests.models.operations.sign_in.step_up.proving import RIGHT, WRONG, codes, give, session, unproven


async def move(kind: StepUpClass, *, at: timedelta = timedelta(0), expires_at: timedelta = timedelta(0)) -> None:
    """Move a proof in time, as a clock that was set would."""
    async with in_transaction():
        row = await StepUp.get(kind=str(kind))
        await StepUp.filter(id=row.id).update(at=row.at + at, expires_at=row.expires_at + expires_at)


async def test_it_counts_for_five_minutes_and_another_one_renews_it(actor: Actor) -> None:
    alice = await user("alice")
    first = await give(actor, StepUpClass.ROLES)
    row = await StepUp.get()
    assert row.expires_at - row.at == PROVEN_FOR == timedelta(minutes=5)
    await move(StepUpClass.ROLES, at=-PROVEN_FOR, expires_at=-PROVEN_FOR)
    assert codes((await plan_grant(actor, alice.id, "support")).refusals) == unproven(StepUpClass.ROLES)
    assert await give(actor, StepUpClass.ROLES) >= first
    assert await StepUp.all().count() == 1
    assert (await plan_grant(actor, alice.id, "support")).is_allowed


async def test_a_clock_that_was_set_back_does_not_make_it_last(actor: Actor) -> None:
    alice = await user("alice")
    await give(actor, StepUpClass.ROLES)
    year = timedelta(days=365)
    await move(StepUpClass.ROLES, at=year, expires_at=year)
    assert codes((await plan_grant(actor, alice.id, "support")).refusals) == unproven(StepUpClass.ROLES)


async def test_it_goes_with_the_password_it_was_given_by(actor: Actor, root: Account) -> None:
    alice = await user("alice")
    await give(actor, StepUpClass.ROLES)
    other = await superuser("other")
    kept = ResetOptions(revoke_sessions=False)
    assert (await apply(await plan_reset(acting(other), root.id, kept, reason="phone"))).is_ok
    assert codes((await plan_grant(actor, alice.id, "support")).refusals) == unproven(StepUpClass.ROLES)


async def test_of_a_demo_it_counts_as_long_as_the_session(actor: Actor) -> None:
    assert actor.session_id is not None
    await give(actor, StepUpClass.ROLES)
    await prove_for_life(actor.session_id)
    ends = (await UserSession.get(id=actor.session_id)).expires_at
    assert {row.kind: row.expires_at for row in await StepUp.all()} == dict.fromkeys(StepUpClass, ends)


async def test_a_wrong_one_counts_waits_and_locks_as_at_the_door(actor: Actor, root: Account) -> None:
    said = []
    for _ in range(LOCK_AT):
        answer = await step_up(actor, WRONG, StepUpClass.ROLES)
        assert isinstance(answer, NotProven)
        said.append(answer)
        async with in_transaction():  # the pause has passed
            await UserAuthState.filter(user_id=root.id).update(
                last_failed_at=await database_now(UserAuthState._meta.db) - timedelta(minutes=5)
            )
    assert [answer.wait for answer in said[:2]] == [timedelta(0), timedelta(0)]
    assert said[0].sentence == "This is not your password."
    assert timedelta(0) < said[2].wait <= timedelta(seconds=1)
    assert "15 minutes" in said[-1].sentence
    state = await UserAuthState.get(user_id=root.id)
    assert (state.failed_count, state.lock_cause) == (LOCK_AT, "failures")
    locked = await step_up(actor, RIGHT, StepUpClass.ROLES)
    assert isinstance(locked, NotProven)
    assert locked.wait > timedelta(minutes=14)
    assert not await StepUp.exists()
    assert [attempt.outcome for attempt in await LoginAttempt.all()] == ["wrong"] * LOCK_AT
    trail = await events(action="auth.step_up")
    assert {event.outcome for event in trail} == {"denied"}
    assert [event.meta["why"] for event in trail] == ["wrong"] * LOCK_AT + ["paused"]


async def test_within_a_pause_nothing_is_taken_and_nothing_counted(actor: Actor, root: Account) -> None:
    for _ in range(3):
        await step_up(actor, WRONG, StepUpClass.ROLES)
    paused = await step_up(actor, RIGHT, StepUpClass.ROLES)
    assert isinstance(paused, NotProven)
    assert timedelta(0) < paused.wait <= timedelta(seconds=1)
    assert (await UserAuthState.get(user_id=root.id)).failed_count == 3


async def test_a_right_one_clears_the_count_and_leaves_a_trace_without_it(actor: Actor, root: Account) -> None:
    await step_up(actor, WRONG, StepUpClass.ROLES)
    await give(actor, StepUpClass.DELETE)
    assert (await UserAuthState.get(user_id=root.id)).failed_count == 0
    last = (await events())[-1]
    assert (last.action, last.outcome, last.target_id) == ("auth.step_up", "ok", root.id)
    assert last.meta == {"class": "delete", "session": actor.session_id}
    everything = json.dumps([[str(event.meta), str(event.changes)] for event in await events()])
    for secret in (PASSWORD, WRONG.reveal(), HASHED):
        assert secret not in everything


@pytest.mark.parametrize("hashed", ["", "!", "$argon2id$v=19$m=65536,t=3,p=4$LuW8", "$1$foreign$abc", "x" * 128])
async def test_a_hash_that_nobody_can_verify_is_a_wrong_password(hashed: str, actor: Actor, root: Account) -> None:
    await set_columns(root, hashed_password=hashed)
    answer = await step_up(actor, RIGHT, StepUpClass.ROLES)
    assert isinstance(answer, NotProven)
    assert not answer.is_over


@pytest.mark.parametrize("what", ["session", "account", "deleted", "foreign session"])
async def test_whose_session_or_account_has_ended_only_signs_in_again(what: str, actor: Actor, root: Account) -> None:
    other = await superuser("other")
    if what == "session":
        assert (await apply(await plan_revoke_sessions(acting(other), root.id))).is_ok
    elif what == "account":
        await set_columns(root, is_active=False)
    elif what == "deleted":
        async with in_transaction():
            await UserSession.all().delete()
            await User.filter(id=root.id).delete()
    else:
        actor = replace(actor, session_id=await session(other))
    answer = await step_up(actor, RIGHT, StepUpClass.ROLES)
    assert isinstance(answer, NotProven)
    assert answer.is_over
    assert not await StepUp.exists()


async def test_a_reset_while_it_is_verified_wins(actor: Actor, root: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    from models.operations.sign_in import step_up as module
    from models.passwords import verify_off_loop as verify

    async def verified_late(_client: object, _id: int, text: str, stored: str | None) -> object:
        verdict = await verify(text, stored)
        await set_columns(root, hashed_password=HASHED[:-1] + ("A" if HASHED[-1] != "A" else "B"))
        return verdict

    monkeypatch.setattr(module, "verify_stored", verified_late)
    assert isinstance(await step_up(actor, RIGHT, StepUpClass.ROLES), NotProven)


async def test_a_hash_renewed_while_it_is_verified_is_no_wrong_password(
    actor: Actor, root: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same password, hashed anew by a sign-in elsewhere."""
    from models.operations.sign_in import step_up as module
    from models.passwords import verify_off_loop as verify

    renewed = hash_password(PASSWORD)

    async def verified_late(_client: object, _id: int, text: str, stored: str | None) -> object:
        verdict = await verify(text, stored)
        await set_columns(root, hashed_password=renewed)
        return verdict

    monkeypatch.setattr(module, "verify_stored", verified_late)
    assert isinstance(await step_up(actor, RIGHT, StepUpClass.ROLES), Proven)
    assert not await UserAuthState.filter(failed_count__gt=0).exists()
