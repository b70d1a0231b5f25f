"""Looking where a replica is: how old what it shows is, whether it shows this program's own changes, and so whether it
may be read.

A look asks the primary and then the replica where they are, over a connection of its own. It is made beside the reads,
after each of this program's changes, and every few seconds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from models.engines.errors import DatabaseError, DatabaseUnavailable, PoolTimeout, Retryable, StatementTimeout
from tui.database.reasons import why_not_opened
from tui.database.replica import position, whence
from tui.database.replica.position import (
    Cluster,
    PrimaryAt,
    ReplicaAt,
    Sample,
    ask_cluster,
    ask_primary,
    ask_replica,
    ask_timeline,
)
from tui.database.replica.whence import Whence
from tui.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from models.engines.postgres import PostgresClient
    from tui.settings import DatabaseUrl

FRESH_SECONDS: Final = 1.0
"""How long a look holds."""

LOOK_SECONDS: Final = 2.0
"""How long the replica has to say where it is, and the primary half of it: a list does not wait for longer."""

AGAIN: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between looks while this program's own change is waited for: it comes within the first, as a rule."""

BEAT_SECONDS: Final = 5.0
"""Between two looks while nobody reads: how long ago the primary was where the replica is, is known so exactly."""

SAMPLES: Final = 100


class Exchanged(DatabaseUnavailable):
    """A new connection came out at another server than the one that was looked at."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where the primary was when so many transactions of this program had been committed."""

    commits: int
    inserted: int


