"""What is between the program and a PostgreSQL server: encryption, and a pooler that gives transactions away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.engines.from_asyncpg import translated
from tui.database.way import Pooling, Way, pooling_between
from tui.doctor.check import Check, failed, ok, warning

if TYPE_CHECKING:
    from tui.database import Database
    from tui.settings import Server


async def check_server(database: Database, server: Server) -> list[Check]:
    """Ask over connections of the pool. Raises what the engine raises."""
    checks = [encryption(server, database.way)] if database.way is not None else []
    if server.maxsize == 1:
        return checks
    async with database.client.acquire_connection() as one, database.client.acquire_connection() as other:
        try:
            found = await pooling_between(one, other)
        except Exception as error:
            raise translated(error) from error
    return [*checks, pooler(found, told=server.pgbouncer)]


def encryption(server: Server, way: Way) -> Check:
    """Return the check of TLS: what is used, and whether the server was proven."""
    sentence = way.sentence(server)
    if server.is_local:
        return ok("encryption", sentence)
    if not way.ours:
        return failed("encryption", sentence, "take sslmode=disable out of the URL: verify-full is the default")
    if server.exposed:
        return warning(
            "encryption",
            f"{sentence} {server.exposed}",
            "use sslmode=verify-full with sslrootcert, and no --insecure-tls",
        )
    if not way.theirs:
        return warning(
            "encryption", sentence, "encrypt the line from there to the server as well, or keep it on one machine"
        )
    return ok("encryption", sentence)


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
