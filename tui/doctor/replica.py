"""Whether the read replica answers, follows this very database, and how far it is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.engines.errors import DatabaseError
from tui.database import identify
from tui.database.replica.attaching import attach_replica
from tui.doctor.check import Check, failed, ok, warning
from tui.settings import SettingsError

if TYPE_CHECKING:
    from tui.database import Database
    from tui.settings import DatabaseUrl

_NAME = "replica"


async def check_replica(database: Database, url: DatabaseUrl, limit: float) -> list[Check]:
    """Look at the replica of an open database. Raises what the primary's engine raises."""
    try:
        await attach_replica(database, url, limit)
    except SettingsError as error:
        return [failed(_NAME, error.sentence, "mend that: nothing else was looked at")]
    replica = database.replica
    if replica is None:
        return []
    whence = replica.whence
    if not whence.replica:
        if whence.passing:
            return [warning(_NAME, whence.sentence, "run doctor again: it should be there in a moment")]
        todo = (
            "give it time, or allow more with read_lag" if whence.kind == "behind" else "check read_url and its server"
        )
        return [failed(_NAME, whence.sentence, todo)]
    at = replica.at
    streams = "" if at is None or at.receives else " It receives nothing now: it may be fed by archived files."
    found = ok(_NAME, f"{url.label} follows this database: {whence.words.removeprefix('replica ')}.{streams}")
    applied = await identify(database)
    try:
        with replica.here():
            shown = await identify(database)
    except DatabaseError as error:
        return [found, warning("replica's migrations", error.sentence, "run doctor again")]
    if shown != applied:
        return [found, warning("replica's migrations", "It has other migrations than the primary.", "run doctor again")]
    return [found]
