"""What is between the program and a PostgreSQL server: encryption, and a pooler that gives transactions away."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import asyncpg

from tui.doctor.check import Check, failed, ok, warning

if TYPE_CHECKING:
    from tui.database import Database
    from tui.settings import Server


async def check_server(database: Database, server: Server) -> list[Check]:
    """Ask over connections of the pool. Raises what the engine raises."""
    pool = await database.client.ensure_pool()
    async with pool.acquire() as one, pool.acquire() as other:
        return [_encryption(server, one), pooler(await _pooling(one, other), told=server.pgbouncer)]


def _encryption(server: Server, connection: Any) -> Check:
    found = connection._transport.get_extra_info("ssl_object")  # asyncpg has no public way to it
    used = f"{found.version()} {found.cipher()[0]}" if found is not None else ""
    if server.host.startswith("/"):
        return ok("encryption", "None is needed: a socket of this machine.")
    if not used:
        if server.is_local:
            return ok("encryption", "None: the connection does not leave this machine.")
        return failed(
            "encryption",
            f"Passwords and rows travel to {server.host} in plain text.",
            "take sslmode=disable out of the URL: verify-full is the default",
        )
    if server.sslmode in ("verify-full", "verify-ca") or server.is_local:
        return ok("encryption", f"{used}, certificate {'verified' if server.sslmode != 'require' else 'not verified'}.")
    return warning(
        "encryption",
        f"{used}, but the certificate of {server.host} was not verified: another server could pose as it.",
        "use sslmode=verify-full with sslrootcert, and no --insecure-tls",
    )


class Pooling(StrEnum):
    """What stands before the server, and when it changes which server process a connection speaks to."""

    NONE = "none"
    SESSION = "session"
    TRANSACTION = "transaction"


async def _pooling(one: Any, other: Any) -> Pooling:
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


def pooler(found: Pooling, *, told: bool) -> Check:
    """Return the check of a pooler; `told`: the URL says pgbouncer=true."""
    if found is Pooling.NONE and told:
        return warning(
            "pooler",
            "The URL says pgbouncer=true, but the server answers itself: reads go without their time limit.",
            "take pgbouncer=true out of the URL",
        )
    if found is Pooling.NONE:
        return ok("pooler", "None: the server answers itself.")
    if found is Pooling.TRANSACTION and not told:
        return failed(
            "pooler",
            "A pooler hands out the server by transaction: settings of one client reach another.",
            "add pgbouncer=true to the URL",
        )
    return ok("pooler", f"One that hands out the server by {found}{'; the URL says so' if told else ''}.")
