"""Every statement that is out of a tier's scope is refused by the server, whatever program sends it."""

import uuid
from collections.abc import Iterator

import asyncpg
import pytest

from models.passwords.hashing import NOBODYS
from tests.grants.byhand import NOTHING, REFUSED, WORKS
from tests.grants.tiers import TierDatabase, apply_tiers, roles_of
from tests.postgres import PostgresServer
from tui.grants import Tier

pytestmark = pytest.mark.postgres_only
NAMES = {
    Tier.SUPPORT: "sara",
    Tier.OPERATOR: "olga",
    Tier.AUDITOR: "adam",
    Tier.DBA: "dora",
    Tier.SUPERUSER: "root",
}


@pytest.fixture(scope="module")
def fenced(postgres_server: PostgresServer, _template: str) -> Iterator[TierDatabase]:
    """One database with people in it, under the tiers. Every statement is rolled back."""
    with roles_of(postgres_server, f"t{uuid.uuid4().hex[:10]}_") as prefix:
        name = f"fenced_{uuid.uuid4().hex}"
        postgres_server.create(name, template=_template)
        try:
            made = apply_tiers(postgres_server, postgres_server.url(name), prefix=prefix)
            postgres_server.execute(PEOPLE.format(hash=NOBODYS), name)
            yield made
        finally:
            postgres_server.drop(name)


PEOPLE = """
    INSERT INTO users (username, username_key, hashed_password, is_superuser)
        SELECT name, name, '{hash}', name = 'root'
        FROM unnest(ARRAY['root', 'sara', 'olga', 'adam', 'dora', 'alice']) name;
    INSERT INTO user_roles (user_id, role_id) SELECT u.id, r.id FROM users u JOIN roles r ON (u.username, r.name)
        IN (('sara', 'support'), ('olga', 'operator'), ('adam', 'auditor'), ('dora', 'dba'));
    INSERT INTO user_sessions (token_hash, kind, expires_at, user_id) SELECT username, 'tui', 'infinity', id FROM users;
    INSERT INTO step_ups (kind, expires_at, session_id) SELECT 'bulk', now(), id FROM user_sessions;
    INSERT INTO user_auth_state (user_id) SELECT id FROM users;
    INSERT INTO mfa_factors (kind, secret_encrypted, user_id) SELECT 'totp', 'x', id FROM users;
    INSERT INTO one_time_tokens (purpose, token_hash, expires_at, password_fingerprint, user_id)
        SELECT 'reset', username, 'infinity', 'x', id FROM users;
    INSERT INTO user_sessions (token_hash, kind, expires_at, user_id, revoked_at)
        SELECT 'ended', 'web', 'infinity', id, now() FROM users WHERE username = 'alice';
    INSERT INTO one_time_tokens (purpose, token_hash, expires_at, password_fingerprint, user_id, revoked_at)
        SELECT 'ended', 'ended', 'infinity', 'x', id, now() FROM users WHERE username = 'alice';
    INSERT INTO login_attempts (username_tried, outcome, user_id) SELECT username, 'ok', id FROM users;
    INSERT INTO user_notes (author_label, body, user_id, author_id) SELECT username, 'x', id, id FROM users;
    INSERT INTO saved_views (name, query, owner_id) SELECT username, 'x', id FROM users;
"""
"""Everybody, each with a session, a state, an authenticator, a link, an attempt, a note and a view."""


@pytest.mark.parametrize("tier", Tier)
async def test_out_of_scope_is_refused_by_the_server(fenced: TierDatabase, tier: Tier) -> None:
    owner = await fenced.connect()
    words = await _words(fenced, owner, tier)
    before = await _state(owner)
    connection = await fenced.connect(fenced.login(tier))
    wrong: list[str] = []
    try:
        for statement in REFUSED[tier]:
            told = await _tried(connection, statement.format(**words))
            unseen = tier is Tier.DBA and told == "UPDATE 0"  # to a DBA those rows are not there
            if told != "42501" and not unseen:
                wrong.append(f"{statement}: {told}")
        for statement in NOTHING[tier]:
            told = await _tried(connection, statement.format(**words))
            if told.split()[-1] != "0":
                wrong.append(f"{statement}: {told}, and not 0 rows")
        for statement in WORKS[tier]:
            told = await _tried(connection, statement.format(**words))
            if told.split()[-1] == "0" or told.isdigit():
                wrong.append(f"{statement}: {told}, and it should work")
        assert wrong == [], "\n" + "\n".join(wrong)
        assert await _state(owner) == before
    finally:
        await connection.close()
        await owner.close()


async def _tried(connection: asyncpg.Connection, statement: str) -> str:
    """The command's own word of it, or the code of the refusal; undone again."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        return str(await connection.execute(statement))
    except asyncpg.PostgresError as error:
        return str(error.sqlstate)
    finally:
        await transaction.rollback()


async def _words(fenced: TierDatabase, owner: asyncpg.Connection, tier: Tier) -> dict[str, object]:
    ids = {row["username"]: row["id"] for row in await owner.fetch("SELECT id, username FROM users")}
    roles = {row["name"]: row["id"] for row in await owner.fetch("SELECT id, name FROM roles")}
    sessions = "SELECT id FROM user_sessions WHERE user_id = $1"
    session = await owner.fetchval(sessions, ids["root"])
    choice = fenced.choice
    return {
        **ids,
        "me": ids[NAMES[tier]],
        "my_name": NAMES[tier],
        "my_role": roles.get(tier.value, roles["support"]),
        "boss_role": roles["dba" if tier is not Tier.DBA else "operator"],
        "root_session": session,
        "my_session": await owner.fetchval(sessions, ids[NAMES[tier]]),
        "owner": choice.owner_role,
        "audit": choice.audit_role,
        "above": choice.role(Tier.SUPERUSER),
        "prefix": choice.prefix,
        "login": fenced.login(tier),
        "server": fenced.server.user,
    }


async def _state(owner: asyncpg.Connection) -> list[object]:
    tables = ("users", "user_roles", "mfa_factors", "audit_events", "user_sessions", "one_time_tokens")
    return [await owner.fetch(f"SELECT * FROM {table} ORDER BY id") for table in tables]
