"""What PostgreSQL is asked about who stands in the way, how far a long statement is, and to end somebody's. Pure."""

from __future__ import annotations

import re
from typing import Final

IS_THERE: Final = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1 AND application_name = $2)"

_PERSON: Final = """a.pid, a.usename AS "user", a.application_name AS application,
        coalesce(a.client_addr::text, 'local') AS client, a.state,
        round(extract(epoch FROM clock_timestamp() - a.xact_start)::numeric, 1)::float8 AS seconds,
        left(a.query, 200) AS query, a.backend_start, a.xact_start"""

WAITS_FOR: Final = f"SELECT {_PERSON} FROM pg_stat_activity a WHERE a.pid = ANY (pg_blocking_pids($1))"  # noqa: S608
"""Who blocks the statement of a backend."""

STILL: Final = f"""
    SELECT {_PERSON}
    FROM pg_stat_activity a JOIN unnest($1::int4[], $2::timestamptz[]) AS told (pid, begun) USING (pid)
    WHERE a.xact_start = told.begun
"""  # noqa: S608 - no value in it
"""Which of some transactions go on."""

HOLDERS: Final = """
    SELECT a.pid, a.usename AS "user", a.application_name AS application,
        coalesce(a.client_addr::text, 'local') AS client,
        round(extract(epoch FROM clock_timestamp() - a.backend_start)::numeric, 1)::float8 AS seconds,
        a.backend_start
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::int4::oid AND l.objid = ($2::int8 & 4294967295)::oid
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

_SESSION: Final = "FROM pg_stat_activity a WHERE a.pid = $1 AND a.backend_start IS NOT DISTINCT FROM $2"
"""Whoever may not see when another role's session began gets none, both times."""
SIGNALS: Final = {
    "cancel": f"SELECT pg_cancel_backend(a.pid) {_SESSION}",
    "terminate": f"SELECT pg_terminate_backend(a.pid) {_SESSION}",
}
SENTENCES: Final = {
    "cancel": "pid {pid} was asked to stop its statement.",
    "terminate": "pid {pid} was asked to end its session; what it had not committed is undone.",
}
REFUSALS: Final = {
    "cancel": "PostgreSQL did not let this role cancel the statement of pid {pid}: {reason}.",
    "terminate": "PostgreSQL did not let this role end the session of pid {pid}: {reason}.",
}

_BUILDS: Final = re.compile(r"(?:CREATE\s+(?:UNIQUE\s+)?INDEX|REINDEX)\b", re.IGNORECASE)
_CLUSTERS: Final = re.compile(r"(?:CLUSTER\b|VACUUM\s*(?:\([^)]*\bFULL\b|FULL\b))", re.IGNORECASE)
_VACUUMS: Final = re.compile(r"VACUUM\b", re.IGNORECASE)

_BUILD: Final = """
    SELECT phase,
        CASE WHEN phase LIKE 'waiting%' THEN lockers_done WHEN tuples_total > 0 THEN tuples_done ELSE blocks_done END
            AS done,
        CASE WHEN phase LIKE 'waiting%' THEN lockers_total WHEN tuples_total > 0 THEN tuples_total ELSE blocks_total END
            AS total
    FROM pg_stat_progress_create_index WHERE pid = $1
"""
_CLUSTER: Final = """
    SELECT phase, heap_blks_scanned AS done, heap_blks_total AS total FROM pg_stat_progress_cluster WHERE pid = $1
"""
_VACUUM: Final = """
    SELECT phase, heap_blks_scanned AS done, heap_blks_total AS total FROM pg_stat_progress_vacuum WHERE pid = $1
"""


def progress_query(statement: str) -> str | None:
    """What tells how far this statement is: phase, done, total. None for one of which PostgreSQL tells nothing."""
    for pattern, query in ((_BUILDS, _BUILD), (_CLUSTERS, _CLUSTER), (_VACUUMS, _VACUUM)):
        if pattern.match(statement):
            return query
    return None
