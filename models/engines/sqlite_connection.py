"""An aiosqlite connection on which every call is over when it returns, also when its caller was cancelled.

aiosqlite runs the calls of a connection in one thread, and goes on with a call that nobody waits for any more: the next
caller finds a transaction it did not begin. Here a call that is cancelled or late is interrupted, and its caller leaves
only when the thread is done with it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import aiosqlite
from aiosqlite.core import _connection_worker_thread

from models.engines.errors import DatabaseUnavailable, StatementTimeout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONNECT_SECONDS: Final = 5.0
CONNECT_BUSY_SECONDS: Final = 4.0
COMMAND_SECONDS: Final = 15.0
STOP_SECONDS: Final = 2.0
SHUT_SECONDS: Final = 1.0
BUSY_MILLISECONDS: Final = 5000


class SettledConnection(aiosqlite.Connection):
    """As its base, with a deadline of 15 s on each call and no call left behind."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], *, patient: bool = False) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._patient = patient
        self.stuck = False
        """The thread does not come back: the connection must not be used again."""
        # A daemon, so that the program may always end: SQLite is safe against a process that goes away.
        self._thread = Thread(target=self._work, daemon=True)

    def _work(self) -> None:
        """aiosqlite's loop, which ends with a traceback on the terminal when the event loop was closed before it."""
        while True:
            try:
                _connection_worker_thread(self._tx)
            except RuntimeError:
                if self._connection is not None:
                    continue
            return

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await self.run(partial(fn, *args, **kwargs))

    async def run(self, function: Callable[[], Any], *, interruptible: bool = True) -> Any:
        """Runs the function in the connection's thread. Raises `StatementTimeout` after the deadline; see
        `stuck` then. `interruptible` False is for COMMIT."""
        if self.stuck or not self._running or self._connection is None:
            raise sqlite3.ProgrammingError("the connection is closed")
        given_up = False

        def call() -> Any:
            if given_up:
                return None
            return function()

        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((future, call))
        try:
            async with asyncio.timeout(None if self._patient else COMMAND_SECONDS):
                return await asyncio.shield(future)
        except TimeoutError:
            given_up = True
            await self._stop(future, interruptible=interruptible)
            raise StatementTimeout("The statement was stopped: it took too long. Nothing was changed.") from None
        except asyncio.CancelledError:
            given_up = True
            with suppress(asyncio.CancelledError):  # asked twice, left once
                await self._stop(future, interruptible=interruptible)
            raise

    async def shut(self) -> None:
        """Interrupts what runs, and closes; a thread that does not come back in 1 s closes the file when it does."""
        if self.stuck or self._connection is None:
            return
        self._connection.interrupt()
        try:
            async with asyncio.timeout(SHUT_SECONDS):
                # An interrupt holds until the next statement. Without one, closing would leave the WAL as it is.
                await (await self.execute("SELECT 1")).close()
                await self.close()
        except Exception:  # noqa: BLE001 - it is going away
            self.stop()

    async def _stop(self, future: asyncio.Future[Any], *, interruptible: bool) -> None:
        """Waits for the call to be over, at most 2 s, interrupting it again and again: an interrupt that meets no
        statement does nothing. A thread that does not come back is left to itself."""
        loop = asyncio.get_running_loop()
        end = loop.time() + STOP_SECONDS
        cancelled: asyncio.CancelledError | None = None
        while not future.done() and loop.time() < end:
            if interruptible and self._connection is not None:
                self._connection.interrupt()
            try:
                await asyncio.wait({future}, timeout=0.02)
            except asyncio.CancelledError as error:
                cancelled = error
        if not future.done():
            self.stuck = True
            self.stop()
        elif not future.cancelled():
            future.exception()  # nobody is interested any more
        if cancelled is not None:
            raise cancelled


async def connect(
    path: str, pragmas: Mapping[str, object], *, mode: str = "rw", patient: bool = False
) -> SettledConnection:
    """Opens an existing file, named by its absolute path; `mode` is SQLite's: "ro" never writes, "ro&immutable=1" takes
    it that nobody does. The pragmas are set first of all. On a `patient` connection a statement may take as long as it
    needs.

    Raises `sqlite3.Error` as SQLite does, and `DatabaseUnavailable` after 5 s.
    """
    uri = f"file:{quote(path)}?mode={mode}"

    def connector() -> sqlite3.Connection:
        # Shorter than the deadline below, so that a file which somebody keeps for himself is told as that.
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=CONNECT_BUSY_SECONDS)
        try:
            connection.row_factory = sqlite3.Row
            connection.text_factory = _text
            for name, value in sorted(pragmas.items(), key=lambda pragma: pragma[0] == "busy_timeout"):
                connection.execute(f"PRAGMA {name}={value}").close()
        except BaseException:
            connection.close()
            raise
        return connection

    connection = SettledConnection(connector, patient=patient)
    opening: asyncio.Future[Any] = asyncio.ensure_future(connection)
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await asyncio.shield(opening)
    except BaseException as error:
        opening.add_done_callback(partial(_discard, connection))
        if isinstance(error, TimeoutError):
            raise DatabaseUnavailable("The database file did not open within 5 seconds.") from None
        raise
    return connection


def _text(raw: bytes) -> str:
    """SQLite keeps whatever bytes somebody wrote: one row that is not UTF-8 must not make its whole page unreadable."""
    return raw.decode("utf-8", "replace")


def _discard(connection: SettledConnection, opening: asyncio.Future[Any]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        connection.stop()
