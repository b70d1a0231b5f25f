"""Working as the owner of the application's tables, where whoever connected may, and is not it by itself.

Where the tiers are roles of PostgreSQL (`shellback grants`) a DBA has the rights of the owner only after SET ROLE: what
a migration makes then belongs to the owner, and not to the person. Elsewhere nothing is asked for and nothing changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import asyncpg

_OWNER: Final = """
    SELECT quote_ident(pg_get_userbyid(c.relowner)) FROM pg_class c
    WHERE c.oid = coalesce(to_regclass('aerich'), to_regclass('users'))
        AND NOT pg_has_role(current_user, c.relowner, 'USAGE')
        AND pg_has_role(current_user, c.relowner,
            CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
"""


async def become_owner(connection: asyncpg.Connection[Any]) -> str:
    """Return the statement that makes the connection the owner; empty where it is, or may not be."""
    owner = await connection.fetchval(_OWNER)
    return f"SET ROLE {owner};" if owner else ""
