"""Each verb of a bulk does to n users what n single plans do: the same rows, the same facts in the audit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, MfaFactor, OneTimeToken, User, UserAuthState, UserRole, UserSession
from models.operations import (
    TargetGone,
    apply,
    plan_activate,
    plan_deactivate,
    plan_edit,
    plan_grant,
    plan_revoke,
    plan_revoke_sessions,
    plan_unlock,
    verify_chain,
)
from models.operations.bulk import (
    Activate,
    BulkStatus,
    Deactivate,
    ForceChange,
    GrantRole,
    RevokeRole,
    RevokeSessions,
    RowResult,
    SetField,
    SoftDelete,
    Unlock,
    apply_bulk,
    freeze_ids,
    plan_bulk,
)
from models.operations.deletion.soft import plan_soft_delete
from tests.models.operations.people import acting, superuser, user

if TYPE_CHECKING:
    from models.operations import Actor, Plan
    from models.operations.bulk import Verb
    from tui.database import Database

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
PAST = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


def edited(**values: Any) -> Any:
    async def plan(actor: Actor, user_id: int) -> Plan:
        row = await Account.get(id=user_id)
        if row.deleted_at is not None:
            raise TargetGone("deleted")
        return await plan_edit(actor, row, values, reason="why", ticket="T-1")

    return plan


def single(planner: Any, *more: Any, **options: Any) -> Any:
    return lambda actor, user_id: planner(actor, user_id, *more, **options, reason="why", ticket="T-1")


CASES: list[tuple[Verb, Any]] = [
    (Activate(), single(plan_activate)),
    (Deactivate(), single(plan_deactivate)),
    (GrantRole("support"), single(plan_grant, "support")),
    (GrantRole("support", SOON), single(plan_grant, "support", expires_at=SOON)),
    (RevokeRole("support"), single(plan_revoke, "support")),
    (ForceChange(), edited(must_change_password=True)),
    (RevokeSessions(), single(plan_revoke_sessions)),
    (Unlock(), single(plan_unlock)),
    (SetField("is_verified", True), edited(is_verified=True)),
    (SetField("full_name", "  Ann   Lee "), edited(full_name="  Ann   Lee ")),
    (SetField("expires_at", SOON), edited(expires_at=SOON)),
    (SetField("expires_at", None), edited(expires_at=None)),
    (SetField("must_change_password", False), edited(must_change_password=False)),
    (SoftDelete(), single(plan_soft_delete)),
]


async def person(name: str, kind: int) -> Account:
    """One of the ways in which an account can be."""
    shapes: list[dict[str, Any]] = [
        {},
        {"is_active": False, "deactivated_at": PAST, "deactivation_reason": "why"},
        {"is_active": False},
        {"must_change_password": True, "is_verified": True, "full_name": "Ann Lee"},
        {"expires_at": SOON, "email": f"{name}@example.org", "token_version": 4, "version": 7},
        {"expires_at": PAST, "password_expires_at": PAST, "password_changed_at": PAST},
        {"is_superuser": True},
        {"deleted_at": PAST},
    ]
    roles: list[tuple[str, ...]] = [(), (), ("support",), ("support",), ("operator",), ("dba",), (), ()]
    row = await user(name, *roles[kind], **shapes[kind])
    async with in_transaction():
        if kind in {0, 3, 5}:
            for number in range(kind % 2 + 1):
                await UserSession.create(
                    user_id=row.id, token_hash=uuid4().hex, kind="web", expires_at=(SOON, PAST)[number], created_at=PAST
                )
        if kind in {1, 4}:
            await UserAuthState.create(user_id=row.id, failed_count=3, locked_until=SOON, lock_cause="failures")
        if kind == 2:
            await UserAuthState.create(user_id=row.id, last_login_at=PAST)
            await UserRole.filter(user_id=row.id).update(expires_at=PAST)
        if kind == 4:
            await OneTimeToken.create(
                user_id=row.id, purpose="reset", token_hash=uuid4().hex, expires_at=SOON, password_fingerprint="x"
            )
            await MfaFactor.create(user_id=row.id, kind="totp", secret_encrypted=b"x")
    return row


TIMES = {"updated_at", "deactivated_at", "password_changed_at", "deleted_at", "granted_at", "revoked_at"}


async def state_of(ids: list[int]) -> list[Any]:
    """All rows about these users, with names and moments of now made alike."""
    found: list[Any] = []
    for place, user_id in enumerate(ids):
        rows: list[dict[str, Any]] = list(await User.filter(id=user_id).values())
        for model in (UserRole, UserSession, UserAuthState, OneTimeToken, MfaFactor):
            rows += await model.filter(user_id=user_id).values()
        for row in rows:
            for name in ("id", "token_hash", "created_at", "hashed_password"):
                row.pop(name, None)
            row.pop("user_id", None)
            for name in TIMES & row.keys():
                row[name] = row[name] and ("now" if row[name] > PAST + timedelta(days=1) else row[name])
            found.append((place, _alike(row)))
    return found


def _alike(value: Any) -> Any:
    """Without the names and numbers of a user, which differ by nature."""
    return {key: _name(item) for key, item in value.items()}


def _name(item: Any) -> Any:
    if isinstance(item, str):
        for prefix in ("single", "bulk", "deleted."):
            if item.startswith(prefix):
                return prefix if prefix == "deleted." else "name" + item.partition("-")[2]
    return item


async def facts_of(ids: list[int]) -> list[Any]:
    found = []
    for place, user_id in enumerate(ids):
        for row in await AuditEvent.filter(target_type="user", target_id=user_id, outcome="ok").order_by("seq"):
            changes = {
                field: [_name(_now(field, value)) for value in pair] for field, pair in (row.changes or {}).items()
            }
            who = (row.actor_id, row.actor_label, row.actor_kind, row.claimed_os_user, row.claimed_host)
            meta = {name: value for name, value in (row.meta or {}).items() if name != "client_address"}
            what = (row.action, _name(row.target_label), row.reason, row.ticket, changes, meta)
            found.append((place, *who, *what, row.version_before, row.version_after))
    return found


def _now(field: str, value: Any) -> Any:
    if field in TIMES and value is not None and datetime.fromisoformat(value) > PAST + timedelta(days=1):
        return "now"
    return value


@pytest.mark.parametrize("who", ["superuser", "operator"])
@pytest.mark.parametrize(("verb", "plan_one"), CASES, ids=[f"{verb.name}-{n}" for n, (verb, _) in enumerate(CASES)])
async def test_a_bulk_of_n_is_n_singles(database: Database, verb: Verb, plan_one: Any, who: str) -> None:
    await superuser("root-of-all")
    actor = acting(await superuser("boss") if who == "superuser" else await user("boss", "operator"))
    singles = [(await person(f"single-{kind}", kind)).id for kind in range(8)]
    bulk = [(await person(f"bulk-{kind}", kind)).id for kind in range(8)]
    for user_id in singles:
        try:
            await apply(await plan_one(actor, user_id))
        except TargetGone:
            continue
    outcome = await apply_bulk(await plan_bulk(actor, await freeze_ids(bulk), verb, reason="why", ticket="T-1"))
    assert outcome.status is BulkStatus.DONE, outcome.sentence
    assert await state_of(bulk) == await state_of(singles)
    assert await facts_of(bulk) == await facts_of(singles)
    assert outcome.count(RowResult.OK) == len(await facts_of(singles)) > 0
    assert (await verify_chain()).is_whole


@pytest.mark.parametrize(("verb", "plan_one"), CASES, ids=[f"{verb.name}-{n}" for n, (verb, _) in enumerate(CASES)])
async def test_a_plan_says_what_applying_it_does(database: Database, verb: Verb, plan_one: Any) -> None:
    del plan_one
    actor = acting(await user("boss", "operator"))
    people = [await person(f"bulk-{kind}", kind) for kind in range(8)]
    plan = await plan_bulk(actor, await freeze_ids([actor.user_id or 0, 999, *(one.id for one in people)]), verb)
    assert plan.changing + plan.unchanged + plan.excluded_count == plan.total == 10
    versions = {one.id: one.version for one in people}
    assert {one.id: one.version for one in await Account.filter(id__in=list(versions))} == versions
    outcome = await apply_bulk(plan)
    reasons = outcome.reasons()
    assert outcome.count(RowResult.OK) == plan.changing > 0
    assert outcome.count(RowResult.UNCHANGED) == plan.unchanged
    assert {one.verdict: one.count for one in plan.excluded}.items() <= reasons.items()
    assert len(plan.samples) == plan.changing
    for sample in plan.samples:
        row = await AuditEvent.get(op_id=plan.op_id, target_id=sample.id)
        planned = {change.field: [change.before, change.after] for change in sample.changes}
        assert planned.items() <= row.changes.items()
        assert row.target_label == sample.label


async def test_an_end_with_another_offset_is_the_same_moment(database: Database) -> None:
    actor, alice = acting(await superuser("boss")), await user("alice")
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    end = now + timedelta(hours=3)
    abroad = end.astimezone(timezone(timedelta(hours=-9)))
    for verb in (SetField("expires_at", abroad), GrantRole("support", abroad)):
        plan = await plan_bulk(actor, await freeze_ids([alice.id]), verb)
        assert f"{end:%Y-%m-%d %H:%M} UTC" in verb.words()
        assert (await apply_bulk(plan)).is_ok
    soon = now + timedelta(minutes=5)
    assert await Account.filter(expires_at__gt=soon).count() == 1
    assert await UserRole.filter(expires_at__gt=soon).count() == 1
    event = await AuditEvent.filter(action="roles.grant", target_type="user").get()
    assert event.changes == {"role:support": [None, f"granted until {end:%Y-%m-%d %H:%M} UTC"]}
