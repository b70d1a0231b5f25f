"""What a job asks of a database, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from ..channel import Emit
from ..runs.progress import Progress

LOCK_TIMEOUT_S: Final = 3.0
"""How long a statement may wait for a table. It queues everybody behind it while it waits."""


if TYPE_CHECKING:
    from tortoise import BaseDBAsyncClient

    from ..settings import Settings


class Fate(StrEnum):
    """What became of a transaction."""

    COMMITTED = "committed"
    ABORTED = "aborted"
    UNKNOWN = "unknown"


class UnsupportedDatabase(Exception):
    """Neither PostgreSQL nor SQLite."""


class Session(Protocol):
    """Connections of our own, apart from the project's pool: one runs everything, and its state is known."""

    name: str

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgres`."""

    @property
    def client(self) -> Any:
        """The `db` of a migration."""

    async def select(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The rows of one SELECT, on the connection that runs the files. Raises what the driver raises."""

    async def facts(self) -> dict[str, Any]:
        """dialect, label (no secrets), server, schema, writable, pid of the backend that runs the files."""

    async def settle(self, backend: int) -> None:
        """Waits until the backend of a dead worker is gone: what it did is known only then. Raises TimeoutError."""

    async def lock(self) -> None:
        """Keeps other upgraders out until `close`. Waits, telling who holds it."""

    async def applied(self) -> list[dict[str, Any]] | None:
        """id, version and app of each row, oldest first, never the content; None when there is no such table."""

    def look_for_table_again(self) -> None:
        """A file's way back may have taken Aerich's table with it: `applied` looks for it again."""

    async def fresh(self) -> None:
        """Forgets what an earlier file has set in the session: its role, its search_path, its deadlines."""

    async def begin(self, expected: Sequence[tuple[str, str]] = ()) -> bool:
        """Begins the transaction of one file, under the lock, in a fresh session.

        `expected`: (app, version) of Aerich's rows in order.

        True when they were seen to be just those, in the same breath; False when that is to be asked with `applied`.
        """

    async def write_aside(self, statement: str) -> None:
        """Runs a statement in the open transaction, which stays as it was when the statement fails and this raises."""

    async def backup(self) -> str | None:
        """Copies the database inside the transaction that has begun; the path of the copy, None where none is made."""

    async def commit(self) -> None:
        """Checks what the dialect left unchecked, and commits. When it raises, roll back."""

    @property
    def lost(self) -> str:
        """The beginning of a sentence: that COMMIT got no answer, and who says now that it ..."""

    @property
    def is_lost(self) -> bool:
        """Whether the connection is gone: what was sent last may or may not have been done."""

    async def fate(self) -> Fate:
        """What became of the transaction that `begin` began, now that it is over: asked of the server, over a new line
        where the old one is gone. UNKNOWN after half a minute, and where the database cannot tell."""

    async def rollback(self) -> None:
        """Undoes the transaction, if one is open."""

    async def interrupt(self) -> None:
        """Stops the statement that runs, where cancelling its task is not enough."""

    async def watch(self) -> None:
        """Tells what blocks the running statement and how far it is, until cancelled."""

    async def still_blocking(self) -> list[dict[str, Any]]:
        """Which of the blockers that were told last still have their transaction open."""

    def forget_blockers(self) -> None:
        """Those that were told last are out of the way."""

    async def end_backend(self, pid: int, how: str) -> tuple[bool, str]:
        """Cancels the statement ("cancel") or ends the session ("terminate") of a blocker that was told: whether that
        was done, and a sentence."""

    async def left_broken(self, statement: str) -> str | None:
        """A sentence on what a statement outside of a transaction left half done when it failed, or None."""

    async def close(self) -> None:
        """Ends the connections, and the lock with them."""


async def open_session(
    client: BaseDBAsyncClient | Settings,
    app: str,
    progress: Progress,
    emit: Emit,
    create: bool = False,
    *,
    lock_timeout: float = LOCK_TIMEOUT_S,
    locks: str | None = None,
) -> Session:
    """A session with the settings of a Tortoise client, or with those that were read without one.

    Raises UnsupportedDatabase, and what connecting raises.

    `lock_timeout`: seconds that a statement may wait for a table. `locks`: where the files stand that say who upgrades
    which SQLite file.
    """
    given: Any = client
    dialect = getattr(given, "dialect", None) or given.capabilities.dialect
    if dialect == "sqlite":
        from .sqlite import SqliteSession

        return await SqliteSession.open(given, progress, emit, create, locks)
    if dialect == "postgres":
        from .postgres import PostgresSession

        return await PostgresSession.open(given, app, progress, emit, lock_timeout)
    raise UnsupportedDatabase(f"Shellback applies migrations to PostgreSQL and SQLite; this project uses {dialect}.")
