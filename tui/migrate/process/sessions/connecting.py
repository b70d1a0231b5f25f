"""Connections with the settings of the project's own client, and with a name by which ours are told apart."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from .fate import keep_alive

if TYPE_CHECKING:
    from tortoise.backends.asyncpg.client import AsyncpgDBClient

    from ..settings import PostgresSettings

APPLICATION: Final = "shellback migrate"
_CONNECT_S: Final = 10


async def connected(client: AsyncpgDBClient | PostgresSettings) -> asyncpg.Connection[Any]:
    """A connection of a worker's. Raises what the driver raises."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(**connect_options(client))
    keep_alive(connection)
    return connection


def connect_options(client: AsyncpgDBClient | PostgresSettings) -> dict[str, Any]:
    """What `asyncpg.connect` takes of the project's settings; those of the pool are left out."""
    known = set(inspect.signature(asyncpg.connect).parameters)
    options = {name: value for name, value in client.extra.items() if name in known and name != "command_timeout"}
    settings = dict(client.server_settings)
    if client.schema:
        settings["search_path"] = client.schema
    settings["application_name"] = APPLICATION
    return {
        "timeout": _CONNECT_S,
        **options,
        "host": client.host,
        "port": client.port,
        "user": client.user,
        "password": client.password,
        "database": client.database,
        "server_settings": settings,
        # A file may change the types of a result, and DISCARD ALL takes prepared statements away.
        "statement_cache_size": 0,
    }
