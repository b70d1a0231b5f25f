"""A PgBouncer before a test's server, where one is installed (Debian: `apt install pgbouncer`).

with pooler(postgres_server) as pgbouncer:                  # transaction mode, two connections to the server
    pgbouncer.url("mine")                                   # with pgbouncer=true
    pgbouncer.console("PAUSE"); pgbouncer.console("RESUME")
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import asyncpg
import pytest

from tests.postgres import apart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgres import PostgresServer

Mode = Literal["transaction", "session", "statement"]
POOL: Final = 2
PATIENCE: Final = 30.0

CONFIGURATION: Final = """
[databases]
* = host={host} port={port} user={user}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir = {directory}
auth_type = any
admin_users = admin
pool_mode = {mode}
default_pool_size = {pool}
{extra}
"""


@dataclass(frozen=True, slots=True)
class PgBouncer:
    """A running pooler on 127.0.0.1:`port`, without TLS."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, database: str, options: str = "pgbouncer=true") -> str:
        return f"postgres://anybody@127.0.0.1:{self.port}/{database}{f'?{options}' if options else ''}"

    def console(self, command: str) -> None:
        """A command of its own console, to its end."""

        async def run() -> None:
            connection = await asyncpg.connect(host="127.0.0.1", port=self.port, user="admin", database="pgbouncer")
            try:
                await connection.execute(command)  # without values: the console knows the simple protocol only
            finally:
                await connection.close()

        apart(run())

    def kill(self) -> None:
        """`kill -9`: every connection through it is gone, and nobody listens any more."""
        self.process.kill()
        self.process.wait()


@contextmanager
def pooler(
    server: PostgresServer, mode: Mode = "transaction", *, pool: int = POOL, port: int | None = None, **settings: object
) -> Iterator[PgBouncer]:
    """A pooler before `server`, gone at the end. `settings` are lines of its configuration. Skips where there is no
    PgBouncer."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("no PgBouncer on PATH")
    directory = Path(tempfile.mkdtemp(prefix="shellback-pgb-", dir="/tmp"))
    directory.chmod(0o777)
    configuration = directory / "pgbouncer.ini"
    own_port = port or _free_port()
    configuration.write_text(
        CONFIGURATION.format(
            host=server.host,
            port=server.port,
            user=server.user,
            own_port=own_port,
            directory=directory,
            mode=mode,
            pool=pool,
            extra="\n".join(f"{name} = {value}" for name, value in settings.items()),
        )
    )
    # It does not run as root, and only the owner of the server may look into the directory of its socket.
    who = os.stat(server.host).st_uid if os.geteuid() == 0 and server.host.startswith("/") else None  # noqa: PTH116
    who = 65534 if os.geteuid() == 0 and who in (None, 0) else who
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen([program, configuration], user=who, stdout=log, stderr=log, cwd=directory)
    try:
        _wait_for(own_port, process)
        yield PgBouncer(own_port, process)
    finally:
        process.send_signal(signal.SIGINT if mode == "session" else signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()
        shutil.rmtree(directory, ignore_errors=True)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, "PgBouncer did not start"
            assert time.monotonic() < deadline, "PgBouncer does not listen"
            time.sleep(0.02)
        else:
            return


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


async def held(pgbouncer: PgBouncer, database: str, count: int = POOL) -> list[Any]:
    """Transactions that hold `count` connections of its pool, until each is closed."""
    found = []
    for _ in range(count):
        connection = await asyncpg.connect(
            host="127.0.0.1", port=pgbouncer.port, user="anybody", database=database, statement_cache_size=0
        )
        await connection.execute("BEGIN")
        await asyncio.sleep(0)
        found.append(connection)
    return found
