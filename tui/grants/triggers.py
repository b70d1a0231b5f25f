"""How a function of a trigger begins: as its owner, with a fixed search path."""

from __future__ import annotations


def head(s: str, name: str) -> str:
    """The beginning of the statement that makes it in the schema `s`, which is quoted already; its body follows."""
    return (
        f"CREATE OR REPLACE FUNCTION {s}.{name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        " SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS"
    )
