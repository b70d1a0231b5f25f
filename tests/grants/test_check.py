"""`--check`: nothing to say of what was just made, a sentence for each change since; and the way back."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.grants.tiers import TierDatabase
from tui.grants import Tier, differences, revoke_statements

pytestmark = pytest.mark.postgres_only


async def found(tiers: TierDatabase) -> list[str]:
    connection = await tiers.connect()

    async def ask(sql: str, *values: Any) -> Sequence[Any]:
        return await connection.fetch(sql, *values)

    try:
        return await differences(ask, tiers.choice)
    finally:
        await connection.close()


DRIFT = {
    'GRANT SELECT ON users TO "{support}"': "{support} may SELECT users, which nobody granted here.",
    'GRANT SELECT (hashed_password) ON users TO "{dba}"': "{dba} may SELECT users.hashed_password, which nobody",
    "GRANT SELECT ON users TO PUBLIC": "PUBLIC may SELECT users, which nobody granted here.",
    'REVOKE INSERT ON audit_events FROM "{operator}"': "{operator} may not INSERT audit_events.",
    "ALTER TABLE users DISABLE ROW LEVEL SECURITY": "Row security of users is off",
    "DROP TRIGGER shellback_recorded ON users": "The trigger shellback_recorded of users is not there.",
    "ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only": "append_only of audit_events is off",
    "ALTER TABLE audit_events DISABLE TRIGGER shellback_audit_guard": "shellback_audit_guard of audit_events is off",
    'ALTER TABLE audit_events OWNER TO "{owner}"': "The table audit_events belongs to {owner}, not to {audit}.",
    'CREATE POLICY more ON users FOR UPDATE TO "{auditor}" USING (true)': "The policy more of users is not one of ours",
    "ALTER POLICY shellback_support_update ON users WITH CHECK (true)": "_support_update of users is another one now",
    "DROP POLICY shellback_dba_select ON users": "_dba_select of users is not there",
    'GRANT "{owner}" TO "{support}_login"': "{support}_login is a member of {owner}",
    'ALTER ROLE "{auditor}" BYPASSRLS': "The role {auditor} may more than a tier: pass by row security.",
    'GRANT CREATE ON SCHEMA public TO "{support}"': "{support} has CREATE on the schema",
    "GRANT EXECUTE ON FUNCTION shellback_password_form(integer) TO PUBLIC": "form may be called by PUBLIC",
    "CREATE FUNCTION shellback_stored_hash(integer) RETURNS text LANGUAGE sql AS 'SELECT 1'": "stored_hash is not one",
    "ALTER FUNCTION shellback_within(integer, text[]) RESET search_path": "_within runs with other rights or other",
    "ALTER FUNCTION shellback_record() SECURITY INVOKER": "_record runs with other rights or other settings",
    'ALTER ROLE "{support}_login" BYPASSRLS': "{support}_login works under {support} and passes by row security.",
    "DROP TRIGGER shellback_recorded ON roles; CREATE CONSTRAINT TRIGGER shellback_recorded AFTER INSERT ON roles"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shellback_record()": "of roles fires at other",
    "DROP TRIGGER shellback_recorded ON roles; CREATE CONSTRAINT TRIGGER shellback_recorded AFTER INSERT OR UPDATE OR"
    " DELETE ON roles DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (false) EXECUTE FUNCTION shellback_record()": (
        "The trigger shellback_recorded of roles fires at other moments now."
    ),
    "DROP TRIGGER shellback_mark_link ON one_time_tokens": "The trigger shellback_mark_link of one_time_tokens is not",
    "CREATE OR REPLACE FUNCTION shellback_record() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'": (
        "The function shellback_record does something else now."
    ),
}


async def test_what_was_just_made_differs_in_nothing_and_each_change_is_told(tiers: TierDatabase) -> None:
    assert await found(tiers) == []
    names = {tier.value: tiers.choice.role(tier) for tier in Tier}
    names |= {"owner": tiers.choice.owner_role, "audit": tiers.choice.audit_role, "prefix": tiers.choice.prefix}
    connection = await tiers.connect()
    try:
        for statement, sentence in DRIFT.items():
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(statement.format(**names))

            async def ask(sql: str, *values: Any) -> Sequence[Any]:
                return await connection.fetch(sql, *values)

            told = await differences(ask, tiers.choice)
            assert any(sentence.format(**names) in one for one in told), (statement, told)
            await transaction.rollback()
    finally:
        await connection.close()


async def test_it_is_all_taken_away_again(tiers: TierDatabase) -> None:
    tiers.server.execute(revoke_statements(tiers.choice), tiers.name)
    connection = await tiers.connect()
    try:
        assert await connection.fetchval("SELECT count(*) FROM pg_policies") == 0
        assert await connection.fetchval("SELECT count(*) FROM pg_class WHERE relrowsecurity") == 0
        left = await connection.fetch(
            "SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1) AND rolname NOT LIKE '%login'",
            tiers.choice.prefix,
        )
        assert [row["rolname"] for row in left] == [tiers.app]
        assert await connection.fetchval("SELECT relowner::regrole::text FROM pg_class WHERE relname = 'users'")
        names = await connection.fetch("SELECT proname::text FROM pg_proc WHERE proname LIKE 'shellback%' ORDER BY 1")
        assert [row[0] for row in names] == [
            "shellback_append_only",
            "shellback_archived_only",
            "shellback_users_key",
        ]
    finally:
        await connection.close()
    # An earlier version had one that handed out more.
    old = "CREATE FUNCTION shellback_stored_hash(integer) RETURNS text LANGUAGE sql AS 'SELECT 1'"
    tiers.server.execute(old, tiers.name)
    tiers.apply()
    assert await found(tiers) == []
