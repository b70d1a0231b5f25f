"""A TCP proxy before a PostgreSQL server that stalls, or cuts a connection before, at or after its COMMIT."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from tests.postgres import PostgresServer

COMMIT = b"COMMIT\x00"
"""How a simple query ends on the wire; only this word commits."""


class Fault(StrEnum):
    NONE = "none"
    REFUSE = "refuse"
    """Connections are accepted and dropped."""
    CUT_BEFORE_COMMIT = "cut before"
    """The server never sees the COMMIT, and sees its client go."""
    CUT_AT_COMMIT = "cut at"
    """The server gets the COMMIT; nobody waits for its answer."""
    CUT_AFTER_COMMIT = "cut after"
    """The server answered; the client never hears it."""
    SWALLOW_COMMIT = "swallow"
    """The server never sees the COMMIT, and its client stays: the transaction stands open."""


class FaultProxy:
    """Listens on 127.0.0.1:`port` while it is entered. `fault` holds for the next COMMIT (REFUSE: for connections)."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.fault = Fault.NONE
        self.port = 0
        self.commit_seen = asyncio.Event()
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def url(self, database: str) -> str:
        return f"postgres://{self._server.user}@127.0.0.1:{self.port}/{database}"

    def stall(self) -> None:
        """Nothing passes in either direction; connections stay open."""
        self._flows.clear()

    def resume(self) -> None:
        self._flows.set()

    def lose_commit(self, fault: Fault) -> None:
        """The next COMMIT meets this fault."""
        self.commit_seen.clear()
        self.fault = fault

    def go_away(self) -> None:
        """As a server that vanished, and refuses whoever comes again."""
        self.fault = Fault.REFUSE
        self.cut()

    def cut(self) -> None:
        """Ends every connection at once, as a server that vanished."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        self.resume()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if self.fault is Fault.REFUSE:
                writer.transport.abort()
                return
            upstream_reader, upstream = await self._connect()
            ends = {writer, upstream}
            self._writers |= ends
            with suppress(OSError):
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._forward(reader, upstream, ends, from_client=True))
                    group.create_task(self._forward(upstream_reader, writer, ends, from_client=False))
        except* (OSError, asyncio.CancelledError):
            pass  # the streams' own callback would log it
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        server = self._server
        if server.host.startswith("/"):
            return await asyncio.open_unix_connection(f"{server.host}/.s.PGSQL.{server.port}")
        return await asyncio.open_connection(server.host, server.port)

    async def _forward(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ends: set[asyncio.StreamWriter],
        *,
        from_client: bool,
    ) -> None:
        while data := await reader.read(65536):
            await self._flows.wait()
            commits = from_client and COMMIT in data
            if commits:
                self.commit_seen.set()
            fault, cut = self.fault, False
            if commits and fault is Fault.SWALLOW_COMMIT:
                continue
            if commits and fault is Fault.CUT_BEFORE_COMMIT:
                break
            if not from_client and fault is Fault.CUT_AFTER_COMMIT and self.commit_seen.is_set():
                break
            cut = commits and fault is Fault.CUT_AT_COMMIT
            writer.write(data)
            await writer.drain()
            if cut:
                break
        for end in ends:
            if end.can_write_eof() and end is writer:
                with suppress(OSError):
                    end.write_eof()
        for end in ends:
            if end is not writer:
                end.transport.abort()
