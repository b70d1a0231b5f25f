"""Which triggers keep the audit append-only, and whether they are there. Reading only.

Without them whoever has the credential could change a row with one statement; the check of the chain would still see
it, later.
"""

from __future__ import annotations

from typing import Final

from models.operations.transactions import connection, is_postgres

_SQLITE: Final = {
    "audit_events_no_update": "UPDATE",
    "audit_events_no_delete": "DELETE",
    "audit_events_no_replace": "INSERT",
    "audit_archives_no_update": "UPDATE",
    "audit_archives_no_delete": "DELETE",
    "audit_archives_no_replace": "INSERT",
}
_POSTGRES: Final = {
    ("audit_events", "UPDATE"): 16,
    ("audit_events", "DELETE"): 8,
    ("audit_events", "TRUNCATE"): 32,
    ("audit_archives", "UPDATE"): 16,
    ("audit_archives", "DELETE"): 8,
    ("audit_archives", "TRUNCATE"): 32,
}
"""The bit of `pg_trigger.tgtype` for each statement that must be refused."""

_FUNCTIONS: Final = ("shellback_append_only", "shellback_archived_only")


async def lacking_triggers() -> list[str]:
    """Return what is not refused, `UPDATE of audit_events`; nothing when all is as the migrations left it.

    Raises `DatabaseError`.
    """
    client = connection()
    if not is_postgres(client):
        found = await client.execute_query_dict("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        held = {str(row["name"]) for row in found if "RAISE(ABORT" in str(row["sql"])}
        return [f"{verb} of {_table(name)}" for name, verb in _SQLITE.items() if name not in held]
    found = await client.execute_query_dict(
        "SELECT c.relname AS name, t.tgtype::int AS kind FROM pg_catalog.pg_trigger t"
        " JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = current_schema() AND t.tgenabled IN ('O', 'A') AND t.tgtype::int & 2 = 2"
        " AND t.tgqual IS NULL AND p.proname = ANY($1)",
        [list(_FUNCTIONS)],
    )
    kinds: dict[str, int] = {}
    for row in found:
        kinds[row["name"]] = kinds.get(row["name"], 0) | row["kind"]
    return [f"{verb} of {table}" for (table, verb), bit in _POSTGRES.items() if not kinds.get(table, 0) & bit]


def _table(trigger: str) -> str:
    return trigger.rpartition("_no_")[0]
