"""Opening and closing the one database that the models speak to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from tortoise.context import TortoiseContext, set_global_context

from models.engines.errors import DatabaseError
from tui.database.config import CONNECTION, tortoise_config
from tui.database.reasons import why_not_opened
from tui.database.sqlite_file import check_file

if TYPE_CHECKING:
    from types import TracebackType

    from tui.settings import DatabaseUrl


@dataclass(slots=True)
class Database:
    """An open database. While it is open the models of this process, in every task, speak to it; one at a time."""

    url: DatabaseUrl
    read_only: bool
    """No change is possible: asked for, or a standby, or a write-protected file."""
    context: TortoiseContext = field(repr=False)
    warnings: tuple[str, ...] = ()
    """Sentences to show: what is not as safe as it should be."""

    @property
    def dialect(self) -> str:
        return self.url.dialect

    @property
    def label(self) -> str:
        return self.url.label

    @property
    def connection(self) -> Any:
        """Tortoise's client outside a transaction."""
        return self.context.connections.get(CONNECTION)

    async def close(self) -> None:
        """Ends all connections, within about 4 s whatever the server does. May be called twice."""
        await self.context.close_connections()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def open_database(url: DatabaseUrl, *, create: bool = False, read_only: bool = False) -> Database:
    """Opens the database and asks it something, so that what is wrong is said now.

    `create` makes a missing SQLite file (0600) and its directory (0700). Raises `OpenError` with its sentence within
    about 6 s, `SettingsError` for certificates that cannot be used. Nothing stays open then.
    """
    warnings: tuple[str, ...] = ()
    if url.path is not None:
        read_only, warnings = check_file(url.path, create=create, read_only=read_only)
    config = tortoise_config(url, read_only=read_only, create=create)
    context = TortoiseContext()
    # Global and not a context variable: workers and widgets are other tasks, and would see nothing (facts.md).
    set_global_context(context)
    database = Database(url, read_only, context, warnings)
    try:
        await context.init(config=config)
        await database.connection.execute_query("SELECT 1")
    except BaseException as error:
        await database.close()
        if isinstance(error, DatabaseError):
            raise why_not_opened(url, error) from error
        raise
    return database
