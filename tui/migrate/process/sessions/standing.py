"""Whether this connection sees Aerich's table as it is. "Not there" and "not seen" must not look the same: a
search_path without its schema, a missing privilege or row security would make an old database look as if nothing were
applied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

Ask = Callable[[str], Awaitable[Sequence[Mapping[str, Any]]]]
"""Runs one SELECT and returns its rows."""

_STANDING: Final = """
    SELECT t.id IS NOT NULL AS there,
        row_security_active(t.id) AS hidden,
        (SELECT bool_and(has_column_privilege(t.id, a.attnum, 'SELECT')) FROM pg_attribute a
            WHERE a.attrelid = t.id AND a.attname IN ('id', 'version', 'app')) AS readable,
        t.id::regclass::text AS name,
        current_user::text AS who,
        current_setting('search_path') AS path
    FROM (SELECT to_regclass('aerich')::oid AS id) t
"""
_ELSEWHERE: Final = """
    SELECT n.nspname::text AS schema, has_schema_privilege(n.oid, 'USAGE') AS usable
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = 'aerich' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_temp\\_%'
    ORDER BY n.nspname
"""
DIGEST: Final = """
    SELECT encode(sha256(convert_to(string_agg(
        length(app) || ':' || app || length(version) || ':' || version, '' ORDER BY id), 'UTF8')), 'hex') FROM aerich
"""
"""All rows of a PostgreSQL database in one value, however many there are: no change of them is missed."""
_NOT_KNOWN: Final = "so which migrations are applied is not known"


class StateUnknown(Exception):
    """The rows of Aerich's table cannot be seen, or not all of them. The message says why, and the way on."""


async def is_there(ask: Ask) -> bool:
    """Whether a PostgreSQL database has Aerich's table, and all of it can be read. Raises StateUnknown."""
    (found,) = await ask(_STANDING)
    who = found["who"]
    if not found["there"]:
        if places := await ask(_ELSEWHERE):
            raise StateUnknown(_elsewhere(places, who, found["path"]))
        return False
    if found["readable"] is False:
        raise StateUnknown(
            f"{who} may not read {found['name']}, {_NOT_KNOWN}. Let it:  GRANT SELECT ON {found['name']} TO {who};"
        )
    if found["hidden"]:
        raise StateUnknown(
            f"Row security may hide rows of {found['name']} from {who}, {_NOT_KNOWN}. "
            "Connect as the owner of the table."
        )
    return True


def digest_of(rows: Sequence[tuple[str, str]]) -> str:
    """What DIGEST answers when Aerich's rows (app, version) are just these, oldest first."""
    text = "".join(f"{len(app)}:{app}{len(version)}:{version}" for app, version in rows)
    return hashlib.sha256(text.encode()).hexdigest()


def why_read_only(*, is_replica: bool, is_read_only: bool) -> str:
    """Why a PostgreSQL database takes no changes, in a sentence; "" when it does."""
    if is_replica:
        return "It is a replica: connect to its primary."
    if is_read_only:
        return "Its transactions are read-only: default_transaction_read_only is on for this user, database or server."
    return ""


def _elsewhere(places: Sequence[Mapping[str, Any]], who: str, path: str) -> str:
    barred = [place["schema"] for place in places if not place["usable"]]
    if barred:
        return (
            f"Aerich's table is in the schema {_either(barred)}, which {who} may not use, {_NOT_KNOWN}. "
            f"Let it:  GRANT USAGE ON SCHEMA {barred[0]} TO {who};"
        )
    schemas = [place["schema"] for place in places]
    return (
        f"Aerich's table is in the schema {_either(schemas)}, which the search_path ({path}) does not name, "
        f"{_NOT_KNOWN}. Name it in the connection: as its schema, or in search_path. "
        f"Where a schema is to begin anew, make the table in it first:  "
        f"CREATE TABLE aerich (LIKE {schemas[0]}.aerich INCLUDING ALL);"
    )


def _either(schemas: Sequence[str]) -> str:
    return " or ".join(schemas[:3])


__all__ = ["DIGEST", "Ask", "StateUnknown", "digest_of", "is_there", "why_read_only"]
