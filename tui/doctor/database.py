"""Whether the database answers, is this program's and of its version, and has the indexes that the lists need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.engines.errors import DatabaseError
from models.operations.audit.triggers import lacking_triggers
from tui.browse.cost.indexes import can_have_trigrams, index_advice
from tui.database import Kind, OpenError, identify, open_database
from tui.doctor.anchors import check_triggers
from tui.doctor.authenticators import check_authenticators
from tui.doctor.check import Check, failed, ok, warning
from tui.doctor.replica import check_replica
from tui.doctor.role import check_role
from tui.doctor.server import check_server
from tui.settings import SettingsError

if TYPE_CHECKING:
    from tui.database import Database, Identity
    from tui.settings import DatabaseUrl


async def check_database(
    url: DatabaseUrl, *, read_only: bool = False, read_url: DatabaseUrl | None = None, read_lag: float = 0
) -> list[Check]:
    """Open the database and look. What cannot be looked at is said once, as the connection's check."""
    try:
        database = await open_database(url, read_only=read_only)
    except (OpenError, SettingsError) as error:
        return [failed("connection", str(error), "mend that, and run doctor again: the database was not looked at")]
    except DatabaseError as error:
        return [failed("connection", error.sentence, "run doctor again: the database was not looked at")]
    found: list[Check] = []
    async with database:
        try:
            found += _connection(database)
            if url.server is not None:
                found += await check_server(database, url.server)
            if database.role is not None:
                found.append(check_role(database.role, url.server.user if url.server is not None else ""))
            if read_url is not None:
                found += await check_replica(database, read_url, read_lag)
            identity = await identify(database)
            found.append(_schema(identity))
            if identity.is_current:
                found += await _indexes()
                found.append(await check_authenticators())
                found.append(check_triggers(await lacking_triggers()))
        except DatabaseError as error:
            found.append(failed("connection", error.sentence, "run doctor again: the rest was not looked at"))
    return found


def _connection(database: Database) -> list[Check]:
    access = "read-only" if database.read_only else "read and write"
    checks = [ok("connection", f"{database.label} answers: {database.server}, {access}.")]
    if database.read_only and database.warnings:
        checks.append(
            warning("access", database.warnings[-1], "for changes, open the primary, or a file you may write")
        )
    return checks


def _schema(found: Identity) -> Check:
    if found.kind is Kind.FOREIGN:
        return failed("migrations", "The tables are another application's. Nothing was touched.", "check the URL")
    if found.ahead:
        sentence = f"The database is newer than this Shellback: it has {', '.join(found.ahead)}."
        return failed("migrations", sentence, "update Shellback")
    if found.kind is Kind.EMPTY:
        return failed("migrations", "The database is empty.", "shellback init")
    if found.pending:
        return failed("migrations", f"Not applied yet: {', '.join(found.pending)}.", "shellback migrate apply")
    return ok("migrations", f"All {len(found.applied)} are applied.")


async def _indexes() -> list[Check]:
    """One check for each index that is missing or invalid. Without one that the models declare, orders are refused."""
    checks: list[Check] = []
    for advice in await index_advice():
        if not advice.trigram:
            checks.append(failed("index", advice.sentence, "run, outside a transaction:", advice.sql))
        elif await can_have_trigrams():
            sentence = f"{advice.sentence} Without it such a search reads the whole table."
            checks.append(warning("index", sentence, "run, outside a transaction:", advice.sql))
        else:
            sentence = "This server does not have pg_trgm: *contains* reads the whole table."
            checks.append(warning("index", sentence, "install PostgreSQL's contrib modules on the server"))
    return checks or [ok("indexes", "Every index that lists, searches and deletions need is there.")]
