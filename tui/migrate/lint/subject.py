"""What a rule looks at: one direction of one file, its statements read, and what came before. Values, no rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.migrate.lint.known import Known
from tui.migrate.process.sql.ddl import Deed, Touched
from tui.migrate.process.sql.tokens import Token, tokens

if TYPE_CHECKING:
    from tui.migrate.lint.hits import Severity
    from tui.migrate.lint.state import TableState
    from tui.migrate.source.files import Direction, MigrationFile


@dataclass(frozen=True, slots=True)
class Step:
    """A statement of the script. `number` from 1, `line` of the file."""

    number: int
    text: str
    offset: int
    line: int | None
    deed: Deed
    fresh: frozenset[str]
    """Tables made before it in the same plan: nobody else uses them yet."""

    @property
    def end(self) -> int:
        return self.offset + len(self.text)

    @property
    def old_tables(self) -> tuple[str, ...]:
        """What it touches that was there before the plan."""
        return tuple(table for table in self.deed.tables if table not in self.fresh)

    def tokens(self, dialect: str) -> tuple[Token, ...]:
        return tuple(tokens(self.text, dialect))


@dataclass(frozen=True, slots=True)
class Subject:
    """One direction of one file."""

    file: MigrationFile
    direction: Direction
    dialect: str
    sql: str
    steps: tuple[Step, ...]
    touched: Touched
    known: Known = field(default_factory=Known)
    before: Mapping[str, TableState] | None = None
    """The models' tables before the file, where the file before it tells; None where it does not."""
    state_fault: str = ""
    """Why this file's own state cannot be read."""
    is_cut: bool = False
    """There are more statements than are looked at."""

    @property
    def transactional(self) -> bool:
        return self.file.transactional

    @property
    def is_up(self) -> bool:
        return self.direction == "up"

    def column_type(self, table: str, column: str) -> str:
        """The type that a column had before, in capitals; "" where it is not known."""
        state = (self.before or {}).get(table)
        return state.columns.get(column, "") if state is not None else ""

    def is_empty(self, table: str) -> bool:
        """Whether the table surely has no row."""
        size = self.known.size(table)
        return size is not None and size.is_empty

    def is_nearly_empty(self, table: str) -> bool:
        """Whether nobody would feel a lock on the table."""
        size = self.known.size(table)
        return size is not None and size.is_nearly_empty


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule says of a subject. `step` None: the whole file, or `offset` says where."""

    step: Step | None
    sentence: str
    why: str = ""
    blocks: str = ""
    rewrite: str = ""
    severity: Severity | None = None
    """In place of the rule's own."""
    offset: int | None = None
    """Into the script, where it is not the statement's beginning."""
