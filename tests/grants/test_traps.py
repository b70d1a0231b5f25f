"""What the owner of the tables left behind does not run as anybody who is more than the owner."""

import pytest

from tests.grants.tiers import TierDatabase
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
