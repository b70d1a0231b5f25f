"""Tortoise's executor for SQLite, with the statements of each model kept by the model, and moments kept in UTC.

SQLite compares moments as texts: one written with another offset would count as hours earlier or later than it is.
"""

import sqlite3
from datetime import UTC, datetime

from tortoise.backends.sqlite.executor import SqliteExecutor

from models.engines.executors import ByModel


class SqliteByModel(ByModel, SqliteExecutor):
    """See `models.engines.executors`."""


def moment_text(at: datetime) -> str:
    """Return a moment as SQLite keeps it: in UTC. One without a zone, which only other programs have, is left so."""
    return (at.astimezone(UTC) if at.tzinfo is not None else at).isoformat(" ")


# Tortoise has registered one that writes whatever offset the moment has; it was imported above.
sqlite3.register_adapter(datetime, moment_text)
