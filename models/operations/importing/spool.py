"""The rows of an import between reading and writing: in a temporary SQLite file, so that memory stays flat.

SQLite makes the file itself, for its owner only, and takes its name away at once (an empty path means that): nothing
can be left behind. Every method blocks, so callers use a thread. A caller that is cancelled leaves its thread at work:
whoever lets go of the rows meanwhile leaves closing to that thread, since SQLite dies of a connection that is closed
under it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any

from models.operations.importing.rows import UNRANKED, kept

if TYPE_CHECKING:
    from models.operations.importing.rows import ImportRow


class Verdict(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the table that is shown: `changes` is `{field: [before, after]}`, `error` a sentence."""

    line: int
    verdict: Verdict
    target: int | None
    label: str
    changes: Mapping[str, Sequence[Any]]
    error: str


_TABLE = """
CREATE TABLE found (
    line INTEGER PRIMARY KEY, id INTEGER, username_key TEXT, email_key TEXT, given TEXT NOT NULL, error TEXT,
    verdict TEXT, target INTEGER, version INTEGER, label TEXT, look TEXT, changes TEXT
)
"""

_INDEXES = (
    "CREATE INDEX by_id ON found (id) WHERE id IS NOT NULL",
    "CREATE INDEX by_name ON found (username_key) WHERE username_key IS NOT NULL",
    "CREATE INDEX by_mail ON found (email_key) WHERE email_key IS NOT NULL",
)

_LATER_INDEXES = (
    "CREATE INDEX by_target ON found (target) WHERE target IS NOT NULL",
    "CREATE INDEX by_look ON found (look) WHERE look IS NOT NULL",
    "CREATE INDEX by_verdict ON found (verdict, line)",
)

TWICE = {
    "id": "id",
    "username_key": "username",
    "email_key": "e-mail",
    "target": "user",
    "look": "username that looks like this",
}
"""The columns that may hold a value once, and what they are called."""


