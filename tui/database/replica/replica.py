"""A replica: its connections, where it was at the last look, and whether it may be read.

A look asks the primary and then the replica where they are. It runs beside the reads, at most once a second, on a
connection of its own; a read whose look turns out badly is given up for the primary.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from models.engines.errors import DatabaseError, DatabaseUnavailable, PoolTimeout, Retryable, StatementTimeout
from models.engines.postgres import PostgresClient
from tui.database.config import CONNECTION, tortoise_config
from tui.database.reasons import why_not_opened
from tui.database.replica import position, whence
from tui.database.replica.position import Cluster, PrimaryAt, ReplicaAt, Sample, ask_cluster, ask_primary, ask_replica
from tui.database.replica.reads import NotFromReplica
from tui.database.replica.whence import Whence
from tui.settings import SettingsError

if TYPE_CHECKING:
    from datetime import datetime

    from tui.database.opening import Database
    from tui.settings import DatabaseUrl

R = TypeVar("R")

FRESH_SECONDS: Final = 1.0
"""How long a look holds."""

LOOK_SECONDS: Final = 2.0
"""How long the replica has to say where it is, and the primary half of it: a list does not wait for longer."""

AGAIN: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between looks while this program's own change is waited for: it comes within the first, as a rule."""

NEARLY_SECONDS: Final = 0.05
"""How long a list waits for a look on its way, where one's own change is all that stands between it and the replica."""

BEAT_SECONDS: Final = 5.0
"""Between two looks while nobody reads: how long ago the primary was where the replica is, is known so exactly."""

SAMPLES: Final = 100


class _Exchanged(DatabaseUnavailable):
    """A new connection came out at another server than the one that was looked at."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where the primary was when so many transactions of this program had been committed."""

    commits: int
    inserted: int


