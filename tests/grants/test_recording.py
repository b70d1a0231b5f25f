"""What is written past Shellback leaves a row of its own, and the chain holds; what Shellback writes leaves one row."""

import asyncio
import time

import asyncpg
import pytest

from models import AuditEvent, User
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
from tui.grants import Tier, functions
from tui.grants.functions import WAIT

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


BESIDE = """
    INSERT INTO one_time_tokens (purpose, token_hash, expires_at, password_fingerprint, user_id, created_by_id)
        VALUES ('reset', 'mine', now() + interval '20 minutes', 'x', {alice}, {sara});
    UPDATE one_time_tokens SET revoked_at = now() WHERE user_id = {alice};
    UPDATE user_sessions SET revoked_at = now() WHERE user_id = {alice};
    UPDATE user_auth_state SET locked_until = 'infinity' WHERE user_id = {alice};
    UPDATE user_auth_state SET failed_count = failed_count + 1, locked_until = 'tomorrow' WHERE user_id = {alice};
    UPDATE user_auth_state SET lock_cause = 'failures', locked_until = now() WHERE user_id = {alice};
    UPDATE user_auth_state SET last_login_at = now(), locked_until = NULL WHERE user_id = {alice};
    UPDATE user_auth_state SET failed_count = 0 WHERE user_id = {alice};
    INSERT INTO mfa_factors (kind, secret_encrypted, user_id, last_used_step) VALUES ('totp', 'x', {sara}, 7);
    UPDATE mfa_factors SET last_used_step = 6 WHERE user_id = {sara};
    INSERT INTO user_notes (author_label, body, user_id, author_id) VALUES ('sara', 'a lie', {alice}, {sara});
    UPDATE user_notes SET pinned = true WHERE user_id = {alice};
    DELETE FROM user_notes WHERE user_id = {alice};
    INSERT INTO saved_views (name, query, owner_id, columns) VALUES ('mine', 'is:locked', {sara}, '[1.10, 1e500]');
    UPDATE saved_views SET query = 'is:active';
    DELETE FROM saved_views;
    UPDATE users SET hashed_password = 'guess' WHERE id = {alice};
    UPDATE users SET hashed_password = 'guess' WHERE id = {alice};
"""
"""Each leaves one row. The last two do the same: a guess that is right must look like a wrong one."""
SILENT = """
    UPDATE user_auth_state SET failed_count = failed_count + 1, last_failed_at = now() WHERE user_id = {alice};
    UPDATE user_sessions SET last_seen_at = now() WHERE user_id = {alice} AND revoked_at IS NULL
"""


async def test_what_a_tier_writes_by_hand_beside_an_account_is_recorded_too(
    tiers: TierDatabase, database: Database
) -> None:
    alice, sara = await user("alice"), await user("sara", "support")
    app = await tiers.connect(tiers.app)
    raw = await tiers.connect(tiers.login(Tier.SUPPORT))
    try:
        # What the application does a thousand times a minute is its own.
        await app.execute(
            "INSERT INTO user_sessions (token_hash, kind, expires_at, user_id) VALUES"
            f" ('a', 'api', 'infinity', {alice.id}), ('b', 'api', 'infinity', {alice.id})"
        )
        await app.execute(f"INSERT INTO user_auth_state (user_id, failed_count) VALUES ({alice.id}, 3)")
        await app.execute("UPDATE user_sessions SET revoked_at = now() WHERE token_hash = 'b'")
        before = await AuditEvent.all().count()
        for statement in SILENT.split(";"):
            await raw.execute(statement.format(alice=alice.id, sara=sara.id))
        assert await AuditEvent.all().count() == before
        statements = [one.strip() for one in BESIDE.split(";") if one.strip()]
        for statement in statements:
            await raw.execute(statement.format(alice=alice.id, sara=sara.id))
    finally:
        await app.close()
        await raw.close()
    found = await AuditEvent.filter(seq__gt=before).order_by("seq")
    assert [(one.action, one.meta["table"]) for one in found] == [
        (f"db.{words[0].lower()}", words[1] if words[0] == "UPDATE" else words[2])
        for words in (statement.split() for statement in statements)
    ]
    assert {one.db_user for one in found} == {tiers.login(Tier.SUPPORT)}
    by_table = {one.meta["table"]: one for one in reversed(found)}
    link = by_table["one_time_tokens"]
    assert link.changes["one_time_tokens.token_hash"] == ["[redacted]", "[redacted: changed]"]
    assert "a lie" not in str([one.changes for one in found])
    assert by_table["user_auth_state"].changes == {"locked_until": [None, "infinity"]}
    view = by_table["saved_views"]
    assert (view.target_type, view.target_label, view.changes["query"]) == ("view", "mine", [None, "is:locked"])
    assert [one.changes for one in found[-2:]] == [{"hashed_password": ["[redacted]", "[redacted: changed]"]}] * 2
    assert (await verify_chain()).is_whole


