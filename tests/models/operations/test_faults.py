"""What fails leaves nothing behind, what was promised is there, and every change has its row in a whole chain."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from models import Account, AuditEvent, UserSession
from models.operations import (
    Outcome,
    Status,
    apply,
    plan_activate,
    plan_deactivate,
    plan_edit,
    plan_grant,
    plan_reset,
    plan_revoke,
    plan_revoke_sessions,
    verify_chain,
)
from tests.models.operations.people import acting, events, reread, superuser, user
from tests.models.operations.raw import execute

if TYPE_CHECKING:
    from uuid import UUID

    from tui.database import Database

REFUSE_AUDIT = {
    "sqlite": """
        CREATE TRIGGER refuse BEFORE INSERT ON audit_events WHEN NEW.outcome = 'ok'
        BEGIN SELECT RAISE(ABORT, 'the audit is full'); END
    """,
    "postgres": """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the audit is full: %', NEW.changes; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON audit_events
        FOR EACH ROW WHEN (NEW.outcome = 'ok') EXECUTE FUNCTION refuse();
    """,
}

WORKERS = 4
ROUNDS = 20


async def test_no_audit_row_no_change(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plans = [
        await plan_edit(acting(root), alice, {"email": "a@x.org"}),
        await plan_deactivate(acting(root), alice.id),
        await plan_reset(acting(root), alice.id),
        await plan_grant(acting(root), alice.id, "support"),
    ]
    await execute(database, REFUSE_AUDIT[database.dialect])

    for plan in plans:
        outcome = await apply(plan)
        assert outcome.status is Status.ERROR
        assert outcome.secret is None
        assert "the audit is full" not in outcome.sentence
        assert "a@x.org" not in outcome.sentence
    after = await reread(alice)
    assert {name: getattr(after, name) for name in after._meta.fields_db_projection} == {
        name: getattr(alice, name) for name in alice._meta.fields_db_projection
    }
    assert await events() == []


async def test_a_verb_that_writes_no_row_says_so(database: Database) -> None:
    """A row policy hides the row from UPDATE without an error; here a trigger does it."""
    root, alice = await superuser(), await user("alice")
    plan = await plan_edit(acting(root), alice, {"full_name": "Alice"})
    await execute(
        database,
        {
            "sqlite": "CREATE TRIGGER silent BEFORE UPDATE ON users BEGIN SELECT RAISE(IGNORE); END",
            "postgres": """
                CREATE FUNCTION silent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                CREATE TRIGGER silent BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION silent();
            """,
        }[database.dialect],
    )
    outcome = await apply(plan)
    assert outcome.status is Status.REFUSED
    assert "did not let this connection write" in outcome.sentence
    assert [event.outcome for event in await events()] == ["denied"]
    assert (await reread(alice)).version == 1


async def test_versions_audit_and_chain_agree_after_random_work_and_cancellations(database: Database) -> None:
    """For every user: version = 1 + number of changes; each acknowledged change is there once; the chain is whole."""
    chance = random.Random(20)
    actors = [await superuser(f"actor{number}") for number in range(WORKERS)]
    targets = [await user(f"target{number}") for number in range(3)]
    acknowledged: list[Outcome] = []

    async def one(actor: Account) -> None:
        target = await reread(chance.choice(targets))
        who = acting(actor)
        match chance.randrange(7):
            case 0 | 1 | 2:
                name, value = chance.choice([("full_name", "N"), ("email", "x@y.org"), ("is_verified", None)])
                new = chance.random() < 0.5 if value is None else f"{chance.randrange(100)}{value}"
                plan = await plan_edit(who, target, {name: new})
            case 3:
                plan = await (plan_deactivate if target.is_active else plan_activate)(who, target.id)
            case 4:
                plan = await plan_grant(who, target.id, "support")
            case 5:
                plan = await plan_revoke(who, target.id, "support")
            case _:
                plan = await plan_revoke_sessions(who, target.id)
        acknowledged.append(await apply(plan))

    async def work(actor: Account) -> None:
        for _round in range(ROUNDS):
            task = asyncio.create_task(one(actor))
            if chance.random() < 0.4:
                await asyncio.wait([task], timeout=chance.uniform(0, 0.02))
                task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.result()

    async with asyncio.timeout(60):
        await asyncio.gather(*(work(actor) for actor in actors))

    assert not [outcome for outcome in acknowledged if outcome.status in {Status.ERROR, Status.UNKNOWN}]
    present: list[UUID] = [event.op_id for event in await events(outcome="ok")]
    assert len(present) == len(set(present))
    done = {outcome.op_id for outcome in acknowledged if outcome.status is Status.OK}
    assert len(done) > WORKERS
    assert done <= set(present)
    for account in [*actors, *targets]:
        rows = await AuditEvent.filter(target_id=account.id, outcome="ok").order_by("seq")
        steps = [(row.version_before, row.version_after) for row in rows]
        assert steps == [(version, version + 1) for version in range(1, len(rows) + 1)]
        assert (await reread(account)).version == 1 + len(rows)
    report = await verify_chain(batch=7)
    assert report.is_whole, report
    assert report.rows == await AuditEvent.all().count()
    assert not await UserSession.all().exists()
