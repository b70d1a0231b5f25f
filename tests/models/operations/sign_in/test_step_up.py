"""The password again: what asks for it, what it is good for, how long, and how a wrong one counts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import LoginAttempt, StepUp, User, UserAuthState, UserSession
from models.clock import database_now
from models.operations import (
    Actor,
    Plan,
    RefusalCode,
    ResetOptions,
    Secret,
    StagedEdit,
    Status,
    apply,
    apply_changeset,
    plan_changeset,
    plan_create,
    plan_edit,
    plan_grant,
    plan_hard_delete,
    plan_reset,
    plan_revoke,
    plan_revoke_sessions,
)
from models.operations.bulk import BulkStatus, Deactivate, GrantRole, apply_bulk, freeze_ids, plan_bulk
from models.operations.bulk.plan import BulkPlan
from models.operations.context import Stopped
from models.operations.deletion.hard import confirmed
from models.operations.exporting import Export, check_export, record_export
from models.operations.importing import ImportRow, apply_import, plan_import
from models.operations.sign_in.state import LOCK_AT
from models.operations.sign_in.step_up import (
    PROVEN_FOR,
    NotProven,
    Proven,
    StepUpClass,
    missing_proof,
    prove_for_life,
    step_up,
)
from models.operations.undo.batch import plan_undo_batch
from models.passwords import hash_password
from tests.models.operations.people import HASHED, PASSWORD, acting, events, reread, set_columns, superuser, user
from tui.migrate.running.allowed import apply_refusals

if TYPE_CHECKING:
    from models import Account
    from models.operations.plan import Refusal
    from tui.database import Database

RIGHT, WRONG = Secret(PASSWORD), Secret("not this one at all")


@pytest.fixture
async def root(database: Database) -> Account:
    return await superuser()


@pytest.fixture
async def actor(root: Account) -> Actor:
    """A superuser with an open session, who has proven nothing."""
    return replace(acting(root), session_id=await session(root))


async def session(account: Account) -> int:
    async with in_transaction() as client:
        now = await database_now(client)
        row = await UserSession.create(
            user_id=account.id,
            token_hash=f"{now.timestamp():064.6f}",
            kind="tui",
            created_at=now,
            expires_at=now + timedelta(hours=8),
        )
    return int(row.id)


async def give(actor: Actor, kind: StepUpClass) -> datetime:
    answer = await step_up(actor, RIGHT, kind)
    assert isinstance(answer, Proven), answer
    return answer.expires_at


async def move(kind: StepUpClass, *, at: timedelta = timedelta(0), expires_at: timedelta = timedelta(0)) -> None:
    """Move a proof in time, as a clock that was set would."""
    async with in_transaction():
        row = await StepUp.get(kind=str(kind))
        await StepUp.filter(id=row.id).update(at=row.at + at, expires_at=row.expires_at + expires_at)


def codes(refusals: tuple[Refusal, ...]) -> list[tuple[RefusalCode, StepUpClass | None]]:
    return [(refusal.code, refusal.step_up) for refusal in refusals]


def unproven(kind: StepUpClass) -> list[tuple[RefusalCode, StepUpClass | None]]:
    return [(RefusalCode.STEP_UP, kind)]


# What asks for it ---------------------------------------------------------------------------------------------------


async def _single(verb: str, actor: Actor, target: Account) -> Plan:
    if verb == "grant":
        return await plan_grant(actor, target.id, "auditor")
    if verb == "revoke":
        return await plan_revoke(actor, target.id, "support")
    return confirmed(await plan_hard_delete(actor, target.id), target.username)


@pytest.mark.parametrize(
    ("verb", "kind"),
    [("grant", StepUpClass.ROLES), ("revoke", StepUpClass.ROLES), ("hard delete", StepUpClass.DELETE)],
)
async def test_a_plan_asks_and_writes_once_it_was_given(verb: str, kind: StepUpClass, actor: Actor) -> None:
    alice = await user("alice", "support")
    plan = await _single(verb, actor, alice)
    assert codes(plan.refusals) == unproven(kind)
    assert plan.changes
    assert missing_proof(plan.refusals) is kind
    assert (await apply(plan)).status is Status.REFUSED
    # What was planned while it was proven is refused under lock once it is not.
    late = replace(await _single(verb, actor, alice), refusals=())
    outcome = await apply(late)
    assert (outcome.status, codes(outcome.refusals)) == (Status.REFUSED, unproven(kind))
    assert (await reread(alice)).version == alice.version
    assert {event.outcome for event in await events(action=str(plan.action))} == {"denied"}

    await give(actor, kind)
    plan = await _single(verb, actor, alice)
    assert plan.is_allowed
    assert (await apply(plan)).status is Status.OK


async def test_one_class_says_nothing_of_another_and_one_session_nothing_of_another(
    actor: Actor, root: Account
) -> None:
    alice = await user("alice")
    await give(actor, StepUpClass.BULK)
    assert codes((await plan_grant(actor, alice.id, "support")).refusals) == unproven(StepUpClass.ROLES)
    await give(actor, StepUpClass.ROLES)
    assert (await plan_grant(actor, alice.id, "support")).is_allowed
    elsewhere = replace(actor, session_id=await session(root))
    assert codes((await plan_grant(elsewhere, alice.id, "support")).refusals) == unproven(StepUpClass.ROLES)


async def test_who_may_not_is_not_asked_for_a_password(database: Database) -> None:
    clerk = await user("clerk", "auditor")
    actor = replace(acting(clerk), session_id=await session(clerk))
    alice = await user("alice")
    plan = await plan_grant(actor, alice.id, "support")
    assert RefusalCode.PERMISSION in {refusal.code for refusal in plan.refusals}
    assert missing_proof(plan.refusals) is None


async def test_an_actor_without_a_session_is_never_asked(root: Account) -> None:
    alice = await user("alice")
    assert (await plan_grant(acting(root), alice.id, "support")).is_allowed


async def _bulk(actor: Actor, count: int, grants: bool = False) -> BulkPlan:
    ids = [(await user(f"u{number:02}")).id for number in range(count)]
    return await plan_bulk(actor, await freeze_ids(ids), GrantRole("support") if grants else Deactivate())


async def test_up_to_ten_users_are_changed_without_it_and_eleven_are_not(actor: Actor) -> None:
    assert (await apply_bulk(await _bulk(actor, 10))).status is BulkStatus.DONE
    async with in_transaction():
        await User.filter(username__startswith="u").delete()
    plan = await _bulk(actor, 11)
    assert codes(plan.refusals) == unproven(StepUpClass.BULK)
    assert (plan.changing, len(plan.samples)) == (11, 10)
    refused = await apply_bulk(replace(plan, refusals=()))
    assert (refused.status, codes(refused.refusals)) == (BulkStatus.REFUSED, unproven(StepUpClass.BULK))
    assert await User.filter(is_active=False).count() == 0
    await give(actor, StepUpClass.BULK)
    assert (await apply_bulk(replace(plan, refusals=()))).status is BulkStatus.DONE
    assert await User.filter(is_active=False).count() == 11


async def test_a_role_for_a_few_asks_as_a_role_does_and_for_many_as_many_do(actor: Actor) -> None:
    plan = await _bulk(actor, 2, grants=True)
    assert codes(plan.refusals) == unproven(StepUpClass.ROLES)
    refused = await apply_bulk(replace(plan, refusals=()))
    assert codes(refused.refusals) == unproven(StepUpClass.ROLES)
    async with in_transaction():
        await User.filter(username__startswith="u").delete()
    assert codes((await _bulk(actor, 11, grants=True)).refusals) == unproven(StepUpClass.BULK)


async def test_a_bulk_of_many_batches_ends_under_the_password_it_began_with(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BulkPlan, "batch_size", property(lambda _: 4))
    monkeypatch.setattr(BulkPlan, "is_atomic", property(lambda _: False))
    await give(actor, StepUpClass.BULK)
    plan = await _bulk(actor, 12)
    told = 0

    def after_the_first(_: object) -> None:
        nonlocal told
        told += 1

    outcome = await apply_bulk(plan, progress=after_the_first)
    assert (outcome.status, told) == (BulkStatus.DONE, 4)

    async with in_transaction():
        await User.filter(username__startswith="u").delete()
        await StepUp.all().delete()
    outcome = await apply_bulk(await _bulk(replace(actor, session_id=None), 12))
    assert outcome.status is BulkStatus.DONE


async def test_a_changeset_of_eleven_asks(actor: Actor) -> None:
    edits = []
    now = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    for number in range(11):
        edits.append(StagedEdit.of(await user(f"s{number:02}"), {"full_name": "Changed"}, now))
    few = await plan_changeset(actor, edits[:10])
    assert few.is_allowed
    plan = await plan_changeset(actor, edits)
    assert codes(plan.refusals) == unproven(StepUpClass.BULK)
    assert not plan.is_allowed
    json.dumps(plan.as_json())
    refused = await apply_changeset(plan)
    assert (refused.status, codes(refused.refusals)) == (Status.REFUSED, unproven(StepUpClass.BULK))
    under_lock = await apply_changeset(replace(await plan_changeset(actor, edits), refusals=()))
    assert (under_lock.status, codes(under_lock.refusals)) == (Status.REFUSED, unproven(StepUpClass.BULK))
    assert await User.filter(full_name="Changed").count() == 0
    assert [event.outcome for event in await events(target_type="changeset")] == ["denied", "denied"]
    await give(actor, StepUpClass.BULK)
    assert (await apply_changeset(await plan_changeset(actor, edits))).status is Status.OK


async def test_an_export_of_more_than_a_hundred_rows_asks(actor: Actor) -> None:
    export = Export("everybody", ("id",), "username", "csv", "users.csv")
    await check_export(actor, export, 100)
    with pytest.raises(Stopped) as stopped:
        await check_export(actor, export, 101)
    assert codes(stopped.value.refusals) == unproven(StepUpClass.EXPORT)
    with pytest.raises(Stopped):
        await record_export(actor, export, 101)
    assert await record_export(actor, export, 100) > 0
    await give(actor, StepUpClass.EXPORT)
    assert await record_export(actor, export, 101) > 0


async def test_migrations_from_the_interface_ask(actor: Actor, root: Account) -> None:
    assert codes(await apply_refusals(actor)) == unproven(StepUpClass.MIGRATIONS)
    assert await apply_refusals(acting(root)) == ()
    await give(actor, StepUpClass.MIGRATIONS)
    assert await apply_refusals(actor) == ()
    clerk = await user("clerk", "support")
    refusals = await apply_refusals(replace(acting(clerk), session_id=await session(clerk)))
    assert [refusal.code for refusal in refusals] == [RefusalCode.PERMISSION]


# How long -------------------------------------------------------------------------------------------------------------


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


# A wrong one ----------------------------------------------------------------------------------------------------------


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


# Superuser, which is more than any role -------------------------------------------------------------------------------


@pytest.mark.parametrize("makes", [True, False])
async def test_making_and_unmaking_a_superuser_asks_as_a_role_does(makes: bool, actor: Actor) -> None:
    alice = await user("alice", is_superuser=not makes)
    plan = await plan_edit(actor, alice, {"is_superuser": makes})
    assert codes(plan.refusals) == unproven(StepUpClass.ROLES)
    under_lock = await apply(replace(plan, refusals=()))
    assert (under_lock.status, codes(under_lock.refusals)) == (Status.REFUSED, unproven(StepUpClass.ROLES))
    assert (await reread(alice)).is_superuser is not makes
    await give(actor, StepUpClass.ROLES)
    assert (await apply(await plan_edit(actor, alice, {"is_superuser": makes}))).status is Status.OK


async def test_a_new_superuser_asks_as_a_role_does(actor: Actor) -> None:
    plan = await plan_create(actor, {"username": "zoe", "is_superuser": True})
    assert codes(plan.refusals) == unproven(StepUpClass.ROLES)
    under_lock = await apply(replace(plan, refusals=()))
    assert codes(under_lock.refusals) == unproven(StepUpClass.ROLES)
    assert not await User.exists(username="zoe")
    assert (await plan_create(actor, {"username": "zoe"})).is_allowed


async def test_a_staged_superuser_asks_once_for_the_whole_changeset(actor: Actor) -> None:
    alice, bob = await user("alice"), await user("bob")
    now = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    edits = [StagedEdit.of(alice, {"is_superuser": True}, now), StagedEdit.of(bob, {"is_superuser": True}, now)]
    plan = await plan_changeset(actor, edits)
    assert codes(plan.refusals) == unproven(StepUpClass.ROLES)
    assert not any(row.state.blocks for row in plan.rows)
    under_lock = await apply_changeset(replace(plan, refusals=()))
    assert (under_lock.status, codes(under_lock.refusals)) == (Status.REFUSED, unproven(StepUpClass.ROLES))
    assert not (await reread(alice)).is_superuser
    await give(actor, StepUpClass.ROLES)
    done = await apply_changeset(await plan_changeset(actor, edits))
    assert done.status is Status.OK

    async with in_transaction():
        await StepUp.all().delete()
    back = await plan_undo_batch(actor, done.plan.op_id)
    assert codes(back.refusals) == unproven(StepUpClass.ROLES)
    refused = await apply_bulk(replace(back, refusals=()))
    assert codes(refused.refusals) == unproven(StepUpClass.ROLES)
    assert (await reread(alice)).is_superuser


# An import ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [10, 11])
async def test_an_import_of_more_than_ten_asks(count: int, actor: Actor) -> None:
    rows = [ImportRow(line, None, {"username": f"new{line:02}"}) for line in range(2, count + 2)]
    plan = await plan_import(actor, iter(rows), ("username",), "users.csv")
    wanted = unproven(StepUpClass.BULK) if count > 10 else []
    assert codes(plan.refusals) == wanted
    outcome = await apply_import(replace(plan, refusals=()))
    assert codes(outcome.refusals) == wanted
    assert outcome.is_ok is (count == 10)
    assert await User.filter(username__startswith="new").count() == (10 if count == 10 else 0)
    plan.close()
    if count > 10:
        await give(actor, StepUpClass.BULK)
        again = await plan_import(actor, iter(rows), ("username",), "users.csv")
        assert (await apply_import(again)).is_ok
        again.close()


async def test_an_edit_asks_for_nothing(actor: Actor) -> None:
    alice = await user("alice")
    assert (await plan_edit(actor, alice, {"full_name": "Alice"})).is_allowed
