"""Statements that act outside of their transaction, so that no rollback takes back what they did. Pure."""

from __future__ import annotations

import re
from typing import Final

from .scanner import without_comments

_POSTGRES: Final = (
    (
        re.compile(r"COPY\b.*\b(?:TO|FROM)\s+PROGRAM\b|COPY\b.*\bTO\s+E?'", re.IGNORECASE | re.DOTALL),
        "COPY here runs a program or writes a file on the server",
    ),
    (re.compile(r"\bdblink\w*\s*\(", re.IGNORECASE), "dblink works in a transaction of its own"),
    (
        re.compile(r"\b(?:lo_export|pg_file_write|pg_file_unlink|pg_file_rename)\s*\(", re.IGNORECASE),
        "this writes a file on the server",
    ),
    (
        re.compile(
            r"\bpg_(?:terminate_backend|cancel_backend|reload_conf|switch_wal|promote|background_launch"
            r"|create_\w*replication_slot|drop_replication_slot|logical_emit_message)\s*\(",
            re.IGNORECASE,
        ),
        "this acts on the server at once",
    ),
)
_SQLITE: Final = (
    (re.compile(r"\s*(?:ATTACH|DETACH)\b", re.IGNORECASE), "this opens another database, of which there is no copy"),
    (re.compile(r"\s*VACUUM\b.*\bINTO\b", re.IGNORECASE | re.DOTALL), "this writes a file"),
    (re.compile(r"\b(?:load_extension|writefile)\s*\(", re.IGNORECASE), "this reaches outside of the database"),
)
_NOTIFIES: Final = re.compile(r"\A\s*NOTIFY\b|\bpg_notify\s*\(", re.IGNORECASE)


def acts_outside(statement: str, dialect: str) -> str | None:
    """Why the statement cannot be taken back, in half a sentence; None when a rollback undoes it.

    Told by its words: one in a quoted text is taken for the real thing, which only costs a dry run.
    """
    bare = without_comments(statement, dialect)
    rules = _SQLITE if dialect == "sqlite" else _POSTGRES
    return next((reason for pattern, reason in rules if pattern.search(bare)), None)


def notifies(statement: str) -> bool:
    """Whether PostgreSQL would send a notification when it commits."""
    return _NOTIFIES.search(without_comments(statement, "postgres")) is not None
