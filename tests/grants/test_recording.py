"""What is written past Shellback leaves a row of its own, and the chain holds; what Shellback writes leaves one row."""

import pytest

from models import AuditEvent
from models.operations import (
    Plan,
    ResetOptions,
    Status,
    apply,
    plan_create,
    plan_edit,
    plan_grant,
    plan_hard_delete,
    plan_reset,
    plan_soft_delete,
    plan_undo,
)
from models.operations.audit.verify import verify_chain
from models.operations.deletion.hard import confirmed
from tests.grants.tiers import TierDatabase
from tests.models.operations.people import acting, superuser, user
from tui.database import Database

pytestmark = pytest.mark.postgres_only
ODD = 'Zo\u00eb "\\ \U0001f600 \u200b\x7f\n\t'


async def test_a_raw_write_is_recorded_with_who_did_it_and_the_chain_holds(
    tiers: TierDatabase, database: Database
) -> None:
    alice, bob = await user("alice"), await user("bob")
    raw = await tiers.connect()
    try:
        await raw.execute("SET application_name = 'psql'")
        await raw.execute("UPDATE users SET full_name = $1, hashed_password = 'x' WHERE id = $2", ODD, alice.id)
        await raw.execute("DELETE FROM users WHERE id = $1", bob.id)
        await raw.execute("TRUNCATE user_roles")
    finally:
        await raw.close()
    emptied, deleted, changed = await AuditEvent.all().order_by("-seq").limit(3)
    assert (changed.action, changed.target_type, changed.target_id) == ("db.update", "user", alice.id)
    assert (changed.actor_id, changed.actor_label) == (None, f"database role {tiers.server.user}")
    assert changed.db_user == tiers.server.user
    assert changed.changes["full_name"] == ["", ODD]
    assert changed.changes["hashed_password"] == ["[redacted]", "[redacted: changed]"]
    assert changed.meta["application_name"] == "psql"
    undo = await plan_undo(acting(await superuser("root")), changed.op_id)
    assert "written past Shellback" in undo.refusals[0].reason
    assert (deleted.action, deleted.target_id, deleted.target_label) == ("db.delete", bob.id, "bob")
    assert (emptied.action, emptied.meta["table"]) == ("db.truncate", "user_roles")
    assert (await verify_chain()).is_whole


async def test_what_shellback_writes_is_recorded_once(tiers: TierDatabase, database: Database) -> None:
    root, alice, bob = await superuser("root"), await user("alice", "support"), await user("bob")
    before = await AuditEvent.filter(action__startswith="db.").count()
    actor = acting(root)

    async def do(plan: Plan) -> None:
        outcome = await apply(plan)
        assert outcome.status is Status.OK, outcome.sentence

    await do(await plan_create(actor, {"username": "carol"}))
    await do(await plan_edit(actor, alice, {"full_name": "Alice"}))
    await do(await plan_grant(actor, bob.id, "auditor"))
    await do(await plan_reset(actor, bob.id, ResetOptions()))
    await do(await plan_soft_delete(actor, bob.id))
    await do(confirmed(await plan_hard_delete(actor, alice.id), "alice"))
    assert await AuditEvent.filter(action__startswith="db.").count() == before
    assert (await verify_chain()).is_whole
