"""Rows that the database leaves as they are, and says nothing of: never success, and nothing is half done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import Account, MfaFactor, OneTimeToken, UserAuthState, UserNote, UserRole, UserSession
from models.clock import database_now
from models.operations import (
    Status,
    apply,
    plan_deactivate,
    plan_delete_note,
    plan_edit,
    plan_rescue,
    plan_revoke,
    plan_revoke_sessions,
    plan_soft_delete,
    system_actor,
)
from models.operations.locks import plan_unlock
from models.operations.mfa.reset import plan_reset_factors
from models.operations.sessions import plan_end_session
from models.operations.transactions import connection
from tests.models.operations.mfa.phone import foreign
from tests.models.operations.people import acting, events, reread, superuser, user
from tests.models.operations.raw import execute

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.operations import Actor, Plan
    from tui.database import Database


async def _end_one(actor: Actor, user_id: int) -> Plan:
    session = await UserSession.get(user_id=user_id)
    return await plan_end_session(actor, user_id, session.id)


async def _mfa(actor: Actor, user_id: int) -> Plan:
    return await plan_reset_factors(actor, user_id)


async def _edit(actor: Actor, user_id: int) -> Plan:
    return await plan_edit(actor, await Account.get(id=user_id), {"full_name": "Alice"})


async def _revoke(actor: Actor, user_id: int) -> Plan:
    return await plan_revoke(actor, user_id, "support")


async def _delete_note(actor: Actor, user_id: int) -> Plan:
    return await plan_delete_note(actor, user_id, (await UserNote.get(user_id=user_id)).id)


async def _rescue(actor: Actor, user_id: int) -> Plan:
    return await plan_rescue(system_actor(), "alice", reason="all left")


CASES: dict[str, tuple[str, str, Callable[[Actor, int], Awaitable[Plan]]]] = {
    "sessions go on": ("user_sessions", "UPDATE", plan_revoke_sessions),
    "one session goes on": ("user_sessions", "UPDATE", _end_one),
    "sessions of a deactivated one": ("user_sessions", "UPDATE", plan_deactivate),
    "a link still works": ("one_time_tokens", "UPDATE", plan_soft_delete),
    "an authenticator stays": ("mfa_factors", "DELETE", plan_soft_delete),
    "an authenticator is not reset": ("mfa_factors", "DELETE", _mfa),
    "a lock stays": ("user_auth_state", "UPDATE", plan_unlock),
    "an account stays as it is": ("users", "UPDATE", _edit),
    "a role is kept": ("user_roles", "DELETE", _revoke),
    "a note stays": ("user_notes", "DELETE", _delete_note),
    "an authenticator outlives a rescue": ("mfa_factors", "DELETE", _rescue),
}


@pytest.mark.parametrize("name", CASES)
async def test_a_row_that_is_silently_kept_undoes_the_whole(database: Database, name: str) -> None:
    table, verb, plan_of = CASES[name]
    root, alice = await superuser(), await user("alice", "support", email="alice@example.com")
    now = await database_now(connection())
    async with in_transaction():
        await UserSession.create(user_id=alice.id, token_hash="t", kind="web", expires_at=now + timedelta(days=1))
        await UserNote.create(user_id=alice.id, author_label="root", body="calls on Mondays")
        await UserAuthState.create(user_id=alice.id, failed_count=10, locked_until=now + timedelta(hours=1))
        await OneTimeToken.create(
            user_id=alice.id,
            purpose="reset",
            token_hash="l",
            expires_at=now + timedelta(minutes=30),
            password_fingerprint="f",
        )
    await foreign(alice, "key")
    plan = await plan_of(acting(root), alice.id)
    await execute(
        database,
        {
            "sqlite": f"CREATE TRIGGER silent BEFORE {verb} ON {table} BEGIN SELECT RAISE(IGNORE); END",
            "postgres": f"""
                CREATE FUNCTION silent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                CREATE TRIGGER silent BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION silent();
            """,
        }[database.dialect],
    )
    outcome = await apply(plan)
    assert outcome.status is Status.REFUSED
    assert "refuses this" in outcome.sentence
    assert "Nothing was changed" in outcome.sentence
    assert (await reread(alice)).version == alice.version
    assert [event.outcome for event in await events()] == ["denied"]
    assert await UserSession.filter(revoked_at=None).count() == 1
    assert await OneTimeToken.filter(revoked_at=None).count() == 1
    assert await MfaFactor.all().count() == await UserNote.all().count() == await UserRole.all().count() == 1
