"""Opening and closing the one database that the models speak to."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from tortoise.context import TortoiseContext, set_global_context

from models.engines.errors import DatabaseError, DatabaseUnavailable
from models.operations.audit import anchors
from tui.database.config import CONNECTION, tortoise_config
from tui.database.reasons import why_not_opened
from tui.database.role import ServerRole, server_role
from tui.database.sqlite_file import check_file
from tui.database.way import Way, look_at_the_way

if TYPE_CHECKING:
    from types import TracebackType

    from tui.database.replica.reads import Reads
    from tui.database.replica.replica import Replica
    from tui.settings import DatabaseUrl


OLDEST_POSTGRES: Final = 130000
ANCHOR_SECONDS: Final = 1.0


@dataclass(slots=True)
class Database:
    """An open database. While it is open the models of this process, in every task, speak to it; one at a time."""

    url: DatabaseUrl
    context: TortoiseContext = field(repr=False)
    client: Any = field(repr=False)
    """The engine itself, never a transaction of it."""
    read_only: bool = False
    """No change is possible: asked for, or a standby, or a write-protected file."""
    server: str = ""
    """`PostgreSQL 18.1` or `SQLite 3.40.1`."""
    warnings: tuple[str, ...] = ()
    """Sentences to show: what is not as safe as it should be."""
    way: Way | None = None
    """How the PostgreSQL server is reached."""
    role: ServerRole | None = None
    """Whom the PostgreSQL server took the connection for, when it was opened."""
    replica: Replica | None = None
    """Where lists may be read, beside it."""
    asked_read_only: bool = False
    """Whoever opened it wanted no changes."""
    standby: bool = False
    """The server was one when it was last asked."""

    @property
    def dialect(self) -> str:
        return self.url.dialect

    @property
    def label(self) -> str:
        return self.url.label

    @property
    def reads(self) -> Reads:
        """Where a list is read."""
        from tui.database.replica.reads import Reads  # which no start without a replica needs at once

        return Reads(self.replica)

    @property
    def connection(self) -> Any:
        """What models speak to here and now: the transaction around the caller, else the engine."""
        return self.context.connections.get(CONNECTION)

    def follow(self, *, standby: bool) -> None:
        """The server says what it is now: one that became a standby takes no changes, one that was promoted does."""
        if standby != self.standby:
            self.standby = standby
            self.client.read_only = self.read_only = standby or self.asked_read_only

    async def close(self) -> None:
        """Leaves an anchor of the audit and ends all connections, within about 5 s whatever the server does. May be
        called twice."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ANCHOR_SECONDS):
                await anchors.leave_anchor()
        replica, self.replica = self.replica, None
        try:
            # At once: either server may stand still.
            await asyncio.gather(self.client.close(), *([replica.close()] if replica is not None else []))
        finally:
            await self.context.close_connections()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def open_database(
    url: DatabaseUrl, *, create: bool = False, read_only: bool = False, anchored: anchors.Place | None = None
) -> Database:
    """Opens the database and asks it something, so that what is wrong is said now.

    `create` makes a missing SQLite file (0600) and its directory (0700). `anchored` is where the anchors of the audit
    go; None keeps none, as for a database that is thrown away. Raises `OpenError` with its sentence within
    about 6 s, `SettingsError` for a certificate or a password file that cannot be used. Nothing stays open then.
    """
    warnings: tuple[str, ...] = ()
    if url.path is not None:
        read_only, warnings = check_file(url.path, create=create, read_only=read_only)
    config = tortoise_config(url, read_only=read_only, create=create)
    context = TortoiseContext()
    # Global and not a context variable: workers and widgets are other tasks, and would see nothing (facts.md).
    set_global_context(context)
    database: Database | None = None
    try:
        await context.init(config=config)
        client = context.connections.get(CONNECTION)
        database = Database(url, context, client, read_only, warnings=warnings, asked_read_only=read_only)
        await _greet(database)
        anchors.begin(anchored)
    except BaseException as error:
        if database is not None:
            await database.close()
        else:
            await context.close_connections()
        if isinstance(error, DatabaseError):
            raise why_not_opened(url, error) from error
        raise
    return database


async def _greet(database: Database) -> None:
    """The first question: which server this is, and whether it takes changes."""
    if database.dialect == "sqlite":
        # Reads the file, which is what finds out that it is none of ours.
        await database.client.execute_query("SELECT count(*) FROM sqlite_master")
        database.server = f"SQLite {sqlite3.sqlite_version}"
        return
    rows = await database.client.execute_query_dict(
        "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,"
        " pg_is_in_recovery() AS standby"
    )
    if rows[0]["number"] < OLDEST_POSTGRES:
        raise DatabaseUnavailable("Shellback needs PostgreSQL 13 or newer.", code="0A000")
    database.server = f"PostgreSQL {rows[0]['version'].split(' ')[0]}"
    server = database.url.server
    assert server is not None
    database.way = await look_at_the_way(database, server)
    database.role = await server_role(database)
    if server.exposed:
        database.warnings += (server.exposed,)
    if rows[0]["standby"]:
        database.follow(standby=True)
        database.warnings += ("This server is a standby and takes no changes: opened read-only.",)
