"""Names as SQL writes them, the same for PostgreSQL and SQLite. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def quoted(name: str) -> str:
    """One name, whatever is in it: `"book"`."""
    return '"' + name.replace('"', '""') + '"'


def quoted_path(name: str) -> str:
    """A table's name, with its schema if it has one: `"shop"."book"`."""
    return ".".join(map(quoted, name.split(".", 1)))


def quoted_list(names: Iterable[str]) -> str:
    """`"title", "price"`."""
    return ", ".join(map(quoted, names))
