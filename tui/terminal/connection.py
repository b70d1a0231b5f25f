"""The state of the connection as a person is told it, and coming back by itself once a fault is over.

Errors that screens meet are told here; from the first one that means a lost connection, the database is asked again
and again until it answers. Then whatever was read in vain is read again: screens and tables subscribe to `back`.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final

from textual.signal import Signal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.worker import WorkType

    from tui.app import ShellbackApp
    from tui.database import Database

SLOW_AFTER: Final = 1.0
"""Seconds after which a person is told that the database is being waited for."""

BEAT_SECONDS: Final = 10.0
"""Between two questions to a database that nobody asks anything: "connected" must be true of a quiet screen too."""

PAUSES: Final = (0.3, 0.6, 1.0, 2.0, 3.0)
"""Seconds between two attempts to reach a database that was lost, each up to half as long again; the last goes on."""


READ_ONLY_CODE: Final = "25006"
"""SQLSTATE of a write that a standby refused."""


class State(StrEnum):
    """In the words of the header."""

    CONNECTED = "connected"
    WAITING = "waiting"
    LOST = "lost, reconnecting"
    READ_ONLY = "read-only"


@dataclass(frozen=True, slots=True)
class Fault:
    """One time that the connection was lost: why, and from when to when (UTC); None while it still is."""

    sentence: str
    began: datetime
    ended: datetime | None = None


class Connection:
    """Of one interface, whichever database is open."""

    beat_seconds: ClassVar[float] = BEAT_SECONDS

    def __init__(self, shell: ShellbackApp) -> None:
        self._shell = shell
        self._late: set[object] = set()
        self._lost = ""
        self._in_vain = False  # something was, since the database answered last
        self._asking = False
        self._watched = False
        self._up_at = self._late_at = datetime.now(UTC)
        self.fault: Fault | None = None
        """The newest one of this session."""
        self.changed: Signal[None] = Signal(shell, "connection")
        """Told after the state, or what is said of it, is another one."""
        self.back: Signal[bool] = Signal(shell, "connection back")
        """Told when the database answers again, and whether the connection was lost; else it only was slow."""

    @property
    def state(self) -> State | None:
        """None while no database is open, and while nobody looks after it: "connected" is said of what is known."""
        if self._shell.database is None:
            return None
        if self._lost:
            return State.LOST
        if self._late:
            return State.WAITING
        if self._shell.read_only:
            return State.READ_ONLY
        return State.CONNECTED if self._watched else None

    @property
    def is_lost(self) -> bool:
        return self.state is State.LOST

    @property
    def since(self) -> datetime:
        """When it came to its state (UTC). Being waited for is not a lost connection: "connected" goes on behind it."""
        if self._lost and self.fault is not None:
            return self.fault.began
        return self._late_at if self._late else self._up_at

    @property
    def sentence(self) -> str:
        """What is the matter, and what is done about it; empty when all is well."""
        match self.state:
            case State.LOST:
                return f"{self._lost} Reconnecting."
            case State.WAITING:
                return "Waiting for the database."
        return ""

    # Told by whoever speaks to the database ---------------------------------------------------------------------------

    @contextmanager
    def waiting(self, *, after: float = SLOW_AFTER) -> Iterator[None]:
        """While inside, an answer of the database is waited for; that is said `after` so many seconds."""
        out = object()
        timer = asyncio.get_running_loop().call_later(after, self._wait, out)
        try:
            yield
        except asyncio.CancelledError:
            # Nobody waits for it any more; whether the database answers is not known for that.
            if out in self._late:
                self.ask(after=0)
            raise
        finally:
            timer.cancel()
            if out in self._late:
                self._late.discard(out)
                self._tell()

    def concerns(self, error: BaseException) -> bool:
        """Whether no answer came, so that the same may be read once the database answers: `back` is told then."""
        from models.engines.errors import DatabaseUnavailable, PoolTimeout, StatementTimeout

        if isinstance(error, StatementTimeout):
            database = self._shell.database
            # With a code the server itself stopped it; SQLite is no server, and always answers.
            return error.code is None and database is not None and database.dialect != "sqlite"
        return isinstance(error, DatabaseUnavailable | TimeoutError) and not isinstance(error, PoolTimeout)

    def heard(self, error: BaseException) -> None:
        """An error came instead of an answer. What may mean that the connection is lost is asked about."""
        from models.engines.errors import DatabaseUnavailable, PermissionRefused

        if self._shell.database is None:
            return
        if self.concerns(error):
            self._in_vain = True
            if isinstance(error, DatabaseUnavailable):
                self._lose(error.sentence)
            self.ask()
        elif isinstance(error, PermissionRefused) and error.code == READ_ONLY_CODE:
            self.ask()

    def watch(self) -> None:
        """Begins to look after the connection; a database was opened."""
        if not self._watched:
            self._watched = True
            self._up_at = datetime.now(UTC)
            self._shell.set_interval(self.beat_seconds, self.ask)
        self._tell()

    # Asking -----------------------------------------------------------------------------------------------------------

    def ask(self, *, after: float = SLOW_AFTER) -> None:
        """Asks the database how it is, unless that is being done; until it answers, if it is lost. It is `after` so
        many seconds that a person is told."""
        database = self._shell.database
        if self._asking or database is None:
            return
        self._asking = True

        async def run() -> None:
            try:
                await self._ask(database, after)
            finally:
                self._asking = False

        worker: WorkType[None] = run
        self._shell.run_worker(worker, group="connection", exit_on_error=False)

    async def _ask(self, database: Database, after: float) -> None:
        from models.engines.errors import DatabaseError, PoolTimeout
        from tui.database.probing import probe

        attempt = 0
        while self._shell.database is database:
            if self._lost:
                pause = PAUSES[min(attempt, len(PAUSES) - 1)]
                await asyncio.sleep(random.uniform(pause, pause * 1.5))
                attempt += 1
            was_read_only = database.read_only
            try:
                with self.waiting(after=after):
                    await probe(database)
            except PoolTimeout:
                if not self._lost:
                    return  # this program's own work is in the way, and will say itself what becomes of it
            except DatabaseError as error:
                self._lose(error.sentence)
            else:
                self._answered(changed=database.read_only != was_read_only)
                return

    def _answered(self, *, changed: bool) -> None:
        was_lost, in_vain, self._lost, self._in_vain = bool(self._lost), self._in_vain, "", False
        if was_lost or changed:
            self._up_at = datetime.now(UTC)
            if self.fault is not None and self.fault.ended is None:
                self.fault = replace(self.fault, ended=self._up_at)
            self._tell()
        if was_lost or in_vain:
            self.back.publish(was_lost)

    def _lose(self, sentence: str) -> None:
        # The other half says what became of a change, and nothing was asked to be changed by whoever only waits.
        reason = sentence.partition(" Nothing was changed")[0].rstrip(".") + "."
        if reason != self._lost:
            began = self.fault.began if self._lost and self.fault is not None else datetime.now(UTC)
            self._lost, self.fault = reason, Fault(reason, began)
            self._tell()
        self.ask()

    def _wait(self, out: object) -> None:
        if not self._late:
            self._late_at = datetime.now(UTC)
        self._late.add(out)
        self._tell()

    def _tell(self) -> None:
        self.changed.publish(None)
        self._shell.refresh_bindings()
