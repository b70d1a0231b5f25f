"""Which of squawk's findings are shown, how grave each is, and what to write instead. Data.

What is not in TAKEN is left out, for the reasons in LEFT_OUT: style that every file of Aerich's trips, what our own
rules say with more knowledge, and what Shellback does itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui.migrate.lint.hits import Severity


@dataclass(frozen=True, slots=True)
class Taken:
    """A rule of squawk as we show it."""

    severity: Severity
    title: str
    is_about_waiting: bool = True
    """Nothing to say where the table is new or nearly empty."""
    advice: str = ""
    """What to write instead, where the statement itself does not make it: `{table}` and `{column}` are filled in."""


_VALIDATE: Final = """\
ALTER TABLE {table} ADD CONSTRAINT ... NOT VALID;
-- in a later file:
ALTER TABLE {table} VALIDATE CONSTRAINT ...;"""

TAKEN: Final[Mapping[str, Taken]] = {
    "syntax-error": Taken(Severity.WARNING, "SQL that squawk cannot parse: the rest of the file is not judged", False),
    "require-concurrent-index-creation": Taken(Severity.WARNING, "An index built while writers wait"),
    "require-concurrent-index-deletion": Taken(Severity.WARNING, "An index dropped while readers and writers wait"),
    "require-concurrent-reindex": Taken(Severity.WARNING, "An index built anew while writers wait"),
    "require-concurrent-partition-detach": Taken(
        Severity.WARNING, "A partition detached while readers and writers wait"
    ),
    "constraint-missing-not-valid": Taken(
        Severity.WARNING, "A constraint checked on every row under its lock", advice=_VALIDATE
    ),
    "adding-foreign-key-constraint": Taken(
        Severity.WARNING, "A foreign key checked on every row under its lock", advice=_VALIDATE
    ),
    "disallowed-unique-constraint": Taken(
        Severity.WARNING,
        "A unique constraint whose index is built under its lock",
        advice="-- in a file with RUN_IN_TRANSACTION = False:\n"
        "CREATE UNIQUE INDEX CONCURRENTLY ... ON {table} (...);\n-- in a later file:\n"
        "ALTER TABLE {table} ADD CONSTRAINT ... UNIQUE USING INDEX ...;",
    ),
    "adding-field-with-default": Taken(
        Severity.WARNING,
        "A column whose default is worked out for each row: the table is rewritten",
        advice="ALTER TABLE {table} ADD COLUMN {column} ...;\n"
        "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT ...;\n-- then fill the old rows in parts",
    ),
    "adding-not-nullable-field": Taken(
        Severity.WARNING,
        "SET NOT NULL reads the whole table under its lock",
        advice="ALTER TABLE {table} ADD CONSTRAINT {column}_there CHECK ({column} IS NOT NULL) NOT VALID;\n"
        "-- in a later file; the last two are then at once:\n"
        "ALTER TABLE {table} VALIDATE CONSTRAINT {column}_there;\n"
        "ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\n"
        "ALTER TABLE {table} DROP CONSTRAINT {column}_there;",
    ),
    "adding-serial-primary-key-field": Taken(Severity.WARNING, "A serial key added: the table is rewritten"),
    "changing-column-type": Taken(
        Severity.WARNING,
        "A column's type changed: the table is usually rewritten, its indexes too",
        advice="-- a new column beside the old one, filled in parts, and swapped in a later file",
    ),
    "renaming-column": Taken(
        Severity.WARNING, "A column renamed: code that still runs does not know the new name", False
    ),
    "renaming-table": Taken(
        Severity.WARNING, "A table renamed: code that still runs does not know the new name", False
    ),
    "ban-truncate-cascade": Taken(Severity.WARNING, "TRUNCATE ... CASCADE empties tables that it does not name", False),
    "identifier-too-long": Taken(Severity.WARNING, "A name that PostgreSQL cuts to 63 bytes", False),
    "ban-alter-domain-with-add-constraint": Taken(
        Severity.WARNING, "A domain's new constraint is checked on every row of every table that uses it", False
    ),
    "require-enum-value-ordering": Taken(
        Severity.NOTE, "An enum value added at the end, without BEFORE or AFTER", False
    ),
}

LEFT_OUT: Final[Mapping[str, str]] = {
    "require-lock-timeout": "Shellback sets lock_timeout itself",
    "require-statement-timeout": "Shellback shows what runs, and lets it be cancelled",
    "require-timeout-settings": "as above",
    "prefer-robust-stmts": "the file is one transaction, or is run by a journal: nothing is run twice",
    "prefer-bigint-over-int": "style: Tortoise's IntField is INT",
    "prefer-bigint-over-smallint": "style: Tortoise's SmallIntField is SMALLINT",
    "prefer-identity": "style: Tortoise's keys are SERIAL",
    "prefer-text-field": "style: Tortoise's CharField is VARCHAR(n)",
    "prefer-timestamp-tz": "style: Tortoise chooses by use_tz",
    "prefer-repack": "style: needs an extension",
    "ban-char-field": "style: Tortoise's UUIDField is CHAR(36) on some databases",
    "ban-drop-column": "our drops-data, with the rows",
    "ban-drop-table": "our drops-data, with the rows",
    "ban-drop-database": "our not-in-a-transaction",
    "ban-drop-not-null": "nothing waits and nothing is lost",
    "adding-required-field": "our required-column, which knows whether the table has rows",
    "ban-concurrent-index-creation-in-transaction": "our not-in-a-transaction, which knows the file's setting",
    "transaction-nesting": "our transaction-control",
    "ban-uncommitted-transaction": "our transaction-control",
    "ban-create-domain-with-constraint": "style: a new domain blocks nobody",
    "require-table-schema": "style: Tortoise goes by the search_path; our schema-model says where that is wrong",
    "unused-ignore": "our ignore-without-effect",
}
"""Squawk's rules that are on by default, or that a project may turn on, and why they are not shown."""
