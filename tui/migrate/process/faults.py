"""An exception told as plain values: what the other end needs to point at a file and a line."""

from __future__ import annotations

import re
import sqlite3
import sys
import traceback
from pathlib import Path
from typing import Any, Final

from .progress import StatementFailed
from .standing import StateUnknown

_ROW: Final = re.compile(r"Failing row contains \(.*", re.DOTALL)
_HASH: Final = re.compile(r"\$(?:argon2|2[abxy]?\$|pbkdf2|bcrypt)[^\s,)']*")


def describe(error: BaseException, file: Path | None = None) -> dict[str, Any]:
    """Kind (statement, stopped, python), message, and what the database added. Values of rows are left out."""
    if isinstance(error, StatementFailed):
        cause = error.__cause__
        return {
            "kind": "statement",
            "index": error.index,
            "total": error.total,
            "text": error.statement.text[:4000],
            "offset": error.statement.offset,
            **_database(cause if cause is not None else error),
        }
    if _is(error, "asyncclick", "ClickException"):
        said: Any = error
        return {"kind": "stopped", "message": said.format_message()}
    if isinstance(error, StateUnknown):
        return {"kind": "stopped", "message": str(error)}
    if isinstance(error.__context__, ImportError) and _is(error, "tortoise.exceptions", "ConfigurationError"):
        # Tortoise says only that the module was not found, whatever the models tried to import.
        error = error.__context__
    inner = next((each for each in error.args if isinstance(each, BaseException)), error)
    return {
        "kind": "python",
        "type": type(error).__name__,
        "line": _line(error, file),
        "trace": _frames(error),
        **_database(inner),
    }


def _database(error: BaseException) -> dict[str, Any]:
    if _is(error, "asyncpg", "PostgresError"):
        position = getattr(error, "position", None)
        return {
            "message": _plain(error.args[0] if error.args else str(error)),
            "code": getattr(error, "sqlstate", None),
            "detail": _plain(getattr(error, "detail", None)),
            "hint": _plain(getattr(error, "hint", None)),
            "position": int(position) if position else None,
        }
    if isinstance(error, sqlite3.Error):
        return {"message": _plain(str(error)), "code": getattr(error, "sqlite_errorname", None)}
    return {"message": _plain(str(error))}


def _plain(text: Any) -> str | None:
    """DETAIL can quote a whole row, a password hash with it."""
    if not text:
        return None
    return _HASH.sub("(hash)", _ROW.sub("Failing row contains (values not shown).", str(text)))


def _line(error: BaseException, file: Path | None) -> int | None:
    """The last line of the migration file that was running."""
    if isinstance(error, SyntaxError) and file is not None and error.filename == str(file):
        return error.lineno
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if file is not None and Path(frame.filename) == file
    ]
    return lines[-1] if lines else None


def _frames(error: BaseException) -> list[str]:
    """File and line of the innermost frames, no values."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]


def _is(error: Any, module: str, name: str) -> bool:
    """Whether it is of a type of a module that costs time to import: where nobody did, there is no such error."""
    found = sys.modules.get(module)
    return found is not None and isinstance(error, getattr(found, name))