class Spool:
    """The rows, by line. Let go of with `close`; then every other method raises `sqlite3.ProgrammingError`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._let_go = False
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -8000", "temp_store = FILE"):
            self._db.execute(f"PRAGMA {pragma}").close()
        self._db.execute(_TABLE).close()

    def close(self) -> None:
        """Let the rows vanish, at once or when the thread that is at them is done. Never blocks."""
        self._let_go = True
        if self._lock.acquire(blocking=False):
            self._db.close()
            self._lock.release()

    def fill(self, rows: Iterator[ImportRow], count: int) -> int:
        """Take up to `count` rows; return how many there were. Raises what the iterator raises."""
        taken = [kept(row) for row in islice(rows, count)]
        self._many(
            "INSERT INTO found (line, id, username_key, email_key, given, error) VALUES (?, ?, ?, ?, ?, ?)", taken
        )
        return len(taken)

    def index(self) -> None:
        """Make it searchable, once all rows are there."""
        for statement in _INDEXES:
            self._do(statement)

    def index_targets(self) -> None:
        """Make what was found out searchable."""
        for statement in _LATER_INDEXES:
            self._do(statement)

    def refuse_twice(self, column: str) -> None:
        """Make an error of every row whose value of a column stands on another line too; both lines are named."""
        self._do(
            f"""
            UPDATE found SET verdict = 'error', error = 'The same {TWICE[column]} is on line ' || (
                SELECT o.line FROM found o WHERE o.{column} = found.{column} AND o.line <> found.line
                ORDER BY o.line LIMIT 1
            ) || ' too.'
            WHERE error IS NULL AND {column} IN (
                SELECT {column} FROM found WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1
            )
            """
        )

    def unjudged(self, after: int, count: int) -> list[tuple[Any, ...]]:
        """Return up to `count` rows behind a line as (line, id, username_key, email_key, given)."""
        return self._all(
            "SELECT line, id, username_key, email_key, given FROM found"
            " WHERE line > ? AND error IS NULL ORDER BY line LIMIT ?",
            (after, count),
        )

    def judge(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Keep what was found out, as (verdict, target, version, label, look, changes, error, line)."""
        self._many(
            "UPDATE found SET verdict = ?, target = ?, version = ?, label = ?, look = ?, changes = ?, error = ?"
            " WHERE line = ?",
            rows,
        )

    def refuse(self, errors: Iterable[tuple[str, int]]) -> None:
        """Make errors of rows, as (sentence, line)."""
        self._many("UPDATE found SET verdict = 'error', error = ? WHERE line = ?", list(errors))

    def settle(self) -> dict[Verdict, int]:
        """Give every row its verdict; return how many have each."""
        self._do("UPDATE found SET verdict = 'error' WHERE error IS NOT NULL")
        counted = dict(self._all("SELECT verdict, count(*) FROM found GROUP BY verdict", ()))
        return {verdict: int(counted.get(str(verdict), 0)) for verdict in Verdict}

    def to_look_at(self, after: int, count: int) -> list[tuple[Any, ...]]:
        """Return new names as (line, target, given), behind a line."""
        return self._all(
            "SELECT line, target, given FROM found WHERE line > ? AND look IS NOT NULL AND error IS NULL"
            " ORDER BY line LIMIT ?",
            (after, count),
        )

    def with_look(self, looks: Sequence[str]) -> dict[str, tuple[int, int | None, str]]:
        """Return the new names that look like some, by what they look like: (line, target, username_key)."""
        marks = ", ".join("?" * len(looks))
        found = self._all(
            f"SELECT look, line, target, username_key FROM found WHERE look IN ({marks}) AND error IS NULL", looks
        )
        return {look: (line, target, name) for look, line, target, name in found}

    def updates(self, after: int, count: int) -> list[tuple[Any, ...]]:
        """Return up to `count` updates behind a target, in the order of targets, as (target, version, label, line)."""
        return self._all(
            "SELECT target, version, label, line FROM found INDEXED BY by_target"
            " WHERE target > ? AND verdict = 'update' ORDER BY target LIMIT ?",
            (after, count),
        )

    def changes(self, verdict: Verdict, after: int, upto: int, count: int) -> list[tuple[Any, ...]]:
        """Return up to `count` rows to write behind a line as (line, target, version, label, given, changes)."""
        return self._all(
            "SELECT line, target, version, label, given, changes FROM found INDEXED BY by_verdict"
            " WHERE verdict = ? AND line > ? AND line <= ? ORDER BY line LIMIT ?",
            (str(verdict), after, upto, count),
        )

    def lines(self, verdict: Verdict, after: int, count: int) -> tuple[int, int] | None:
        """Return the last of the next `count` lines of a verdict, and how many they are; None when there is none."""
        found = self._all(
            "SELECT max(line), count(*) FROM"
            " (SELECT line FROM found WHERE verdict = ? AND line > ? ORDER BY line LIMIT ?)",
            (str(verdict), after, count),
        )
        last, number = found[0]
        return (last, number) if number else None

    def is_unranked(self, line: int) -> bool:
        """Whether a row only changes fields that give nobody a way into the account."""
        ((changes,),) = self._all("SELECT changes FROM found WHERE line = ?", (line,))
        return set(json.loads(changes or "{}")) <= UNRANKED

    def created(self, ids: Sequence[tuple[int, int]]) -> None:
        """Keep the ids that new users got, as (id, line)."""
        self._many("UPDATE found SET target = ?, version = 1 WHERE line = ?", ids)

    def sample(self, verdict: Verdict, after: int = 0, count: int = 20) -> list[PlannedRow]:
        """Return rows of a verdict behind a line, by line."""
        found = self._all(
            "SELECT line, target, label, changes, error, username_key FROM found WHERE verdict = ? AND line > ?"
            " ORDER BY line LIMIT ?",
            (str(verdict), after, count),
        )
        return [
            PlannedRow(line, verdict, target, label or name or "", json.loads(changes) if changes else {}, error or "")
            for line, target, label, changes, error, name in found
        ]

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone."""
        try:
            with self._lock:
                if self._let_go:
                    raise sqlite3.ProgrammingError("the rows of this import were let go of")
                yield self._db
        finally:
            if self._let_go:
                self.close()

    def _do(self, statement: str) -> None:
        with self._using() as db:
            db.execute(statement).close()

    def _many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        with self._using() as db:
            db.execute("BEGIN").close()
            db.executemany(statement, rows).close()
            db.execute("COMMIT").close()

    def _all(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._using() as db:
            cursor = db.execute(statement, values)
            found = cursor.fetchall()
            cursor.close()
            return found
