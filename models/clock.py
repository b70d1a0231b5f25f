"""What time it is, asked of the database: clocks of terminals differ, and expiries are compared with stored moments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient


async def database_now(connection: BaseDBAsyncClient) -> datetime:
    """The database's clock as an aware UTC datetime: microseconds on PostgreSQL, milliseconds on SQLite.

    Not the start of the transaction: two calls in one transaction differ. Raises `DatabaseError`.
    """
    if connection.capabilities.dialect == "sqlite":
        rows: Any = await connection.execute_query_dict("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now') AS moment")
        return datetime.fromisoformat(rows[0]["moment"]).replace(tzinfo=UTC)
    rows = await connection.execute_query_dict("SELECT clock_timestamp() AS moment")
    moment: datetime = rows[0]["moment"]
    return moment.astimezone(UTC)
