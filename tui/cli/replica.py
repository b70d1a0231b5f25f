"""Where a command reads a list: from the replica if it shows all that the primary had when the command began.

A command knows nothing of the one before it. So that `users create` and then `users list` agree, the replica is waited
for a moment; if it is later than that, the primary is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tui.cli.output import note
from tui.cli.place import locate
from tui.database.replica.attaching import attach_replica
from tui.database.replica.reads import PRIMARY, Reads

if TYPE_CHECKING:
    import argparse

    from tui.cli.running import Session

CATCH_UP_SECONDS: Final = 1.0


async def reads_of(args: argparse.Namespace, session: Session) -> Reads:
    """Return where this command reads its list, and say why where that is not the replica. Raises `SettingsError`."""
    place = locate(args)
    if args.primary or place.read_url is None:
        return PRIMARY
    database = session.database
    await attach_replica(database, place.read_url, place.profile.read_lag)
    reads = database.reads
    if reads.replica is not None:
        await reads.replica.caught_up(CATCH_UP_SECONDS)
        if reads.replica.whence.sentence:
            note(f"shellback: {reads.replica.whence.sentence}")
    return reads


def read_from(reads: Reads) -> dict[str, Any]:
    """Return what a document says of where its list was read; nothing where there is only one place."""
    if reads.replica is None:
        return {}
    replica, whence = reads.replica, reads.whence or reads.replica.whence
    lag = replica.lag if whence.replica else None
    found = {"server": "replica" if whence.replica else "primary", "reason": whence.sentence or None}
    return {"read_from": {**found, "lag_seconds": None if lag is None else round(lag, 3)}}
