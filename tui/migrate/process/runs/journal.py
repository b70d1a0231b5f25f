"""The crash journal of one run: JSON lines, written at the turning points, that outlive a `kill -9`.

Written by the worker, which holds a lock on the file as long as it lives: whoever finds the file unlocked and without
an end knows that the run died. What it did is then asked of the database; the journal says what to ask.

Lines that are needed to tell how far a file without a transaction came are on the disk before the statement is sent.
Of a file in a transaction the database knows everything, so that its lines are only handed to the system.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from . import local_log

_LAST: Final = 200
"""Bytes in which the line stands that says that it was told."""


class Journal:
    """The writing end. A journal that cannot be written is told by `fault`, and stops nothing."""

    def __init__(self, path: str | None) -> None:
        self.fault = ""
        self._descriptor: int | None = None
        if path is None:
            return
        try:
            Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(
                path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
            )
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._fail(error)

    def write(self, turn: str, *, sync: bool = False, **values: Any) -> None:
        """Adds a line; with `sync` it is on the disk before this returns."""
        if self._descriptor is None:
            return
        line = {"turn": turn, "at": datetime.now(UTC).isoformat(), **values}
        try:
            os.write(self._descriptor, (json.dumps(line, default=str, ensure_ascii=True) + "\n").encode("ascii"))
            if sync:
                os.fsync(self._descriptor)
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """Lets the file go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _fail(self, error: OSError) -> None:
        self.fault = f"The journal of this run could not be written: {error.strerror}."
        with contextlib.suppress(OSError):
            self.close()


@dataclass(slots=True)
class JournalFile:
    """How far one file came, as its run wrote down. Statements count from 1."""

    version: str
    sha256: str = ""
    transactional: bool = True
    statements: int = 0
    begun: int = 0
    done: int = 0
    is_committing: bool = False
    """COMMIT was about to be sent: it may have landed."""
    is_done: bool = False
    outcome: str = ""
    """How it ended, when that was written."""


@dataclass(slots=True)
class Story:
    """A journal as it reads. Values are as they stand: check before use."""

    path: Path
    run: str = ""
    action: str = "apply"
    app: str = ""
    project: str = ""
    database: str = ""
    actor: str = ""
    started_at: str = ""
    pid: int | None = None
    host: str = ""
    backend: int | None = None
    backup: str | None = None
    planned: list[str] = field(default_factory=list)
    files: dict[str, JournalFile] = field(default_factory=dict)
    outcome: str = ""
    """How the run ended, as the worker said; empty when it died."""
    is_told: bool = False
    """Somebody was shown how it ended."""


def is_live(path: Path) -> bool:
    """Whether the worker that writes this journal is alive. A file that cannot be opened is not."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def peek(path: Path) -> Story | None:
    """What the first line tells, and whether somebody was told of the end: the whole of a long run takes its time."""
    try:
        with path.open("rb") as file:
            first = file.readline(local_log.LONGEST)
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST))
            last = file.read().splitlines()[-1:]
    except OSError:
        return None
    line, end = (_object(each) for each in (first, *(last or [b""])))
    if line.get("turn") != "planned":
        return None
    story = _planned(path, line)
    story.is_told = end.get("turn") == "told"
    return story


def read_story(path: Path) -> Story | None:
    """What a journal tells; None for a file that is none of ours. Half a line at the end is left out."""
    story: Story | None = None
    for line in local_log.read(path):
        turn = line.get("turn")
        if turn == "planned" and story is None:
            story = _planned(path, line)
        elif story is not None:
            _take(story, turn, line)
    return story


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _planned(path: Path, line: dict[str, Any]) -> Story:
    story = Story(path, pid=_number(line.get("pid")))
    for name in ("run", "action", "app", "project", "actor", "host", "database"):
        setattr(story, name, str(line.get(name) or ""))
    story.backend = _number(line.get("backend"))
    story.started_at = str(line.get("at") or "")
    story.planned = [str(version) for version in line.get("versions") or ()]
    return story


def _take(story: Story, turn: Any, line: dict[str, Any]) -> None:
    version = str(line.get("version") or "")
    file = story.files.setdefault(version, JournalFile(version)) if version else JournalFile("")
    match turn:
        case "backed_up":
            story.backup = str(line.get("path") or "") or None
        case "begun":
            file.sha256 = str(line.get("sha256") or "")
            file.transactional = line.get("transactional") is not False
            file.begun = file.done = _number(line.get("done")) or 0
            file.is_committing = file.is_done = False
        case "statement":
            file.statements = _number(line.get("total")) or file.statements
            file.begun = _number(line.get("index")) or file.begun
            if line.get("is_done"):
                file.done = file.begun
        case "committing":
            file.is_committing = True
        case "done":
            file.is_done = True
        case "failed":
            file.outcome = str(line.get("outcome") or "failed")
        case "finished":
            story.outcome = str(line.get("outcome") or "failed")
        case "told":
            story.is_told = True


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
