"""Rows that refer to nothing: counted before a file and after it, since inside its transaction foreign keys are off."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter

Dangling = Counter[tuple[str, str]]
"""How many rows of each table refer to nothing, by (table, parent)."""


class ForeignKeysBroken(Exception):
    """Rows would refer to nothing after this file, which was rolled back: so many of each table."""

    def __init__(self, broken: Dangling) -> None:
        tables = ", ".join(sorted(f"{child} to {parent}" for child, parent in broken))
        count = broken.total()
        super().__init__(f"{count} row{'s' * (count != 1)} would refer to nothing afterwards (from {tables}).")


class References:
    """What refers to nothing in one database, as far as it was looked at."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._before: Dangling = Counter()
        self._found: Dangling = Counter()
        self._looked_at: tuple[int, ...] = ()

    def begin(self) -> None:
        """The transaction of a file has begun. Looks where something was written since the last look, by others or
        outside of a transaction."""
        if self._state() != self._looked_at:
            self._before = self._dangling()

    def check(self) -> None:
        """Raises ForeignKeysBroken where more refers to nothing than before: what was broken before is not this file's
        doing, and must not keep it from being applied."""
        self._found = self._dangling()
        if broken := self._found - self._before:
            raise ForeignKeysBroken(broken)

    def committed(self) -> None:
        """What was found last is what is there. Raises nothing: the COMMIT landed, and somebody may have locked the
        file since. Then it is looked at again before the next one."""
        self._before, self._looked_at = self._found, ()
        with contextlib.suppress(sqlite3.Error):
            self._looked_at = self._state()

    def _dangling(self) -> Dangling:
        found = self._connection.execute("PRAGMA foreign_key_check")
        return Counter((row["table"], row["parent"]) for row in found)

    def _state(self) -> tuple[int, ...]:
        """Another value after every write, by whomever."""
        pragmas = [
            self._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("data_version", "schema_version")
        ]
        return (*pragmas, self._connection.total_changes)
