"""Who runs an upgrade of an SQLite file: a locked file of our own, since SQLite itself cannot tell.

The lock is the system's (`flock`): it goes with the process, however that ends, so that what the file says is true as
long as the lock is held. It keeps upgrades of one person apart; others are kept out by BEGIN IMMEDIATE.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any


class Holder:
    """The lock of one database. `path` None: nobody is kept out, nobody is named."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> list[dict[str, Any]] | None:
        """Takes the lock, once or again; else who holds it, as values of a `Holder` event."""
        if self._path is None or self._descriptor is not None:
            return None
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            # A directory of ours that cannot be written keeps nobody from upgrading.
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held = _read(descriptor)
            os.close(descriptor)
            return held
        self._descriptor = descriptor
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(_who()).encode(), 0)
        return None

    def others(self) -> list[dict[str, Any]]:
        """Who holds the lock, if it is not this process."""
        if self._path is None or self._descriptor is not None:
            return []
        with contextlib.suppress(OSError):
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return _read(descriptor)
            finally:
                os.close(descriptor)
        return []

    def leave(self) -> None:
        """Lets the lock go."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def lock_path(locks: str | None, database: str) -> Path | None:
    """One file for each database, whatever path leads to it."""
    if locks is None:
        return None
    return Path(locks) / f"{hashlib.sha256(os.path.realpath(database).encode()).hexdigest()[:32]}.lock"


def _who() -> dict[str, Any]:
    return {"pid": os.getpid(), "user": _user(), "since": time.time()}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _read(descriptor: int) -> list[dict[str, Any]]:
    """What the holder wrote; it may be about to."""
    try:
        values = json.loads(os.pread(descriptor, 4096, 0))
        since = float(values["since"])
        return [
            {
                "pid": int(values["pid"]),
                "user": str(values["user"]),
                "client": "this machine",
                "application": "shellback migrate",
                "seconds": round(max(0.0, time.time() - since), 1),
            }
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return [{"what": "another upgrade of this file, of which no more is known"}]
