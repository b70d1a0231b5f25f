"""What a database's catalogue says of its tables and views, in a form that two databases can be compared by.

Read as drift reads it: there is one idea of what a schema is.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from tests.tui.migrate.projects import connect
from tui.migrate.process.catalogues.catalogue import Catalogue, Table
from tui.migrate.process.catalogues.postgres import read_postgres
from tui.migrate.process.catalogues.sqlite import read_sqlite
from tui.settings import parse_url


async def catalogue(url: str) -> dict[str, Table | str]:
    """Tables by name, and the text of views."""
    found = await whole_catalogue(url)
    # How SQLite's statement was laid out says nothing.
    return {**{name: replace(table, sql="") for name, table in found.tables.items()}, **found.views}


async def whole_catalogue(url: str) -> Catalogue:
    """Everything, as drift has it."""
    path = parse_url(url).path
    if path is not None:
        connection = sqlite3.connect(path)
        try:
            return read_sqlite(connection)
        finally:
            connection.close()
    postgres = await connect(url)
    try:
        async with postgres.transaction():
            return await read_postgres(postgres, "public")
    finally:
        await postgres.close()
