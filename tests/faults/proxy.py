"""A TCP proxy before a PostgreSQL server that stalls, or cuts a connection before, at or after its COMMIT.

proxy.lose_commit(Fault.CUT_AFTER_COMMIT)       the next COMMIT meets it
proxy.meet(Meeting.HOLD, turn=3)                the third thing that the client says from now on meets it
proxy.stall(), proxy.stall(Way.TO_CLIENT)       nothing passes (that way) until resume()
proxy.delay = 0.2                               seconds that everything takes, each way
proxy.server = standby                          new connections go elsewhere: a failover
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
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


class Meeting(StrEnum):
    """What one turn of the client's meets: what it sends at once, and then waits for an answer to."""

    CUT_BEFORE = "cut before"
    """The server never sees it, and sees its client go."""
    CUT_AT = "cut at"
    """The server gets it; nobody waits for its answer."""
    CUT_AFTER = "cut after"
    """The server answered; the client never hears it."""
    CUT_WITHIN = "cut within"
    """The client hears half of the answer."""
    STALL = "stall"
    """The server does not see it, and nothing passes any more until `resume`."""
    HOLD = "hold"
    """The server gets it, and the client hears nothing any more until `resume`."""
    SWALLOW = "swallow"
    """The server never sees it; the line stays, and everything else passes."""
    SWALLOW_ANSWER = "swallow the answer"
    """The server answered; the line stays, and its client never hears anything on it again."""


class Way(StrEnum):
    TO_SERVER = "to the server"
    TO_CLIENT = "to the client"


class FaultProxy:
    """Listens on 127.0.0.1:`port` while it is entered. `fault` holds for the next COMMIT (REFUSE: for connections)."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        """Where new connections go to."""
        self.fault = Fault.NONE
        self.delay = 0.0
        self.port = 0
        self.commit_seen = asyncio.Event()
        self.met = asyncio.Event()
        """A turn met what `meet` wanted for it."""
        self.turns: list[bytes] = []
        """What clients said since `count_turns`, on all connections."""
        self._meeting: tuple[int, bytes, Meeting] | None = None
        self._flows = {way: asyncio.Event() for way in Way}
        self.resume()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def url(self, database: str) -> str:
        return f"postgres://{self.server.user}@127.0.0.1:{self.port}/{database}"

    def stall(self, *ways: Way) -> None:
        """Nothing passes these ways, or either; connections stay open."""
        for way in ways or Way:
            self._flows[way].clear()

    def resume(self) -> None:
        """What was held back passes now."""
        for flows in self._flows.values():
            flows.set()

    def count_turns(self) -> None:
        """Forgets what was said so far."""
        self.turns.clear()
        self.met.clear()

    def meet(self, meeting: Meeting, *, turn: int = 1, saying: bytes = b"") -> None:
        """The turn of this number meets this, once (1: the next); only those that contain `saying` count."""
        self.count_turns()
        self._meeting = (turn, saying, meeting)

    async def spoken(self, turns: int) -> None:
        """Returns once clients have said so much since `count_turns`."""
        async with asyncio.timeout(20):
            while len(self.turns) < turns:  # noqa: ASYNC110 - a list
                await asyncio.sleep(0.01)

    def meet_nothing(self) -> None:
        """All is well again."""
        self._meeting = None
        self.fault = Fault.NONE
        self.resume()

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
            line = _Line(ends)
            with suppress(OSError):
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._forward(reader, upstream, line, Way.TO_SERVER))
                    group.create_task(self._forward(upstream_reader, writer, line, Way.TO_CLIENT))
        except* (OSError, asyncio.CancelledError):
            pass  # the streams' own callback would log it
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        server = self.server
        if server.host.startswith("/"):
            return await asyncio.open_unix_connection(f"{server.host}/.s.PGSQL.{server.port}")
        return await asyncio.open_connection(server.host, server.port)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: _Line, way: Way) -> None:
        while data := await reader.read(65536):
            if self.delay:
                await asyncio.sleep(self.delay)
            meeting = self._take_turn(data, line) if way is Way.TO_SERVER else None
            await self._flows[way].wait()
            passing, ends = self._asked(data, meeting) if way is Way.TO_SERVER else self._answered(data, line)
            if passing:
                writer.write(passing)
                await writer.drain()
            if ends:
                break
        for end in line.ends:
            if end.can_write_eof() and end is writer:
                with suppress(OSError):
                    end.write_eof()
        for end in line.ends:
            if end is not writer:
                end.transport.abort()

    def _asked(self, data: bytes, meeting: Meeting | None) -> tuple[bytes, bool]:
        """What of it the server gets, and whether the line ends then."""
        fault = Fault.NONE
        if COMMIT in data:
            self.commit_seen.set()
            fault = self.fault
        if fault is Fault.SWALLOW_COMMIT or meeting is Meeting.SWALLOW:
            return b"", False
        if meeting is Meeting.CUT_BEFORE or fault is Fault.CUT_BEFORE_COMMIT:
            return b"", True
        return data, meeting is Meeting.CUT_AT or fault is Fault.CUT_AT_COMMIT

    def _answered(self, data: bytes, line: _Line) -> tuple[bytes, bool]:
        """What of it the client gets, and whether the line ends then."""
        if line.answer is Meeting.CUT_AFTER or (self.fault is Fault.CUT_AFTER_COMMIT and self.commit_seen.is_set()):
            return b"", True
        if line.answer is Meeting.SWALLOW_ANSWER:
            return b"", False
        if line.answer is Meeting.CUT_WITHIN:
            return data[: len(data) // 2], True
        return data, False

    def _take_turn(self, data: bytes, line: _Line) -> Meeting | None:
        """What this turn meets; what is to become of its answer is left with the line."""
        self.turns.append(data)
        if self._meeting is None:
            return None
        turn, saying, meeting = self._meeting
        if saying not in data or sum(saying in said for said in self.turns) != turn:
            return None
        self._meeting = None
        if meeting is Meeting.STALL:
            self.stall()
        elif meeting is Meeting.HOLD:
            self.stall(Way.TO_CLIENT)
        line.answer = meeting
        self.met.set()
        return meeting


@dataclass(slots=True)
class _Line:
    """One connection through the proxy, and what its next answer meets."""

    ends: set[asyncio.StreamWriter]
    answer: Meeting | None = None
