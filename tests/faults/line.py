"""A fault proxy for a program in a terminal: it runs in a thread, and a test that blocks tells it what to do."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from tests.faults.proxy import COMMIT, Fault, FaultProxy, Meeting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.postgres import PostgresServer

T = TypeVar("T")


class Line:
    """The way to a server. Each call returns once it is so."""

    def __init__(self, loop: asyncio.AbstractEventLoop, proxy: FaultProxy) -> None:
        self._loop = loop
        self._proxy = proxy

    def url(self, database: str) -> str:
        return self._proxy.url(database)

    def stall(self) -> None:
        """Nothing passes; connections stay open."""
        self._do(self._proxy.stall)

    def resume(self) -> None:
        self._do(self._proxy.resume)

    def cut(self) -> None:
        """Ends every connection; who comes again is let in."""
        self._do(self._proxy.cut)

    def go_away(self) -> None:
        """As a server that vanished, until `come_back`."""
        self._do(self._proxy.go_away)

    def come_back(self) -> None:
        def come() -> None:
            self._proxy.fault = Fault.NONE

        self._do(come)

    def lead_to(self, server: PostgresServer) -> None:
        """Who comes from now on finds another server at the same address: a failover."""

        def lead() -> None:
            self._proxy.server = server

        self._do(lead)

    def meet_at_commit(self, meeting: Meeting, *, turn: int = 1) -> None:
        """The COMMIT of this number from now on meets this, once."""
        self._do(lambda: self._proxy.meet(meeting, turn=turn, saying=COMMIT))

    def _do(self, what: Callable[[], T]) -> T:
        async def run() -> T:
            return what()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(20)


@contextmanager
def line_to(server: PostgresServer) -> Iterator[Line]:
    """A running proxy before the server."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    proxy = FaultProxy(server)
    asyncio.run_coroutine_threadsafe(proxy.__aenter__(), loop).result(20)
    try:
        yield Line(loop, proxy)
    finally:
        asyncio.run_coroutine_threadsafe(proxy.__aexit__(None, None, None), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()
