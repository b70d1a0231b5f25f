"""sqlite3's errors, told as the few of `errors.py`. Pure: no connection is touched."""

from __future__ import annotations

import re
import sqlite3
from typing import Final

from models.engines.errors import (
    ConstraintViolated,
    DatabaseError,
    DatabaseUnavailable,
    PermissionRefused,
    Retryable,
    StatementTimeout,
)

BUSY: Final = "Another program is writing to this database. Nothing was changed; try again."

_SENTENCES: Final[dict[str, tuple[type[DatabaseError], str]]] = {
    "SQLITE_BUSY": (Retryable, BUSY),
    "SQLITE_LOCKED": (Retryable, "Another statement holds this table. Nothing was changed; try again."),
    "SQLITE_INTERRUPT": (StatementTimeout, "The statement was stopped: it took too long. Nothing was changed."),
    "SQLITE_READONLY": (
        PermissionRefused,
        "The database file takes no changes: it is write-protected, or was opened read-only. Nothing was changed.",
    ),
    "SQLITE_PERM": (PermissionRefused, "The operating system does not allow this on the database file."),
    "SQLITE_FULL": (DatabaseError, "The disk of the database file is full. Nothing was changed; make room first."),
    "SQLITE_IOERR_WRITE": (
        DatabaseUnavailable,
        "The database file could not be written: its disk fails, or files may not get that long. Nothing was changed.",
    ),
    "SQLITE_IOERR": (DatabaseUnavailable, "The database file could not be read or written. Nothing was changed."),
    "SQLITE_CANTOPEN": (DatabaseUnavailable, "The database file, or a file beside it, could not be opened."),
    "SQLITE_NOTADB": (DatabaseUnavailable, "The file is not an SQLite database."),
    "SQLITE_CORRUPT": (DatabaseUnavailable, "The database file is damaged. Restore it from a backup."),
    "SQLITE_NOMEM": (DatabaseError, "There is not enough memory for this. Nothing was changed."),
    "SQLITE_TOOBIG": (DatabaseError, "A value is too long for the database. Nothing was changed."),
}

SHORT: Final = "SQLITE_IOERR_SHORT_READ"
"""A page that the -wal should have is not there. Of the file itself, SQLite reads missing pages as zeros."""

_KEPT: Final = "Another program keeps the database file for itself. Nothing was read or changed; try again."
_NO_ROOM: Final = (
    "There is no room for the temporary files that this needs to be sorted: make room in /var/tmp, or start with "
    "SQLITE_TMPDIR set to another directory. Nothing was changed."
)

_KINDS: Final = {
    "UNIQUE": ("unique", "Another record has this value already. Nothing was changed."),
    "PRIMARY KEY": ("unique", "Another record has this value already. Nothing was changed."),
    "NOT NULL": ("not_null", "A value that must be there is missing. Nothing was changed."),
    "CHECK": ("check", "A value breaks a rule of the table. Nothing was changed."),
    "FOREIGN KEY": (
        "foreign_key",
        "This refers to a record that is not there, or is referred to. Nothing was changed.",
    ),
}

_CONSTRAINT = re.compile(r"^([A-Z ]+) constraint failed(?:: (?:index '(?P<index>[^']*)'|(?P<names>.*)))?$", re.DOTALL)


def translated(error: Exception) -> Exception:
    """The error to raise instead of `error`; an error that is not the driver's stays itself."""
    if isinstance(error, sqlite3.IntegrityError):
        return _violated(error)
    if isinstance(error, (sqlite3.Warning, sqlite3.Error)):
        name = str(getattr(error, "sqlite_errorname", "") or "")
        for prefix, (kind, sentence) in _SENTENCES.items():
            if name == prefix or name.startswith(f"{prefix}_"):
                return kind(sentence, code=name)
        return DatabaseError(
            f"The database refused the statement ({name or 'unknown'}). Nothing was changed.", code=name
        )
    return error


def translated_read(error: Exception) -> Exception:
    """The same for a read outside a transaction. It waits for no writer, but for one that has taken the whole file; and
    it writes nothing but what it sorts."""
    raised = translated(error)
    code = getattr(raised, "code", None)
    if isinstance(raised, Retryable):
        return Retryable(_KEPT, code=code)
    return DatabaseError(_NO_ROOM, code=code) if code in ("SQLITE_FULL", "SQLITE_IOERR_WRITE") else raised


def leaves_commit_unknown(error: Exception) -> bool:
    """Whether a COMMIT that ended with this error may have happened, or may happen yet.

    The frame that makes a transaction one is the last that is written, so a write that fails tells that it is not
    there. After it come the sync of the -wal and the word to other programs: when one of these fails SQLite rolls back,
    but whoever opens the file after a crash may find the frame, and take it for committed.
    """
    name = str(getattr(error, "sqlite_errorname", "") or "")
    if name == "SQLITE_IOERR_WRITE":
        return False
    return name.startswith(("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOMEM", "SQLITE_PROTOCOL"))


def _violated(error: sqlite3.IntegrityError) -> ConstraintViolated:
    """SQLite names the columns (`UNIQUE constraint failed: users.email`), or an index on an expression, or nothing."""
    code = str(getattr(error, "sqlite_errorname", "") or "")
    found = _CONSTRAINT.match(str(error))
    if found is None:
        return ConstraintViolated(
            "A rule of the table refused the row. Nothing was changed.",
            kind="other",
            constraint=None,
            columns=(),
            code=code,
        )
    kind, sentence = _KINDS.get(found.group(1), ("other", "A rule of the table refused the row. Nothing was changed."))
    names = [part.strip() for part in (found.group("names") or "").split(",") if part.strip()]
    if kind == "check":
        return ConstraintViolated(sentence, kind=kind, constraint=", ".join(names) or None, columns=(), code=code)
    columns = tuple(name.rpartition(".")[2] for name in names)
    constraint = found.group("index") or ", ".join(names) or None
    return ConstraintViolated(sentence, kind=kind, constraint=constraint, columns=columns, code=code)
