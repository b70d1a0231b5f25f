"""Tortoise's executor for PostgreSQL, with the statements of each model kept by the model."""

from tortoise.backends.asyncpg.executor import AsyncpgExecutor

from models.engines.executors import ByModel


class PostgresByModel(ByModel, AsyncpgExecutor):
    """See `models.engines.executors`."""
