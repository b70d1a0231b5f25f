"""What a statement of a script does, as a value. Pure; `ddl` reads it from the text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a statement is."""

    CREATE_TABLE = "create table"
    DROP_TABLE = "drop table"
    ALTER_TABLE = "alter table"
    TRUNCATE = "truncate"
    CREATE_INDEX = "create index"
    DROP_INDEX = "drop index"
    REINDEX = "reindex"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    COPY = "copy"
    SELECT = "select"
    COMMENT = "comment"
    GRANT = "grant"
    """And REVOKE."""
    LOCK = "lock table"
    CREATE_TRIGGER = "create trigger"
    CREATE_VIEW = "create view"
    CREATE_ROUTINE = "create routine"
    REFRESH = "refresh"
    DO_BLOCK = "do block"
    """Its body is a program: what it touches is not known."""
    TRANSACTION = "transaction"
    """BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their kin."""
    SETTING = "setting"
    """SET, RESET, PRAGMA."""
    VACUUM = "vacuum"
    """And ANALYZE, CLUSTER."""
    SCHEMA = "schema"
    """CREATE, ALTER, DROP SCHEMA."""
    DATABASE = "database"
    """CREATE, ALTER, DROP DATABASE and TABLESPACE, ALTER SYSTEM."""
    TYPE = "type"
    """CREATE, ALTER, DROP TYPE and DOMAIN."""
    OTHER = "other"


class Verb(StrEnum):
    """One change of an ALTER TABLE."""

    ADD_COLUMN = "add column"
    DROP_COLUMN = "drop column"
    RENAME_COLUMN = "rename column"
    RENAME_TABLE = "rename table"
    SET_TYPE = "set type"
    SET_NOT_NULL = "set not null"
    DROP_NOT_NULL = "drop not null"
    SET_DEFAULT = "set default"
    DROP_DEFAULT = "drop default"
    ADD_CONSTRAINT = "add constraint"
    DROP_CONSTRAINT = "drop constraint"
    VALIDATE = "validate constraint"
    SET_SCHEMA = "set schema"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an ALTER TABLE. What does not apply is empty."""

    verb: Verb
    column: str = ""
    """Or the constraint's name."""
    to: str = ""
    """The new name, or the schema."""
    type: str = ""
    """As written, without USING and COLLATE: `VARCHAR(10)`."""
    using: str = ""
    """The expression as written."""
    not_null: bool = False
    default: str = ""
    """The expression as written."""
    unique: bool = False
    """UNIQUE or PRIMARY KEY: an index is built."""
    check: bool = False
    generated: bool = False
    """GENERATED: the database fills it."""
    references: str = ""
    """The table that a foreign key points at."""
    offset: int = 0
    """Where the change begins in the statement, in characters."""


@dataclass(frozen=True, slots=True)
class ColumnDef:
    """A column of a CREATE TABLE: `rest` is everything behind its name, as written."""

    name: str
    rest: str
    references: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What one statement does."""

    kind: Kind
    tables: tuple[str, ...] = ()
    """What it changes or locks."""
    columns: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    """Of an ALTER TABLE, in order."""
    defined: tuple[ColumnDef, ...] = ()
    """The columns of a CREATE TABLE."""
    reads: tuple[str, ...] = ()
    """Tables it takes rows from, or points at with a foreign key."""
    name: str = ""
    """Of the index, view, trigger, schema or setting."""
    words: str = ""
    """The first words in capitals: `DROP INDEX`, for a sentence."""
    concurrently: bool = False
    guarded: bool = False
    """IF EXISTS, IF NOT EXISTS, OR REPLACE."""
    cascade: bool = False
    unique: bool = False
    temporary: bool = False
    """A table of this session only."""
    has_where: bool = False
    is_opaque: bool = False
    """It may touch more than it says: a program, a function that is called, a WITH that writes."""
    is_open: bool = False
    """A quote is not closed."""

    @property
    def drops_columns(self) -> tuple[str, ...]:
        return tuple(change.column for change in self.changes if change.verb is Verb.DROP_COLUMN)

    @property
    def is_destructive(self) -> bool:
        """Whether rows or values can be gone for good afterwards. Rewriting values (UPDATE) is not counted."""
        if self.kind in (Kind.DROP_TABLE, Kind.TRUNCATE, Kind.DELETE):
            return True
        if self.kind in (Kind.SCHEMA, Kind.DATABASE):
            return self.words.startswith("DROP")
        return any(
            change.verb is Verb.DROP_COLUMN or (change.verb is Verb.SET_TYPE and bool(change.using))
            for change in self.changes
        )
