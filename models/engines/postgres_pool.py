"""Slots of the pool: taken with a deadline, given back on every path, and who is cancelled does not wait for it."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from asyncpg import connect_utils

from models.engines.errors import DatabaseUnavailable, PoolTimeout, StatementTimeout
from models.engines.from_asyncpg import not_connected

if TYPE_CHECKING:
    from collections.abc import Coroutine

ACQUIRE_SECONDS: Final = 3.0
RELEASE_SECONDS: Final = 2.0
ASK_AGAIN_SECONDS: Final = 0.25
"""How long a statement that was cancelled may go on before the server is asked again to stop it."""


class Slots:
    """Counts the connections in use, so that "all are busy" and "the server does not answer" are told apart."""

    def __init__(self, size: int, connect_seconds: float) -> None:
        self.size = size
        self.in_use = 0
        self._connect_seconds = connect_seconds
        self._free = asyncio.Semaphore(size)
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, pool: Any) -> Any:
        """A connection of the pool. Raises `PoolTimeout` after 3 s in the queue, `DatabaseUnavailable` after the
        connect deadline when a new connection had to be made."""
        try:
            async with asyncio.timeout(ACQUIRE_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise PoolTimeout(
                f"All {self.size} connections of this program are busy. Nothing was changed; try again in a moment."
            ) from None
        try:
            # Not acquire(timeout=): before Python 3.12 that can swallow a cancellation.
            async with asyncio.timeout(self._connect_seconds):
                connection = await pool.acquire()
        except TimeoutError as error:
            self._free.release()
            raise DatabaseUnavailable(
                f"The database did not answer within {self._connect_seconds:g} seconds. Nothing was changed."
            ) from error
        except BaseException as error:
            self._free.release()
            if not isinstance(error, Exception):
                raise
            raise not_connected(error) from error
        self.in_use += 1
        return connection

    async def give_back(self, pool: Any, connection: Any, *, broken: bool, cut: bool = False) -> None:
        """Makes the slot free again; cancelled or not, and within about 4 s on a server that stands still.

        `broken` connections are closed without another word; an open transaction is rolled back. `cut`: the last
        statement did not come to its end. asyncpg prepares a statement without a Sync, so who stops before it is sent
        leaves a transaction of the server behind, that asyncpg does not know of: the next BEGIN would fail in it.
        """
        try:
            if (broken or cut) and not await _until_stopped(connection):
                broken = True
            if broken:
                connection.terminate()
            elif cut or connection.is_in_transaction():
                await connection.execute("ROLLBACK", timeout=RELEASE_SECONDS)
            await pool.release(connection, timeout=RELEASE_SECONDS)
        except BaseException as error:
            with suppress(Exception):
                connection.terminate()
            with suppress(Exception):
                await pool.release(connection)
            if not isinstance(error, Exception):
                raise
        finally:
            self.in_use -= 1
            self._free.release()

    def abandon(self, pool: Any, connection: Any, *, broken: bool) -> None:
        """Gives back without making the caller wait: it was cancelled, or has waited for a deadline already."""
        self.in_background(self.give_back(pool, connection, broken=broken, cut=True))

    def in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Starts work that no caller can cancel, and that `settled` waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def settled(self) -> None:
        """Returns once all that was given back is free again: about 2 s at most, a COMMIT on its way included 17 s."""
        while self._tasks:
            await asyncio.wait(self._tasks)


async def _until_stopped(connection: Any) -> bool:
    """Waits until the server has stopped the statement that was cancelled, or took too long; False where it does not.

    asyncpg asks it to, once, over a line of its own. Ending the connection would take that back, and where no
    statement_timeout stands (behind a pooler) the server would go on with it. What it is asked between two messages of
    the client it forgets (`ProcessInterrupts`, while it reads a command): so it is asked again.
    """
    with suppress(Exception):
        async with asyncio.timeout(RELEASE_SECONDS):
            while asked := set(connection._cancellations):  # asyncpg has no public way to them
                await asyncio.wait(asked, timeout=ASK_AGAIN_SECONDS)
                if connection._cancellations:
                    await _ask_to_stop(connection)
        return True
    return False


async def _ask_to_stop(connection: Any) -> None:
    with suppress(ConnectionResetError):  # some servers end the line of its own so; they have heard it
        await connect_utils._cancel(  # type: ignore[attr-defined]  # asyncpg has no public way to it
            loop=asyncio.get_running_loop(),
            addr=connection._addr,
            params=connection._params,
            backend_pid=connection._protocol.backend_pid,
            backend_secret=connection._protocol.backend_secret,
        )


def is_silence(error: BaseException) -> bool:
    """Whether nobody answered, or the line is gone: then the other connections may lead nowhere, too."""
    if isinstance(error, PoolTimeout) or not isinstance(error, (DatabaseUnavailable, StatementTimeout)):
        return False
    return error.code is None


def drop_idle(pool: Any) -> None:
    """Ends the connections that nobody uses: whoever asks next makes a new one. A way to the server that forgot the old
    ones would otherwise be found out one by one, a deadline each."""
    for holder in pool._holders:  # asyncpg has no public way to them
        if holder._con is not None and holder._in_use is None:
            holder._con.terminate()


async def keep_alive(connection: Any) -> None:
    """Makes the kernel notice a server that vanished without a word: probes after 15 s, three of them 5 s apart."""
    sock = connection._transport.get_extra_info("socket")  # asyncpg has no public way to its socket
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 20_000)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


async def keep_session(connection: Any) -> None:
    """In place of asyncpg's reset, a round trip after each statement. Nothing is ever kept in a session here: the
    first words allowed outside a transaction set nothing, and inside one SET LOCAL is the rule, as for PgBouncer."""
    del connection
