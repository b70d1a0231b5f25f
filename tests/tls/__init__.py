"""TLS before a server that has none, with whatever certificate a test wants to meet."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.postgres import PostgresServer
    from tests.tls.certificates import Pair


@asynccontextmanager
async def tls_front(
    server: PostgresServer, pair: Pair, *, newest: ssl.TLSVersion | None = None, cut: bool = False
) -> AsyncIterator[int]:
    """Yields the port on every loopback address that speaks PostgreSQL's TLS for the server. `cut`: it goes away when
    the handshake has begun."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    if newest is not None:
        context.maximum_version = newest

    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        # A cancelled one would be logged by the streams' own callback.
        with suppress(OSError, ssl.SSLError, asyncio.IncompleteReadError, ExceptionGroup, asyncio.CancelledError):
            await reader.readexactly(8)  # SSLRequest
            writer.write(b"S")
            if cut:
                await reader.readexactly(8)  # of the client's first word
                writer.transport.abort()
                return
            await writer.start_tls(context)
            path = f"{server.host}/.s.PGSQL.{server.port}"
            if server.host.startswith("/"):
                upstream_reader, upstream = await asyncio.open_unix_connection(path)
            else:
                upstream_reader, upstream = await asyncio.open_connection(server.host, server.port)
            async with asyncio.TaskGroup() as group:
                group.create_task(_copy(reader, upstream))
                group.create_task(_copy(upstream_reader, writer))
        writer.transport.abort()
        tasks.discard(task)

    listener = await asyncio.start_server(accept, "0.0.0.0", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