async def test_what_goes_with_an_account_is_recorded_once(tiers: TierDatabase, database: Database) -> None:
    alice, bob = await user("alice", "support"), await user("bob")
    raw = await tiers.connect()
    try:
        await raw.execute(
            "INSERT INTO user_sessions (token_hash, kind, expires_at, user_id, revoked_at)"
            f" VALUES ('a', 'api', 'infinity', {alice.id}, NULL), ('b', 'api', 'infinity', {alice.id}, now())"
        )
        for whose in (bob.id, "NULL", bob.id):
            await raw.execute(f"UPDATE user_roles SET granted_by_id = {whose} WHERE user_id = {alice.id}")
        named = await AuditEvent.filter(action="db.update", target_id=alice.id).order_by("-seq").limit(3)
        assert [one.changes.get("user_roles.granted_by_id") for one in named] == [
            [None, bob.id],
            [bob.id, None],
            [None, bob.id],
        ]
        before = await AuditEvent.all().count()
        await raw.execute(f"DELETE FROM users WHERE id = {bob.id}")
        await raw.execute("DELETE FROM user_sessions WHERE token_hash = 'b'")
        assert await AuditEvent.all().count() == before + 1
        await raw.execute(f"DELETE FROM users WHERE id = {alice.id}")
    finally:
        await raw.close()
    found = await AuditEvent.filter(seq__gt=before).values_list("action", "target_label")
    assert found == [("db.delete", "bob"), ("db.delete", "alice")]


async def test_no_guess_is_quick_and_none_is_offline(
    tiers: TierDatabase, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a tier: the digest is not shown, and comparing takes its time before it says anything."""
    assert WAIT == 0.25
    monkeypatch.setattr(functions, "WAIT", WAIT)
    tiers.apply()
    sara = await user("sara", "support")
    stored = (await User.get(id=sara.id)).hashed_password
    first, second = [await tiers.connect(tiers.login(Tier.SUPPORT)) for _ in range(2)]
    ask = f"SELECT shellback_password_matches({sara.id}, $1::text[])"
    try:
        form = await first.fetchval(f"SELECT shellback_password_form({sara.id})")
        salted, _, digest = stored.rpartition("$")
        assert form == f"{salted}${'A' * len(digest)}"
        # A call that is over before the wait has told nothing; while one waits no other is answered.
        await second.execute("SET statement_timeout = '200ms'")
        with pytest.raises(asyncpg.QueryCanceledError):
            await second.fetchval(ask, [stored])
        await second.execute("SET statement_timeout = 0")
        began, answers = time.monotonic(), []
        for answer in asyncio.as_completed([first.fetchval(ask, ["x", stored]), second.fetchval(ask, ["x"])]):
            answers.append(await answer)
        assert set(answers) == {2, None}
        assert time.monotonic() - began >= 2 * WAIT
    finally:
        await first.close()
        await second.close()