class Replica:
    """The replica of one open database."""

    def __init__(self, database: Database, url: DatabaseUrl, limit: float) -> None:
        """`limit` is in seconds. Raises `SettingsError`; nothing is opened before the first look."""
        self.url = url
        self.limit = limit
        self.whence: Whence = whence.UNREACHED
        """Where lists are read as of the last look, and why."""
        self.at: ReplicaAt | None = None
        """What the replica said at the last look; None when it said nothing."""
        self.lag: float | None = None
        """Seconds that it is behind at most."""
        self._database = database
        self._client = self._connect(url)
        self._watch = self._connect(url, maxsize=1)
        self._server: datetime | None = None
        self._own_cluster: Cluster | None = None
        self._its_cluster: Cluster | None = None
        self._silences = 0
        self._samples: deque[Sample] = deque(maxlen=SAMPLES)
        # Another process may have written a moment ago, for the same person: as if one transaction were ours.
        self._shown = -1
        self._mark: _Mark | None = None
        self._ahead_of = 0
        self._looked_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self._catching_up: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None
        database.client.on_commit = self._catch_up

    def _connect(self, url: DatabaseUrl, **options: Any) -> PostgresClient:
        credentials = tortoise_config(url, read_only=True)["connections"][CONNECTION]["credentials"]
        client = PostgresClient(**{**credentials, **options}, connection_name=CONNECTION)
        begin = client.extra["init"]

        async def checked(connection: Any) -> None:
            await begin(connection)
            started = await connection.fetchval("SELECT pg_postmaster_start_time()")
            if client is self._client and started != self._server:
                raise _Exchanged(whence.SEVERAL.sentence)

        client.extra["init"] = checked
        return client

    # Reading ----------------------------------------------------------------------------------------------------------

    async def read(self, work: Callable[[], Awaitable[R]]) -> R:
        """Return what `work` reads from the replica. Raises NotFromReplica, StatementTimeout for what the replica's own
        time limit ended, and what is no error of a database."""
        looking = self._look_if_old()
        if not self._shows_own():
            self._catch_up()
            if looking is not None:  # begun after the COMMIT, it is about to come out
                await asyncio.wait({looking}, timeout=NEARLY_SECONDS)
        if not self._may_be_read():
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
                self._fail(error)
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
                if not self._may_be_read():
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
        return whence.FOR_NOW if self._shows_own() else whence.OWN_WRITE

    async def stands_in(self) -> bool:
        """Whether it may be read although the primary does not answer, whatever its lag."""
        await self.look()
        if self._silences == 0 or self.at is None or self._stranger() or not self._shows_own():
            return False
        self.whence = whence.alone(self.lag)
        return True

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
        self._database.client.on_commit = None
        tasks = [task for task in (self._beating, self._catching_up, self._looking) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(self._client.close(), self._watch.close())

    # Looking ----------------------------------------------------------------------------------------------------------

    def watch(self) -> None:
        """Look every few seconds from now on, until it is closed."""

        async def run() -> None:
            while True:
                await asyncio.sleep(min(BEAT_SECONDS, max(FRESH_SECONDS, self.limit / 2)))
                await self.look()

        if self._beating is None:
            self._beating = asyncio.create_task(run())

    async def look(self) -> None:
        """Look now. Raises no error of a database."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        await asyncio.wait({self._looking})

    async def caught_up(self, seconds: float) -> None:
        """Wait so long, at most, for it to show every change that this program knows of."""
        self._catch_up()
        if self._catching_up is not None:
            await asyncio.wait({self._catching_up}, timeout=seconds)

    def _look_if_old(self) -> asyncio.Task[None] | None:
        """The look that is on its way, or one that begins because the last is old."""
        if self._looking is not None and not self._looking.done():
            return self._looking
        if monotonic() - self._looked_at < FRESH_SECONDS:
            return None
        self._looking = asyncio.create_task(self._look())
        return self._looking

    def _catch_up(self) -> None:
        """Look again and again, in the background, until it shows this program's own changes."""
        if self._shows_own() or (self._catching_up is not None and not self._catching_up.done()):
            return

        async def run() -> None:
            for pause in AGAIN:
                await self.look()
                # A look that was on its way before the COMMIT says nothing of it.
                if self._shows_own() or not (self.whence.replica or self.whence.passing):
                    return
                await asyncio.sleep(pause)

        self._catching_up = asyncio.create_task(run())

    async def _look(self) -> None:
        commits = self._database.client.commits
        primary = await self._ask_primary()
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                found = await self._ask_replica()
                verdict = await self._judged(commits, primary, found)
        except (DatabaseError, SettingsError, TimeoutError) as error:
            self._fail(error)
            return
        self.whence = verdict
        self._looked_at = monotonic()

    async def _ask_primary(self) -> PrimaryAt | None:
        """Where the primary is; None when it does not say so."""
        at, client = monotonic(), self._database.client
        try:
            async with asyncio.timeout(LOOK_SECONDS / 2):
                found = await ask_primary(client)
                if self._own_cluster is None:
                    self._own_cluster = await ask_cluster(client)
        except (DatabaseError, TimeoutError):
            # Where this program itself keeps all connections busy, the server is not to blame.
            self._silences += client.slots.in_use < client.slots.size
            return None
        self._silences = 0
        self._samples.append(Sample(at, found.flushed))
        return found

    async def _ask_replica(self) -> ReplicaAt:
        """Where the replica is. A connection that died unnoticed is made anew."""
        try:
            return await ask_replica(self._watch)
        except PoolTimeout:
            raise
        except DatabaseUnavailable:
            return await ask_replica(self._watch)

    async def _judged(self, commits: int, primary: PrimaryAt | None, found: ReplicaAt) -> Whence:
        if found.started != self._server or self._its_cluster is None:
            self._its_cluster = await ask_cluster(self._watch)
            self._server = found.started
            self._client.drop_idle()
        self.at, self.lag = found, position.lag(primary, found, self._samples, monotonic())
        if self._own_cluster is None:
            return whence.UNREACHED  # nobody could compare them yet
        if self._own_cluster != self._its_cluster:
            return whence.STRANGER
        if not found.standby:
            return whence.PROMOTED
        if found.replayed is None:
            return whence.SILENT
        if primary is not None and not primary.standby and self._ahead_of > primary.inserted:
            self._ahead_of = found.replayed
            return whence.AHEAD
        self._ahead_of = found.replayed
        self._settle_own(commits, primary, found.replayed)
        if not self._shows_own():
            return whence.OWN_WRITE if commits else whence.CATCHING_UP
        if primary is None and self._silences > 1:
            return whence.alone(self.lag)
        for pause in AGAIN[:3]:
            if self._is_near:
                break
            # After a long rest of the primary the first new byte makes it seem as far behind as the rest was long.
            await asyncio.sleep(pause)
            found = await self._ask_replica()
            self.at, self.lag = found, position.lag(primary, found, self._samples, monotonic())
        if self._is_near:
            return whence.of_replica(self.lag)
        return whence.behind(self.lag, self.limit, paused=found.paused, receives=found.receives)

    def _settle_own(self, commits: int, primary: PrimaryAt | None, replayed: int) -> None:
        """Whether it shows what this program had committed before the primary was asked."""
        if primary is not None and (
            self._mark is None
            or self._mark.commits != commits
            or primary.inserted < self._mark.inserted  # a primary that was put back to an older state
        ):
            self._mark = _Mark(commits, primary.inserted)
        if self._mark is not None and replayed >= self._mark.inserted:
            self._shown = max(self._shown, self._mark.commits)

    def _shows_own(self) -> bool:
        commits: int = self._database.client.commits
        return self._shown >= commits

    def _may_be_read(self) -> bool:
        return self.whence.replica and self._shows_own()

    @property
    def _is_near(self) -> bool:
        return self.lag is not None and self.lag <= self.limit

    def _stranger(self) -> bool:
        """Whether it is no replica of this database, or none at all, or nobody knows."""
        return self._own_cluster is None or self._own_cluster != self._its_cluster or not (self.at and self.at.standby)

    def _fail(self, error: Exception) -> None:
        """The replica did not do what it was asked to."""
        self._looked_at = monotonic()
        code = getattr(error, "code", None)
        if isinstance(error, Retryable):
            self.whence = whence.CONFLICT
            return
        self.at, self.lag = None, None
        if isinstance(error, _Exchanged):
            self.whence = whence.SEVERAL
        elif code == "57P03":
            self.whence = whence.STARTING
        elif isinstance(error, DatabaseError) and code is not None and code.startswith(("28", "3D")):
            sentence = f"The replica: {why_not_opened(self.url, error)} Lists are read from the primary."
            self.whence = Whence(False, "primary: replica refuses us", sentence)
        elif isinstance(error, SettingsError):
            self.whence = Whence(False, "primary: replica refuses us", f"The replica: {error.sentence}")
        elif isinstance(error, DatabaseUnavailable | StatementTimeout | TimeoutError):
            self.whence = whence.UNREACHED
        else:
            self.whence = whence.SILENT
