"""The second line to a PostgreSQL server: it reads beside the one that runs the files, one question at a time.

It never has a transaction open, and asks for the lock again and again instead of waiting in it: an open transaction or
a waiter in `pg_advisory_lock()` would block CREATE INDEX CONCURRENTLY for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg

from .silence import ANSWER_S, AT_WORK

NOT_REACHED: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
_TRY: Final = "SELECT pg_try_advisory_lock($1::int4, $2::int4) AS had"


class Guard:
    """The line, made anew by `connect` where it is gone. `lock`: the two numbers of the advisory lock that it holds."""

    def __init__(
        self,
        connection: asyncpg.Connection[Any],
        connect: Callable[[], Awaitable[asyncpg.Connection[Any]]],
        lock: tuple[int, int],
    ) -> None:
        self.connection = connection
        self._connect = connect
        self._lock = lock
        self._asking = asyncio.Lock()

    @property
    def pid(self) -> int:
        return self.connection.get_server_pid()

    async def rows(self, query: str, *values: Any) -> list[Any]:
        """What the server answers, row by row."""
        async with self._asking:
            found: list[Any] = await self.connection.fetch(query, *values)
            return found

    async def value(self, query: str, *values: Any) -> Any:
        """The first column of the first row."""
        async with self._asking:
            return await self.connection.fetchval(query, *values)

    async def try_lock(self) -> bool:
        """Whether the lock of upgrades was had."""
        return bool(await self.value(_TRY, *self._lock))

    async def anew(self) -> None:
        """Makes the line again where it is gone, and asks for the lock once."""
        if self.connection.is_closed():
            self.connection = await self._connect()
            await self.connection.fetchval(_TRY, *self._lock)

    async def at_once(self, query: str, *values: Any) -> Any:
        """The value, while it is to be had at once. Raises TimeoutError, and ends a line that is silent."""
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self.value(query, *values)
        except TimeoutError:
            self.connection.terminate()
            raise

    async def is_at_work(self, backend: int) -> bool:
        """Whether the server works on what a backend was sent last; False as well when it cannot be asked."""
        with contextlib.suppress(*NOT_REACHED):
            return bool(await self.at_once(AT_WORK, backend))
        return False

    async def seems_at_work(self, backend: int) -> bool:
        """The same; but True when it cannot be asked: a statement takes hours, and a network may be away meanwhile."""
        try:
            async with asyncio.timeout(ANSWER_S):
                return bool(await self.value(AT_WORK, backend))
        except NOT_REACHED:
            return True
