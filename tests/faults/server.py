"""A PostgreSQL of a test's own, made from the tests' one in about a second: to be paused, crashed, filled, demoted or
followed by a replica without harm to others.

    with server_of(postgres_server) as server:      # has every database of the tests' server, the templates too
        server.create("mine", template=_template)
        server.url("mine"), server.loopback_url("mine")
        server.pause(); server.resume()
        server.crash(); server.start()
        with server.standby() as standby:
            standby.caught_up(); standby.pause_replay(); standby.promote()

All of it blocks: in a test that must go on meanwhile, wrap it in `asyncio.to_thread`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import asyncpg
import psutil

from tests.embedded import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from tests.postgres import PostgresServer, apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

PATIENCE: Final = 60.0
"""Seconds that a server has to come to a state; it needs a fraction of one."""

Mode = Literal["smart", "fast", "immediate"]


@dataclass(frozen=True, slots=True)
class OwnServer(PostgresServer):
    """A server whose files, log and socket lie in `directory`. It listens on 127.0.0.1:`port` too, without TLS."""

    directory: Path

    @property
    def data(self) -> Path:
        return self.directory / "data"

    def loopback_url(self, database: str) -> str:
        """The URL by way of TCP. Shellback opens it with `insecure_tls`."""
        return f"postgres://{self.user}@127.0.0.1:{self.port}/{database}"

    @property
    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    # Its processes ---------------------------------------------------------------------------------------------------

    def start(self, *, wait: bool = True) -> None:
        """Starts it; without `wait` it may still refuse connections."""
        # The tests' server acknowledges a COMMIT before it is written; a crash would lose it.
        settings = "-c synchronous_commit=on -c wal_retrieve_retry_interval=100ms"
        options = f"-p {self.port} -k {self.directory} -h 127.0.0.1 {settings}"
        how = ("-w", "-t", f"{PATIENCE:g}") if wait else ("-W",)
        self.run("pg_ctl", "-D", "data", *how, "-l", "log", "-o", options, "start")

    def stop(self, mode: Mode = "fast") -> None:
        """Stops it: "fast" ends the sessions and writes everything, "immediate" is a power cut."""
        self.resume()
        self.run("pg_ctl", "-D", "data", "-w", "-t", f"{PATIENCE:g}", "-m", mode, "stop")

    def crash(self) -> None:
        """Ends every process of it at once, as a power cut would."""
        self.stop("immediate")

    def restart(self, mode: Mode = "fast") -> None:
        self.stop(mode)
        self.start()

    def demote(self) -> None:
        """Starts it again as a standby that follows nobody: it reads, and takes no changes."""
        self.stop()
        (self.data / "standby.signal").touch()
        self.start()

    def pause(self) -> None:
        """Stops every process of it (SIGSTOP): connections stay, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def kill_backend(self, pid: int) -> None:
        """`kill -9` of one of its processes: the server ends all sessions and recovers by itself."""
        os.kill(pid, signal.SIGKILL)

    def _signal(self, which: signal.Signals) -> None:
        with suppress(OSError, psutil.Error, ValueError):
            postmaster = psutil.Process(int((self.data / "postmaster.pid").read_text().split("\n")[0]))
            # First of all the one that makes new ones.
            postmaster.send_signal(which)
            for process in postmaster.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(which)

    # Its state -------------------------------------------------------------------------------------------------------

    def set(self, setting: str, value: str | None) -> None:
        """Sets it for new sessions, and for old ones from their next statement on; None: as it was. What needs a
        restart (`max_connections`) gets its value at the next one."""
        loaded = self.ask("SELECT pg_conf_load_time()")
        self.execute(
            f"ALTER SYSTEM SET {setting} = '{value}'" if value is not None else f"ALTER SYSTEM RESET {setting}"
        )
        self.execute("SELECT pg_reload_conf()")
        self.until(lambda: self.ask("SELECT pg_conf_load_time()") > loaded)

    def ask(self, query: str, *values: Any, database: str = "postgres") -> Any:
        """The one value that a query answers, asked past the program under test."""

        async def run() -> Any:
            connection = await asyncpg.connect(host=self.host, port=self.port, user=self.user, database=database)
            try:
                return await connection.fetchval(query, *values)
            finally:
                await connection.close()

        return apart(run())

    def is_open(self) -> bool:
        """Whether it takes connections now."""
        try:
            return bool(self.ask("SELECT true"))
        except (OSError, asyncpg.PostgresError):
            return False

    def until(self, holds: Callable[[], bool]) -> None:
        """Waits for a state of the server that it tells nobody by itself."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, "the server did not come to the state"
            time.sleep(0.02)

    def standby(self) -> AbstractContextManager[Standby]:
        """A streaming replica of it, running; removed at the end."""
        return standby_of(self)

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL's programs, in `directory`. Raises `CalledProcessError`."""

        # No pipes: the server would keep them, and their reader would wait for the server.
        subprocess.run(
            [Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]) / program, *arguments],
            check=True,
            cwd=self.directory,
            # PostgreSQL does not run as root; the wheel made this user for its own server.
            user="pgserver" if os.geteuid() == 0 else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@dataclass(frozen=True, slots=True)
class Standby(OwnServer):
    """A replica: it takes no changes until it is promoted."""

    def caught_up(self, primary: OwnServer) -> None:
        """Waits until it shows everything that the primary has committed so far."""
        place = primary.ask("SELECT pg_current_wal_flush_lsn()::text")
        self.until(lambda: self.ask("SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", place))

    def pause_replay(self) -> None:
        """It goes on receiving, and shows nothing of it: a replica that lags."""
        self.execute("SELECT pg_wal_replay_pause()")
        self.until(lambda: self.ask("SELECT pg_get_wal_replay_pause_state()") == "paused")

    def resume_replay(self) -> None:
        self.execute("SELECT pg_wal_replay_resume()")

    def detach(self) -> None:
        """It receives nothing more: whoever promotes it now goes back to an older state."""
        self.set("primary_conninfo", "")
        self.until(lambda: self.ask("SELECT count(*) FROM pg_stat_wal_receiver") == 0)

    def promote(self) -> None:
        """It takes changes from now on, in a history of its own."""
        self.execute(f"SELECT pg_promote(true, {PATIENCE:.0f})")


@contextmanager
def server_of(source: PostgresServer) -> Iterator[OwnServer]:
    """A running copy of the server, removed at the end."""
    with _copied(OwnServer, source) as server:
        yield server


@contextmanager
def standby_of(source: PostgresServer) -> Iterator[Standby]:
    """A running streaming replica of the server, removed at the end."""
    with _copied(Standby, source, "-R") as standby:
        yield standby


S = TypeVar("S", bound=OwnServer)


@contextmanager
def _copied(kind: type[S], source: PostgresServer, *options: str) -> Iterator[S]:
    # Under /tmp, as a socket's path holds 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix="shellback-own-", dir="/tmp"))
    directory.chmod(0o777)
    server = kind(str(directory), _free_port(), source.user, directory)
    where = ("-h", source.host, "-p", str(source.port), "-U", source.user)
    try:
        server.run("pg_basebackup", *where, "-D", "data", "--checkpoint=fast", *options)
        server.start()
        try:
            yield server
        finally:
            if server.is_running:
                server.crash()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _free_port() -> int:
    """Below those that the system hands out to clients: a server that starts again finds it free again."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
