"""What lies between the program and a PostgreSQL server: encryption, and a pooler that gives the server away.

Looked at when a database is opened, so that a pooler that mixes sessions is told before it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from models.engines.errors import DatabaseUnavailable
from models.engines.from_asyncpg import translated
from models.engines.postgres import SESSION_LIMITS

if TYPE_CHECKING:
    from tui.database.opening import Database
    from tui.settings import Server

_ASK: Final = """
    SELECT pg_backend_pid() AS pid, setting::bigint AS limit,
        (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS encrypted,
        (SELECT version || ' ' || cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS used
    FROM pg_settings WHERE name = 'statement_timeout'
"""
MIXES: Final = (
    "A pooler (PgBouncer?) stands before the server and drops the settings of a session, its time limits among them: "
    "add pgbouncer=true to the database URL."
)

_CHECKED: Final = {
    "name": "certificate verified to the name",
    "authority": "certificate verified, but not its name",
    "nothing": "certificate not verified",
}


@dataclass(frozen=True, slots=True)
class Way:
    """How a connection reaches its server. `ours` is version and cipher of TLS at this end, `theirs` what the server
    says in pg_stat_ssl of the line that reaches it; "" where a line is in plain text."""

    ours: str
    theirs: str
    pooled: bool

    def sentence(self, server: Server) -> str:
        """Return one sentence about the encryption of the whole way."""
        if server.is_socket and not self.pooled:
            return "None is needed: a socket of this machine."
        if not self.ours:
            if server.is_local:
                return "None: the connection does not leave this machine."
            return f"Passwords and rows travel to {server.host} in plain text."
        checked = _CHECKED[server.verifies]
        if not self.theirs:
            return f"{self.ours}, {checked}; it ends before the server, whose own line (pg_stat_ssl) is in plain text."
        if self.pooled:
            return f"{self.ours} to the pooler, {checked}; {self.theirs} from there to the server (pg_stat_ssl)."
        return f"{self.ours}, {checked}; the server says so too (pg_stat_ssl)."


async def look_at_the_way(database: Database, server: Server) -> Way:
    """Ask over one connection. Raises `DatabaseUnavailable` for a pooler that cannot be worked through, and what the
    engine raises."""
    client = database.client
    async with client.acquire_connection() as connection:
        try:
            row = await connection.fetchrow(_ASK)
            # A pooler greets with a process id of its own making.
            pooled = row["pid"] != connection.get_server_pid()
            if pooled:
                # One that gives the server away after each statement refuses this.
                await connection.execute("BEGIN READ ONLY")
                await connection.execute("ROLLBACK")
        except Exception as error:
            raise translated(error) from error
        if pooled and not server.pgbouncer and row["limit"] != int(SESSION_LIMITS["statement_timeout"]):
            raise DatabaseUnavailable(f"{MIXES} Nothing was changed.", code="pooler-settings")
        return Way(tls_of(connection), row["used"] or "" if row["encrypted"] else "", pooled)


def tls_of(connection: Any) -> str:
    """Return version and cipher at this end of a connection; "" in plain text."""
    found = connection._transport.get_extra_info("ssl_object")  # asyncpg has no public way to it
    return f"{found.version()} {found.cipher()[0]}" if found is not None else ""


class Pooling(StrEnum):
    """What stands before the server, and when it changes which server process a connection speaks to."""

    NONE = "none"
    SESSION = "session"
    TRANSACTION = "transaction"


async def pooling_between(one: Any, other: Any) -> Pooling:
    """Compare process ids. A pooler makes up the one that it greets with; one that pools by transaction gives the
    process that has just served a connection to whoever begins the next transaction, or forgets what was prepared.
    """
    greeted = other.get_server_pid()
    try:
        before = await other.fetchval("SELECT pg_backend_pid()")
        if before == greeted:
            return Pooling.NONE
        await one.execute("BEGIN READ ONLY")
        try:
            taken = await one.fetchval("SELECT pg_backend_pid()")
            after = await other.fetchval("SELECT pg_backend_pid()")
        finally:
            await one.execute("ROLLBACK")
    except (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError):
        return Pooling.TRANSACTION
    return Pooling.TRANSACTION if taken == before or after != before else Pooling.SESSION
