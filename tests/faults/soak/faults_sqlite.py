"""What goes wrong with an SQLite file and those who write it. Each fault lasts a moment and is over when it returns."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable
    from pathlib import Path


class SqliteFaults:
    """The faults of one file. `writers` tells the processes that are alive; while `no_sync` is there, the disk fails
    for all of them at once (None: it cannot be made to)."""

    def __init__(
        self, path: Path, writers: Callable[[], list[int]], chance: random.Random, no_sync: Path | None = None
    ) -> None:
        self._no_sync = no_sync
        self._path = path
        self._writers = writers
        self._chance = chance

    async def hold_the_lock(self) -> None:
        """This process writes, mostly for a moment and now and then for longer than anybody waits."""
        seconds = self._chance.choice([0.1, 0.5, 1, 3, 6.5])
        with suppress(sqlite3.OperationalError):
            await asyncio.to_thread(self._held, seconds)

    def _held(self, seconds: float) -> None:
        import time

        with closing(sqlite3.connect(self._path, timeout=5, isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            file.execute("ROLLBACK")

    async def hold_an_old_read(self) -> None:
        """A reader that does not let the file be tidied up."""
        await asyncio.to_thread(self._read, self._chance.uniform(0.2, 2))

    def _read(self, seconds: float) -> None:
        import time

        with closing(sqlite3.connect(self._path, timeout=5, isolation_level=None)) as file:
            file.execute("BEGIN")
            file.execute("SELECT count(*) FROM users").fetchone()
            time.sleep(seconds)
            file.execute("ROLLBACK")

    async def tidy_up(self) -> None:
        with suppress(sqlite3.OperationalError):
            await asyncio.to_thread(self._checkpointed)

    def _checkpointed(self) -> None:
        with closing(sqlite3.connect(self._path, timeout=1, isolation_level=None)) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def fill_the_disk(self) -> None:
        """For one writer files grow no further than this, somewhere within what it is just writing."""
        pid = self._one()
        if pid is None:
            return
        with suppress(OSError):
            beside = self._path.with_name(self._path.name + "-wal")
            limit = self._chance.randrange(4096, max(8192, beside.stat().st_size))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            await asyncio.sleep(self._chance.uniform(0.2, 1.5))
        with suppress(OSError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    async def fail_to_sync(self) -> None:
        """COMMIT ends with an error that does not tell what became of it: for a moment, or for longer than a writer
        asks."""
        assert self._no_sync is not None
        self._no_sync.touch()
        await asyncio.sleep(self._chance.choice([0.1, 0.3, 1, 5]))
        self._no_sync.unlink()

    async def stop_a_writer(self) -> None:
        """It stands still, perhaps with the lock in its hand."""
        pid = self._one()
        if pid is None:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(self._chance.choice([0.2, 1, 2, 6.5]))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)

    def _one(self) -> int | None:
        alive = self._writers()
        return self._chance.choice(alive) if alive else None

    async def heal(self) -> None:
        """Each fault ends itself, but for the one that was cut short."""
        if self._no_sync is not None:
            self._no_sync.unlink(missing_ok=True)

    def drawn(self) -> tuple[str, Callable[[], Awaitable[None]]]:
        """The next fault, and its name."""
        faults: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (6, self.hold_the_lock),
            (3, self.hold_an_old_read),
            (3, self.tidy_up),
            (8, self.fill_the_disk),
            (3, self.stop_a_writer),
            (6 if self._no_sync is not None else 0, self.fail_to_sync),
        ]
        [(_, fault)] = self._chance.choices(faults, [weight for weight, _ in faults])
        return fault.__name__.replace("_", " "), fault
