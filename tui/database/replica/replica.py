"""A replica: its connections, and one read from it.

A read goes on beside a look (see `lookout`); one whose look turns out badly is given up for the primary.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from models.engines.errors import DatabaseError, DatabaseUnavailable, PoolTimeout, Retryable, StatementTimeout
from models.engines.postgres import PostgresClient
from tui.database.config import CONNECTION, tortoise_config
from tui.database.replica import whence
from tui.database.replica.lookout import FRESH_SECONDS, Exchanged, Lookout
from tui.database.replica.reads import NotFromReplica

if TYPE_CHECKING:
    from tui.database.opening import Database
    from tui.database.replica.position import ReplicaAt
    from tui.database.replica.whence import Whence
    from tui.settings import DatabaseUrl

R = TypeVar("R")

NEARLY_SECONDS: Final = 0.05
"""How long a list waits for a look on its way, where one's own change is all that stands between it and the replica."""


class Replica:
    """The replica of one open database."""

    def __init__(self, database: Database, url: DatabaseUrl, limit: float) -> None:
        """`limit` is in seconds. Raises `SettingsError`; nothing is opened before the first look."""
        self.url = url
        self._database = database
        self._client = self._connect(url)
        self._watch = self._connect(url, maxsize=1)
        self._lookout = Lookout(database.client, self._watch, url, limit, self._client.drop_idle)

    @property
    def whence(self) -> Whence:
        """Where lists are read as of the last look, and why."""
        return self._lookout.whence

    @property
    def at(self) -> ReplicaAt | None:
        """What the replica said at the last look; None when it said nothing."""
        return self._lookout.at

    @property
    def lag(self) -> float | None:
        """Seconds that it is behind at most; None when nobody knows."""
        return self._lookout.lag

    async def look(self) -> None:
        """Look now. Raises no error of a database."""
        await self._lookout.look()

    async def caught_up(self, seconds: float) -> None:
        """Wait so long, at most, for it to show every change that this program knows of."""
        await self._lookout.caught_up(seconds)

    def watch(self) -> None:
        """Look every few seconds from now on, until it is closed."""
        self._lookout.watch()

    def _connect(self, url: DatabaseUrl, **options: Any) -> PostgresClient:
        credentials = tortoise_config(url, read_only=True)["connections"][CONNECTION]["credentials"]
        client = PostgresClient(**{**credentials, **options}, connection_name=CONNECTION)
        begin = client.extra["init"]

        async def checked(connection: Any) -> None:
            await begin(connection)
            started = await connection.fetchval("SELECT pg_postmaster_start_time()")
            if client is self._client and started != self._lookout.server:
                raise Exchanged(whence.SEVERAL.sentence)

        client.extra["init"] = checked
        return client

    async def read(self, work: Callable[[], Awaitable[R]]) -> R:
        """Return what `work` reads from the replica. Raises NotFromReplica, StatementTimeout for what the replica's own
        time limit ended, and what is no error of a database."""
        looking = self._lookout.look_if_old()
        if not self._lookout.shows_own():
            self._lookout.catch_up()
            if looking is not None:  # begun after the COMMIT, it is about to come out
                await asyncio.wait({looking}, timeout=NEARLY_SECONDS)
        if not self._lookout.may_be_read():
            raise NotFromReplica
        try:
            with self.here():
                return await self._watched(work, looking)
        except PoolTimeout as error:
            raise NotFromReplica from error
        except DatabaseError as error:
            if isinstance(error, StatementTimeout) and error.code == "57014":
                raise
            if isinstance(error, DatabaseUnavailable | StatementTimeout | Retryable):
                self._lookout.fail(error)
            # Any other error is for the primary to make: the replica may lack a table's newest column.
            raise NotFromReplica from error

    async def _watched(self, work: Callable[[], Awaitable[R]], looking: asyncio.Task[None] | None) -> R:
        """Read beside a look, if one is on its way: what was read counts only if that comes out well. While the read
        goes on, more of them tell whether the replica still answers: it may be long, but nobody waits for a dead one.
        """
        reading = asyncio.ensure_future(work())
        try:
            if looking is not None:
                # Not the task itself: who is cancelled here must not end a look that others wait for.
                await asyncio.wait({looking})
                if not self._lookout.may_be_read():
                    raise NotFromReplica
            while not (await asyncio.wait({reading}, timeout=FRESH_SECONDS))[0]:
                await self.look()
                if self.at is None:
                    raise NotFromReplica
            return await reading
        finally:
            if not reading.done():
                reading.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await reading

    @property
    def why_not(self) -> Whence:
        """Why the primary is read instead."""
        if not self.whence.replica:
            return self.whence
        return whence.FOR_NOW if self._lookout.shows_own() else whence.OWN_WRITE

    async def stands_in(self) -> bool:
        """Whether it may be read although the primary does not answer, whatever its lag."""
        return await self._lookout.stands_in()

    @contextmanager
    def here(self) -> Iterator[None]:
        """Inside, models speak to the replica, in this task and in those that it starts."""
        with self._speaking_to(self._client):
            yield

    @contextmanager
    def primary_here(self) -> Iterator[None]:
        """Inside, models speak to the primary, also where the replica is spoken to around it."""
        with self._speaking_to(self._database.client):
            yield

    @contextmanager
    def _speaking_to(self, client: Any) -> Iterator[None]:
        connections = self._database.context.connections
        token = connections.set(CONNECTION, client)
        try:
            yield
        finally:
            connections.reset(token)

    async def close(self) -> None:
        """Ends its connections, within about 2 s whatever the server does."""
        await self._lookout.close()
        await asyncio.gather(self._client.close(), self._watch.close())
