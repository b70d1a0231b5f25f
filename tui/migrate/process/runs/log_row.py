"""The row of one file in the log, as it grows while the file runs. Pure: writing it is `log`'s business."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from . import log_table
from .source import decoded, without_state

_LOST: Final = "\n-- (cut here: longer than the log keeps)"


@dataclass(slots=True)
class LogRow:
    """Fields up to `done` are columns of the table. Statements count from 1, over all scripts that the file sends."""

    run: str
    app: str
    version: str
    action: str
    actor: str
    reason: str
    outcome: str = "running"
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    took_ms: int | None = None
    aerich_id: int | None = None
    source: str = ""
    source_sha256: str = ""
    sql: str = ""
    statements: int = 0
    begun: int = 0
    done: int = 0
    transactional: bool = True
    row: int | None = None
    """The id of the row in the table."""
    is_local: bool = False
    """It goes to the local file."""
    is_noted: bool = False
    """The local file has its first line."""
    _since: float = field(default_factory=time.monotonic)
    _texts: list[str] = field(default_factory=list)
    _base: int = 0
    """Statements of scripts that came before the one that runs."""

    def of(self, source: bytes) -> LogRow:
        """With the file's text, and its hash."""
        self.source = long(without_state(decoded(source)))
        self.source_sha256 = hashlib.sha256(source).hexdigest()
        return self

    def send(self, index: int, total: int, text: str) -> None:
        """Statement `index` of the running script's `total` is sent next."""
        if index == 1 and self._texts:
            self._base = self.statements
        self.begun, self.statements = self._base + index, self._base + total
        self._texts.append(text)

    def came_back(self, index: int) -> None:
        """That statement is done."""
        self.done = self._base + index

    def end(self, outcome: str) -> None:
        """The file is over."""
        self.outcome = outcome
        self.took_ms = round((time.monotonic() - self._since) * 1000)
        self.sql = long("\n".join(text if text.rstrip().endswith(";") else f"{text};" for text in self._texts))

    def values(self, dialect: str) -> list[Any]:
        """For `log_table.insert`."""
        found = {name: getattr(self, name) for name in log_table.COLUMNS}
        if dialect == "sqlite":
            found["started_at"] = self.started_at.isoformat()
        return list(found.values())

    def changing(self) -> list[Any]:
        """For `log_table.update`."""
        return [getattr(self, name) for name in log_table.CHANGING]

    def line(self) -> dict[str, Any]:
        """For the local file: everything the first time, then what has changed."""
        names = ("run", "version", *log_table.CHANGING) if self.is_noted else log_table.COLUMNS
        self.is_noted = True
        return {name: getattr(self, name) for name in names}


def short(value: Any, length: int) -> str:
    """At most so many characters, of what both databases can store."""
    return _plain(str(value or ""))[:length]


def long(text: str) -> str:
    """At most as much as the log keeps; what is left out is said."""
    text, most = _plain(text), log_table.LONGEST_TEXT
    return text if len(text) <= most else text[: most - len(_LOST)] + _LOST


def _plain(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
