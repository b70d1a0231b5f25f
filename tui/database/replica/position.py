"""How far the primary and its replica are, as each of them says, and what follows for the lag. Pure but for asking.

A position is a byte of the write-ahead log. All that is asked may be asked by every role.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from models.engines.errors import PermissionRefused

_ASK_PRIMARY: Final = """
    SELECT clock_timestamp() AS now, pg_is_in_recovery() AS standby, current_setting('wal_block_size')::int AS block,
        pg_size_bytes(current_setting('wal_segment_size')) AS segment,
        (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END
            - '0/0'::pg_lsn)::bigint AS inserted,
        (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END
            - '0/0'::pg_lsn)::bigint AS flushed,
        CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END AS timeline
"""
_ASK_REPLICA: Final = """
    SELECT clock_timestamp() AS now, pg_is_in_recovery() AS standby, pg_postmaster_start_time() AS started,
        (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint AS replayed,
        pg_last_xact_replay_timestamp() AS committed_at,
        CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS paused,
        EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) AS receives
"""
_ASK_SYSTEM: Final = "SELECT system_identifier AS system FROM pg_control_system()"
_ASK_TIMELINE: Final = """
    SELECT coalesce((SELECT received_tli FROM pg_stat_wal_receiver WHERE status = 'streaming'),
        (SELECT timeline_id FROM pg_control_checkpoint())) AS timeline
"""
_ASK_DATABASE: Final = """
    SELECT oid::bigint AS database, current_schema()::text AS schema,
        coalesce(to_regclass('users')::oid::bigint, 0) AS users
    FROM pg_database WHERE datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class PrimaryAt:
    """Where the primary is. `inserted` is behind every COMMIT it has acknowledged, `flushed` what it sends out."""

    now: datetime
    inserted: int
    flushed: int
    standby: bool = False
    timeline: int | None = None
    """Counts how often a server took over; None where it is a standby itself."""


@dataclass(frozen=True, slots=True)
class ReplicaAt:
    """Where the replica is. `committed_at` is when, by the primary's clock, the last COMMIT was made that it shows;
    `started` tells its server from another one behind the same name, and from itself after a restart."""

    now: datetime
    standby: bool
    started: datetime
    replayed: int | None
    committed_at: datetime | None
    paused: bool
    receives: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a primary and its replicas have in common, and no two others."""

    database: int
    schema: str | None
    system: int
    """The cluster's own identifier; where the role may not ask for it, the number of the users' table."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Where the primary was at some second of this program's own clock."""

    at: float
    flushed: int


async def ask_primary(client: Any) -> PrimaryAt:
    """Ask the primary. Raises what the engine raises."""
    row = (await client.execute_query_dict(_ASK_PRIMARY))[0]
    inserted = end_of_record(row["inserted"], row["block"], row["segment"])
    timeline = int(row["timeline"], 16) if row["timeline"] else None
    return PrimaryAt(row["now"], inserted, row["flushed"], row["standby"], timeline)


async def ask_replica(client: Any) -> ReplicaAt:
    """Ask the replica. Raises what the engine raises."""
    row = (await client.execute_query_dict(_ASK_REPLICA))[0]
    return ReplicaAt(
        row["now"],
        row["standby"],
        row["started"],
        row["replayed"],
        row["committed_at"],
        row["paused"],
        row["receives"],
    )


async def ask_timeline(client: Any) -> int | None:
    """Ask which timeline the replica follows: as it receives it, where the role may see that, else as of its last
    restart point, which comes some minutes after a failover. None where neither may be asked."""
    try:
        timeline: int | None = (await client.execute_query_dict(_ASK_TIMELINE))[0]["timeline"]
    except PermissionRefused:
        return None
    return timeline


async def ask_cluster(client: Any) -> Cluster:
    """Ask which cluster and which database of it this is. Raises what the engine raises."""
    row = (await client.execute_query_dict(_ASK_DATABASE))[0]
    try:
        system = (await client.execute_query_dict(_ASK_SYSTEM))[0]["system"]
    except PermissionRefused:
        system = row["users"]
    return Cluster(row["database"], row["schema"], system)


def end_of_record(inserted: int, block: int, segment: int) -> int:
    """Return where the last record ends. Where one ended with its page, PostgreSQL gives the place behind the next
    page's header (24 bytes, 40 on a segment's first page), which no replica reaches before there is another record."""
    if inserted % segment < block:
        return inserted - 40 if inserted % segment == 40 else inserted
    return inserted - 24 if inserted % block == 24 else inserted


def lag(primary: PrimaryAt | None, replica: ReplicaAt, samples: Iterable[Sample], now: float) -> float | None:
    """Return how many seconds what the replica shows is behind at most; None when nothing tells.

    0 when it shows all that the primary has written, however long ago that was: an idle primary is no lag. Else since
    the last moment from which it is known to show everything: when the primary was where the replica is now, or made
    the last COMMIT that the replica shows.
    """
    if replica.replayed is None:
        return None
    if primary is not None and replica.replayed >= primary.flushed:
        return 0.0
    since = [now - sample.at for sample in samples if sample.flushed <= replica.replayed]
    if replica.committed_at is not None:
        # Both moments by the primary's clock, where it was asked.
        since.append(((primary or replica).now - replica.committed_at).total_seconds())
    return max(0.0, min(since)) if since else None
