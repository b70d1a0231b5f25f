"""Which calls belong to which tier, and what stands in a database before and after those that do not."""

from __future__ import annotations

import asyncio
from typing import Final

from models.permissions import Codename
from tests.grants.tiers import TierDatabase
from tests.grants.walk.commands import Call
from tests.grants.walk.people import ROOT, STAFF
from tui.grants import Tier

_DDL: Final = frozenset({Codename.MIGRATIONS_APPLY})
"""What the superusers of Shellback may do, and their tier of the database does not: that is the DBA's."""


def staff(tier: Tier) -> str:
    """Who of the tier is signed in."""
    return ROOT if tier is Tier.SUPERUSER else STAFF[tier.value]


def is_of(tier: Tier, call: Call) -> bool:
    """Whether the call belongs to the tier: its accounts may do it, and its role of the database can."""
    if tier is Tier.SUPERUSER:
        return call.only != "owner" and _DDL.isdisjoint(call.needs)
    return call.is_for(tier.allowed)


WATCHED: Final = (
    "users",
    "user_roles",
    "roles",
    "role_permissions",
    "user_auth_state",
    "user_sessions",
    "one_time_tokens",
    "mfa_factors",
    "user_notes",
    "saved_views",
    "aerich",
)


def state_of(database: TierDatabase) -> dict[str, str]:
    """What stands in the tables, one number a table; of the audit only how much was done."""
    parts = [
        f"SELECT '{table}', md5(string_agg((to_jsonb(t) - 'last_seen_at')::text, '|' ORDER BY t::text)) FROM {table} t"
        for table in WATCHED
    ]
    parts.append("SELECT 'audit', count(*)::text FROM audit_events WHERE outcome = 'ok'")

    async def ask() -> dict[str, str]:
        connection = await database.connect()
        try:
            rows = await connection.fetch(" UNION ALL ".join(parts))
            return {row[0]: row[1] for row in rows}
        finally:
            await connection.close()

    return asyncio.run(ask())
