"""An exception told as plain values: what the other end needs to point at a file and a line."""

from __future__ import annotations

import re
import sqlite3
import sys
import traceback
from pathlib import Path
from typing import Any, Final

from .runs.progress import StatementFailed
from .sessions.standing import StateUnknown
from .sessions.unreached import why_unreached

_ROW: Final = re.compile(r"Failing row contains \(.*", re.DOTALL)
_WORD: Final = re.compile(r"\S+")
_URL_USER: Final = re.compile(r"://[^\s/:@?#]*:")
_HASH: Final = re.compile(r"\$(?:argon2|2[abxy]?\$|pbkdf2|bcrypt)[^\s,)']*")


_MOST: Final = 20_000
"""Characters of a text that are told: a trigger may raise megabytes."""
_QUOTE_THE_ROW: Final = frozenset({"23502", "23514"})
"""NOT NULL and CHECK, whose DETAIL is the whole row, in the words of the server's language."""


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


def describe_project(error: BaseException) -> dict[str, Any]:
    """The same for what the project's configuration raised, with `place`: the file and the line of the project."""
    told = {**describe(error), "place": _place(error)}
    # With its place in it twice, a sentence reads badly.
    return {**told, "message": error.msg} if isinstance(error, SyntaxError) else told


def describe_unreached(error: BaseException, client: Any) -> dict[str, Any]:
    """The same for a database that was not opened: a sentence where the error is known."""
    told = describe(error)
    sentence = why_unreached(error, client)
    return {"kind": "unreached", "message": sentence, "code": told.get("code")} if sentence else told


def _place(error: BaseException) -> str | None:
    """`settings.py:3`: the innermost line of the project itself, also where Aerich or Tortoise tell the error anew."""
    root = Path.cwd()
    place = None
    chain: BaseException | None = error
    for _ in range(5):
        if chain is None:
            break
        frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(chain.__traceback__)]
        if isinstance(chain, SyntaxError) and chain.filename:
            frames.append((chain.filename, chain.lineno))
        for name, line in frames:
            path = Path(name)
            if path.is_relative_to(root) and "site-packages" not in path.parts and line is not None:
                place = f"{path.relative_to(root)}:{line}"
        chain = chain.__cause__ or chain.__context__
    return place


def _database(error: BaseException) -> dict[str, Any]:
    if _is(error, "asyncpg", "PostgresError"):
        position, code = getattr(error, "position", None), getattr(error, "sqlstate", None)
        detail = "" if code in _QUOTE_THE_ROW else getattr(error, "detail", None)
        return {
            "message": _plain(error.args[0] if error.args else str(error)),
            "code": code,
            "detail": _plain(detail),
            "hint": _plain(getattr(error, "hint", None)),
            "position": int(position) if position else None,
        }
    if isinstance(error, sqlite3.Error):
        return {"message": _plain(str(error)), "code": getattr(error, "sqlite_errorname", None)}
    return {"message": _plain(str(error))}


def _plain(text: Any) -> str | None:
    """DETAIL can quote a whole row, a password hash with it; a project's error the URL that it connects to."""
    if not text:
        return None
    text = _WORD.sub(_without_password, str(text)[:_MOST])
    return _HASH.sub("(hash)", _ROW.sub("Failing row contains (values not shown).", text))


def _without_password(found: re.Match[str]) -> str:
    """A word in which a URL has none: to the last @, since a password may have one. In one pass, whatever the word."""
    word = found[0]
    last = word.rfind("@")
    user = _URL_USER.search(word, 0, last) if last >= 0 else None
    return f"{word[: user.end()]}...{word[last:]}" if user is not None else word


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
