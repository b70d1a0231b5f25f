"""Copies of an SQLite database: made before a run, checked, five kept, and one put back whole. Both sides use this.

A copy is a file beside the database, `<name>.backup-<time>Z`, 0600. It is made by SQLite's own backup: a copy of the
file would miss what still stands in the write-ahead log.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import sqlite3
import stat
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

KEPT: Final = 5
_NAME: Final = re.compile(r"\.backup-(\d{8}T\d{12})Z$")
_TIME: Final = "%Y%m%dT%H%M%S%f"
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_PATIENCE_S: Final = 5.0
_OTHERS_WRITE: Final = 0o022


class BackupFailed(Exception):
    """The copy could not be made, or is not whole. Nothing was changed."""


class RestoreFailed(Exception):
    """The database is as it was before; the message says why."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy as it is found. `made_at` in UTC, `size` in bytes."""

    path: Path
    made_at: datetime
    size: int


def list_copies(database: Path) -> tuple[Copy, ...]:
    """The copies of a database, the newest first."""
    found = []
    for path in database.parent.glob(f"{_escaped(database.name)}.backup-*Z"):
        match = _NAME.search(path.name)
        if match is None or path.name != f"{database.name}{match.group()}":
            continue
        with contextlib.suppress(OSError, ValueError):
            made_at = datetime.strptime(match[1], _TIME).replace(tzinfo=UTC)
            found.append(Copy(path, made_at, path.stat().st_size))
    return tuple(sorted(found, key=lambda copy: copy.made_at, reverse=True))


def back_up(filename: str | Path, *, keep: Path | None = None) -> str:
    """Makes a checked copy; the path of it. Raises BackupFailed.

    Older copies beyond KEPT are removed once the new one is there, but never `keep`.
    """
    path = Path(filename).absolute()
    stamp = datetime.now(UTC).strftime(_TIME)
    final = path.with_name(f"{path.name}.backup-{stamp}Z")
    partial = path.with_name(f"{final.name}.partial")
    try:
        _refuse_without_room(path)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _copy(path, partial)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.rename(final)
        _sync_folder(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"{path} could not be backed up beside itself: {_reason(error)}.") from error
    finally:
        for left in (partial, partial.with_name(f"{partial.name}-journal")):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)
    for old in list_copies(path)[KEPT:]:
        if old.path != keep:
            with contextlib.suppress(OSError):
                old.path.unlink(missing_ok=True)
    return str(final)


def check(copy: Path) -> str:
    """What is wrong with a copy, in a sentence; "" when it is whole."""
    try:
        connection = sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            verdict = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        finally:
            connection.close()
    except sqlite3.Error as error:
        return f"{copy.name} cannot be read: {error}."
    return "" if verdict == ["ok"] else f"{copy.name} is not whole: {verdict[0]}."


def restore(database: Path, copy: Path) -> str:
    """Puts a copy back, page by page in one transaction of SQLite's; the path of the copy of what was there before.

    All or nothing, whatever happens meanwhile: readers see the one state or the other. Raises BackupFailed or
    RestoreFailed, and then the database is as it was. Takes its time: call it off the event loop.
    """
    if copy not in [each.path for each in list_copies(database)]:
        raise RestoreFailed(f"{copy.name} is no backup of {database}.")
    if (mode := stat.S_IMODE(copy.stat().st_mode)) & _OTHERS_WRITE:
        raise RestoreFailed(
            f"Others could have written {copy} (mode {mode:04o}): look at it, and run chmod 600 on it. "
            "Nothing was changed."
        )
    if fault := check(copy):
        raise RestoreFailed(f"{fault} Nothing was changed.")
    before = back_up(database, keep=copy)
    try:
        source = sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            target = sqlite3.connect(database, timeout=_PATIENCE_S)
            try:
                # All pages in one step: that is one transaction of the target, under an exclusive lock.
                source.backup(target, pages=-1, progress=_Patience())
                verdict = [row[0] for row in target.execute("PRAGMA integrity_check")]
            finally:
                target.close()
        finally:
            source.close()
    except (sqlite3.Error, OSError) as error:
        raise RestoreFailed(f"{database} was not restored: {_reason(error)}. It is as it was before.") from error
    if verdict != ["ok"]:
        raise RestoreFailed(f"{database} is not whole after the restore: {verdict[0]}. What was there is in {before}.")
    return before


class _Patience:
    """Ends a copy that finds the file in use for too long: by itself it would ask again for ever."""

    def __init__(self) -> None:
        self._until = time.monotonic() + _PATIENCE_S

    def __call__(self, status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > self._until:
            raise sqlite3.OperationalError("database is locked")


def _copy(path: Path, partial: Path) -> None:
    source = sqlite3.connect(path, timeout=_PATIENCE_S)
    try:
        copy = sqlite3.connect(partial)
        try:
            source.backup(copy, pages=-1, progress=_Patience())
            verdict = [row[0] for row in copy.execute("PRAGMA integrity_check")]
        finally:
            copy.close()
    finally:
        source.close()
    if verdict != ["ok"]:
        raise BackupFailed(f"The copy of {path} is not whole: {verdict[0]}.")


def _refuse_without_room(path: Path) -> None:
    """Before a byte is written: SQLite's own words for a full disk are fewer."""
    if shutil.disk_usage(path.parent).free < path.stat().st_size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno in _FULL:
        return "the disk is full. Make room, or remove old backups"
    if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return "the disk is full. Make room, or remove old backups"
    if isinstance(error, PermissionError):
        return "its directory cannot be written by you"
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return "another process is using it"
    return str(error.strerror if isinstance(error, OSError) and error.strerror else error)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)
