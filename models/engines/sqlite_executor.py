"""Tortoise's executor for SQLite, with the statements of each model kept by the model."""

from tortoise.backends.sqlite.executor import SqliteExecutor

from models.engines.executors import ByModel


class SqliteByModel(ByModel, SqliteExecutor):
    """See `models.engines.executors`."""
