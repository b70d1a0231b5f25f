"""How far the script of a file is, told at a rate that the other end can draw: a file may have 5 000 statements."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Protocol

from ..channel import Emit
from ..sql.statements import Statement

EACH: int = 100
"""So many first statements of a file are told one by one."""
APART_S: float = 0.05
"""After those one is told when the last was so long ago, or when it takes that long itself."""
LONGEST_TEXT: int = 2000


class StatementFailed(Exception):
    """A statement of the script failed, or must not be run. The database's error is `__cause__` where there is one."""

    def __init__(self, index: int, total: int, statement: Statement, message: str) -> None:
        super().__init__(message)
        self.index = index
        self.total = total
        self.statement = statement


class Keeper(Protocol):
    """Who writes down what is sent, and decides what is tried again."""

    def step(self, index: int, total: int, text: str, *, is_done: bool = False) -> Awaitable[None]:
        """A statement is sent next, or came back."""

    def again(self, error: BaseException) -> Awaitable[bool]:
        """Whether to send the statement again, after a pause: only one that left nothing behind."""


@dataclass(slots=True)
class Progress:
    """How far the current script is. Statements count from 1.

    `skip`: so many statements at the beginning of a file without a transaction were done by an earlier run.
    """

    emit: Emit
    version: str = ""
    transactional: bool = True
    total: int = 0
    current: int = 0
    done: int = 0
    skip: int = 0
    statements: list[Statement] = field(default_factory=list)
    keeper: Keeper | None = None
    _since: float = 0.0
    _told: float = 0.0
    _is_told: bool = False
    _later: asyncio.TimerHandle | None = None

    def begin(self, version: str, transactional: bool, skip: int = 0) -> None:
        """A file begins."""
        self.version, self.transactional, self.skip = version, transactional, skip
        self.total = self.current = self.done = 0
        self.statements = []

    def script(self, statements: list[Statement]) -> None:
        """A script of the file begins."""
        self.statements, self.total = statements, len(statements)
        self.current = self.done = min(self.skip, self.total)
        if self.skip:
            self.emit("resumed", version=self.version, done=self.done, total=self.total)
        self.skip = 0

    @property
    def running(self) -> Statement | None:
        """The statement that was sent and has not come back."""
        return self.statements[self.current - 1] if self.done < self.current <= len(self.statements) else None

    async def sent(self, index: int) -> None:
        """Statement `index` is sent next."""
        self.current = index
        if self.keeper is not None:
            await self.keeper.step(index, self.total, self.statements[index - 1].text)
        self._since = time.perf_counter()
        self._is_told = False
        if index <= EACH or self._since - self._told >= APART_S:
            self._tell()
        else:
            self._later = asyncio.get_running_loop().call_later(APART_S, self._tell)

    async def came_back(self, index: int) -> None:
        """Statement `index` is done."""
        self.done = index
        self.stop()
        if self._is_told:
            took = round((time.perf_counter() - self._since) * 1000, 2)
            self.emit("statement_done", version=self.version, index=index, ms=took)
        if self.keeper is not None:
            await self.keeper.step(index, self.total, self.statements[index - 1].text, is_done=True)

    def stop(self) -> None:
        """Nothing more is told of the statement that was sent."""
        if self._later is not None:
            self._later.cancel()
            self._later = None

    async def again(self, error: BaseException) -> bool:
        """Whether the statement that failed with this is to be sent again, outside of a transaction."""
        self.stop()
        return not self.transactional and self.keeper is not None and await self.keeper.again(error)

    def _tell(self) -> None:
        self._later = None
        statement = self.statements[self.current - 1]
        self._is_told, self._told = True, time.perf_counter()
        self.emit(
            "statement_started",
            version=self.version,
            index=self.current,
            total=self.total,
            text=statement.text[:LONGEST_TEXT],
            offset=statement.offset,
        )
