"""The SQL itself: it is taken by a server, also twice."""

import pytest

from tests.grants.tiers import TierDatabase
from tui.grants import Tier

pytestmark = pytest.mark.postgres_only


async def test_run_twice_it_changes_nothing(tiers: TierDatabase) -> None:
    before = await _acl(tiers)
    tiers.apply()
    assert await _acl(tiers) == before


async def test_each_tier_reads_its_own_account_and_no_hash(tiers: TierDatabase) -> None:
    for tier in Tier:
        connection = await tiers.connect(tiers.login(tier))
        try:
            await connection.fetch("SELECT id, username FROM users")
        finally:
            await connection.close()


async def _acl(tiers: TierDatabase) -> list[object]:
    connection = await tiers.connect()
    try:
        rows = await connection.fetch(
            "SELECT relname, relowner::regrole::text AS owner, relrowsecurity, (SELECT array_agg(a::text ORDER BY"
            " a::text) FROM unnest(relacl) a) AS acl FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " ORDER BY relname"
        )
        more = await connection.fetch("SELECT tablename, policyname, qual, with_check FROM pg_policies ORDER BY 1, 2")
        return [*map(tuple, rows), *map(tuple, more)]
    finally:
        await connection.close()