class Lookout:
    """What is known of one replica. `primary` and `replica` are the engines that are asked."""

    def __init__(
        self, primary: Any, replica: PostgresClient, url: DatabaseUrl, limit: float, moved: Callable[[], object]
    ) -> None:
        """`limit` is in seconds; `moved` is told when another server answers as the replica than before."""
        self.whence: Whence = whence.UNREACHED
        self.at: ReplicaAt | None = None
        self.lag: float | None = None
        self.server: datetime | None = None
        """When the server started that answers as the replica: what tells it from others."""
        self._primary, self._replica, self._url, self._limit = primary, replica, url, limit
        self._moved = moved
        self._own_cluster: Cluster | None = None
        self._its_cluster: Cluster | None = None
        self._silences = 0
        self._samples: deque[Sample] = deque(maxlen=SAMPLES)
        # Another process may have written a moment ago, for the same person: as if one transaction were ours.
        self._shown = -1
        self._mark: _Mark | None = None
        self._was_at = 0
        """The last byte that the server which answers as the replica had replayed when it was looked at last."""
        self._strayed: datetime | None = None
        """When the server started that has what the primary has not: it can follow only after it was mended."""
        self._follows: tuple[datetime, int] | None = None
        """The server, and the timeline of the primary that it is known to follow."""
        self._looked_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self._catching_up: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None
        primary.on_commit = self.catch_up

    async def close(self) -> None:
        """Look no more."""
        self._primary.on_commit = None
        tasks = [task for task in (self._beating, self._catching_up, self._looking) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def watch(self) -> None:
        """Look every few seconds from now on, until it is closed."""

        async def run() -> None:
            while True:
                await asyncio.sleep(min(BEAT_SECONDS, max(FRESH_SECONDS, self._limit / 2)))
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
        self.catch_up()
        if self._catching_up is not None:
            await asyncio.wait({self._catching_up}, timeout=seconds)

    def look_if_old(self) -> asyncio.Task[None] | None:
        """The look that is on its way, or one that begins because the last is old."""
        if self._looking is not None and not self._looking.done():
            return self._looking
        if monotonic() - self._looked_at < FRESH_SECONDS:
            return None
        self._looking = asyncio.create_task(self._look())
        return self._looking

    def catch_up(self) -> None:
        """Look again and again, in the background, until it shows this program's own changes."""
        if self.shows_own() or (self._catching_up is not None and not self._catching_up.done()):
            return

        async def run() -> None:
            for pause in AGAIN:
                await self.look()
                # A look that was on its way before the COMMIT says nothing of it.
                if self.shows_own() or not (self.whence.replica or self.whence.passing):
                    return
                await asyncio.sleep(pause)

        self._catching_up = asyncio.create_task(run())

    async def _look(self) -> None:
        commits = self._primary.commits
        primary = await self._ask_primary()
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                found = await self._ask_replica()
                verdict = await self._judged(commits, primary, found)
        except (DatabaseError, SettingsError, TimeoutError) as error:
            self.fail(error)
            return
        self.whence = verdict
        self._looked_at = monotonic()

    async def _ask_primary(self) -> PrimaryAt | None:
        """Where the primary is; None when it does not say so."""
        at, client = monotonic(), self._primary
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
            return await ask_replica(self._replica)
        except PoolTimeout:
            raise
        except DatabaseUnavailable:
            return await ask_replica(self._replica)

    async def _judged(self, commits: int, primary: PrimaryAt | None, found: ReplicaAt) -> Whence:
        if found.started != self.server or self._its_cluster is None:
            self._its_cluster = await ask_cluster(self._replica)
            self.server = found.started
            self._was_at = 0  # where another server was says nothing of this one
            self._moved()
        self.at, self.lag = found, position.lag(primary, found, self._samples, monotonic())
        if self._own_cluster is None:
            return whence.UNREACHED  # nobody could compare them yet
        if self._own_cluster != self._its_cluster:
            return whence.STRANGER
        if not found.standby:
            return whence.PROMOTED
        if found.replayed is None:
            return whence.SILENT
        if astray := await self._astray(primary, found, found.replayed):
            return astray
        self._settle_own(commits, primary, found.replayed)
        lacking = None if self.shows_own() else whence.OWN_WRITE if commits else whence.CATCHING_UP
        if lacking is None and primary is None and self._silences > 1:
            return whence.alone(self.lag)
        for pause in AGAIN[:3]:
            if self._is_near:
                break
            # After a long rest of the primary the first new byte makes it seem as far behind as the rest was long.
            await asyncio.sleep(pause)
            found = await self._ask_replica()
            self.at, self.lag = found, position.lag(primary, found, self._samples, monotonic())
        if self._is_near:
            return lacking or whence.of_replica(self.lag)
        return whence.behind(self.lag, self._limit, paused=found.paused, receives=found.receives)

    async def _astray(self, primary: PrimaryAt | None, found: ReplicaAt, replayed: int) -> Whence | None:
        """Whether it is of another history than the primary, which went back to an older state or was taken over."""
        before, self._was_at = self._was_at, replayed
        if self._strayed == found.started:
            return whence.AHEAD
        if primary is None or primary.standby:
            return None
        if before > primary.inserted or await self._has_more(primary, replayed):
            self._strayed = found.started
            return whence.AHEAD
        if primary.timeline is None or self._follows == (found.started, primary.timeline):
            return None
        timeline = await ask_timeline(self._replica)
        if timeline not in (None, primary.timeline):
            return whence.FORKED
        self._follows = (found.started, primary.timeline)
        return None

    async def _has_more(self, primary: PrimaryAt, replayed: int) -> bool:
        """Whether it shows more than the primary has: it was asked after it, so the primary is asked again."""
        if replayed <= primary.inserted:
            return False
        again = await self._ask_primary()
        return again is not None and not again.standby and replayed > again.inserted

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

    def shows_own(self) -> bool:
        """Whether it shows every change of this program."""
        commits: int = self._primary.commits
        return self._shown >= commits

    def may_be_read(self) -> bool:
        """Whether a list may be read from it."""
        return self.whence.replica and self.shows_own()

    @property
    def _is_near(self) -> bool:
        return self.lag is not None and self.lag <= self._limit

    async def stands_in(self) -> bool:
        """Whether it may be read although the primary does not answer, whatever its lag."""
        await self.look()
        known = self._own_cluster is not None and self._own_cluster == self._its_cluster
        if not known or self._silences == 0 or self.at is None or not self.at.standby or not self.shows_own():
            return False
        self.whence = whence.alone(self.lag)
        return True

    def fail(self, error: Exception) -> None:
        """The replica did not do what it was asked to."""
        self._looked_at = monotonic()
        code = getattr(error, "code", None)
        if isinstance(error, Retryable):
            self.whence = whence.CONFLICT
            return
        self.at, self.lag = None, None
        if isinstance(error, Exchanged):
            self.whence = whence.SEVERAL
        elif code == "57P03":
            self.whence = whence.STARTING
        elif isinstance(error, DatabaseError) and code is not None and code.startswith(("28", "3D")):
            sentence = f"The replica: {why_not_opened(self._url, error)} Lists are read from the primary."
            self.whence = Whence(False, "primary: replica refuses us", sentence)
        elif isinstance(error, SettingsError):
            self.whence = Whence(False, "primary: replica refuses us", f"The replica: {error.sentence}")
        elif isinstance(error, DatabaseUnavailable | StatementTimeout | TimeoutError):
            self.whence = whence.UNREACHED
        else:
            self.whence = whence.SILENT
