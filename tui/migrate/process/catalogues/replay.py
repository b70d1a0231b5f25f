"""What of a migration's SQL makes the schema, for running it again where nothing of the application is. Pure.

Rows are of no interest there, and what reaches out of the scratch schema must not be run: a file that may do so is
not replayed, with a sentence on why.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from ..sql.scanner import without_comments
from ..sql.statements import split

_MAKES: Final = frozenset({"CREATE", "ALTER", "DROP", "COMMENT", "DO"})
_NOTHING: Final = re.compile(
    r"(?:CREATE|DROP|ALTER)\s+EXTENSION\b|ALTER\s+(?:DATABASE|ROLE|USER|GROUP|SYSTEM|DEFAULT\s+PRIVILEGES)\b|"
    r"ALTER\s+.*\bOWNER\s+TO\b",
    re.IGNORECASE | re.DOTALL,
)
"""Makes nothing that a table is compared by."""
_OUTSIDE: Final = re.compile(
    r"(?:CREATE|DROP|ALTER)\s+(?:OR\s+REPLACE\s+)?(?:TRUSTED\s+|PROCEDURAL\s+)*"
    r"(?:DATABASE|ROLE|USER|GROUP|TABLESPACE|SCHEMA|PUBLICATION|SUBSCRIPTION|EVENT\s+TRIGGER|SERVER|LANGUAGE|"
    r"FOREIGN\s+DATA\s+WRAPPER|CAST|ACCESS\s+METHOD)\b",
    re.IGNORECASE,
)
_PATH: Final = re.compile(r"\bsearch_path\b|\bset_config\b|\bcurrent_schema\b|\bdblink", re.IGNORECASE)
_CONCURRENTLY: Final = re.compile(r"((?:CREATE|DROP)\s+(?:UNIQUE\s+)?INDEX)\s+CONCURRENTLY\b", re.IGNORECASE)
_CATALOGUE: Final = re.compile(r"\bsqlite_(?:master|schema)\b|\bwritable_schema\b", re.IGNORECASE)
_DROP: Final = re.compile(r"DROP\b", re.IGNORECASE)
_WORD: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[A-Za-z_][\w$]*")


def steps(sql: str, dialect: str) -> Iterator[str]:
    """The statements of a script that make or change objects, without CONCURRENTLY."""
    for statement in split(sql, dialect):
        text = without_comments(statement.text, dialect).strip()
        word = re.match(r"\w*", text)
        assert word is not None
        if dialect == "sqlite" and re.match(r"PRAGMA\s+legacy_alter_table\b", text, re.IGNORECASE):
            yield text
        elif word.group().upper() in _MAKES and not _NOTHING.match(text):
            yield _CONCURRENTLY.sub(r"\1", text, count=1)


def reaches_out(sql: str, dialect: str, schemas: Collection[str] = ()) -> str:
    """Why a script cannot be replayed apart from the database, as the end of a sentence; "" when it can be.

    `schemas`: those of the database that hold anything of an application.
    """
    if dialect == "sqlite":
        return "it writes SQLite's own catalogue" if _CATALOGUE.search(without_comments(sql, dialect)) else ""
    for text in steps(sql, dialect):
        if _OUTSIDE.match(text):
            return "it makes or changes something outside of its schema"
        if _PATH.search(text):
            return "it depends on the search path"
        for schema in schemas:
            quoted = re.escape(schema)
            if re.search(rf"(?<![\w$\"])(?:\"{quoted}\"|{quoted})\s*\.", text):
                return "it names a schema"
            if text[:2].upper() == "DO" and re.search(rf"'{quoted}'", text):
                return "it names a schema"
    return ""


def may_drop_nothing(statement: str) -> bool:
    """Whether a failure of this statement may mean no more than that there was nothing to drop."""
    return _DROP.match(statement) is not None


def with_schemas(statement: str, members: dict[str, str]) -> str:
    """The statement with the names of extensions' types, operator classes and functions written with their schema."""

    def named(found: re.Match[str]) -> str:
        word = found.group()
        schema = members.get(word.lower()) if word[0] not in "'\"" else None
        return f'"{schema}"."{word.lower()}"' if schema is not None else word

    return _WORD.sub(named, statement)
