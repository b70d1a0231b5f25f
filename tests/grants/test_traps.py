"""What the owner of the tables left behind does not run as anybody who is more than the owner."""

import pytest

from models import Account
from models.operations import AuditDraft, record
from models.operations.context import target_of
from tests.grants.tiers import TierDatabase
from tests.models.operations.people import acting, user
from tests.tui.cli.conftest import in_database
from tui.grants import Tier, revoke_statements

pytestmark = pytest.mark.postgres_only

TRAP = """
    SET ROLE "{owner}";
    CREATE FUNCTION public.format(text, name) RETURNS text LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'format ran as %', current_user; END $$;
    CREATE FUNCTION public.array_remove(anyarray, text) RETURNS anyarray LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'array_remove ran as %', current_user; END $$;
"""
"""Better matches for calls with a name among their values than what PostgreSQL itself has."""


async def test_the_sql_calls_no_function_that_somebody_left_in_the_schema(tiers: TierDatabase) -> None:
    dba = await tiers.connect(tiers.login(Tier.DBA))
    try:
        await dba.execute(TRAP.format(owner=tiers.choice.owner_role))
    finally:
        await dba.close()
    tiers.apply()
    tiers.server.execute(revoke_statements(tiers.choice), tiers.name)


REPLACED = """
    SET ROLE "{owner}";
    CREATE OR REPLACE FUNCTION public.{name}(account integer, allowed text[]) RETURNS boolean LANGUAGE plpgsql AS
        $$ BEGIN IF current_user = '{audit}' THEN RAISE EXCEPTION 'ran as the audit'; END IF; RETURN true; END $$;
"""


def test_nothing_of_the_owner_runs_as_the_owner_of_the_audit(tiers: TierDatabase) -> None:
    async def people() -> Account:
        return await user("sara", "support")

    sara = in_database(tiers.url(tiers.server.user), people)
    for name in ("shellback_within", "shellback_enters"):
        sql = REPLACED.format(owner=tiers.choice.owner_role, audit=tiers.choice.audit_role, name=name)
        tiers.server.execute(sql, tiers.name)

    async def write() -> None:
        await record(AuditDraft(acting(sara), "user.edit", target_of(sara)))

    in_database(tiers.tier_url(Tier.SUPPORT), write)
    readable = f"""DO $$ BEGIN IF has_any_column_privilege('{tiers.choice.audit_role}', 'users', 'SELECT')
        THEN RAISE EXCEPTION 'the owner of the audit reads users'; END IF; END $$"""
    tiers.server.execute(readable, tiers.name)
