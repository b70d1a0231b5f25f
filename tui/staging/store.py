"""The file of what one person has staged on one database: 0600, in the state directory, replaced whole or not at all.

It is what survives a lost connection, a crash, a kill and a quit. It holds names and addresses of users as the person
saw and typed them, and nothing secret. Two programs of one person may change it at once: each change reads it again
under a lock. All of it blocks on the disk: call it from a thread.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from models.private_files import whole_file
from tui.staging.record import Damaged, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from models.operations.changesets.staged import StagedEdit

    Edits = tuple[StagedEdit, ...]

LARGEST: Final = 8_000_000
"""Bytes of a file that is read at all: many times what a full changeset of the longest names takes."""

LOCK_SECONDS: Final = 3.0
"""How long another program of the same person is waited for; it holds the lock for milliseconds."""


class StagingError(Exception):
    """What is staged cannot be read or kept. `sentence` says what is the matter and what became of it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where one person's edits of one database are kept. `database` identifies it without secrets."""

    path: Path
    database: str
    user_id: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found. `problem` is a sentence about a file that could not be read and was set aside, else empty."""

    edits: Edits
    problem: str = ""


def shelf_for(state: Path, database: str, user_id: int) -> Shelf:
    """Return the place of this person's edits of this database below the state directory."""
    return Shelf(_directory(state) / f"{_name(database)}-{user_id}.json", database, user_id)


def load(shelf: Shelf) -> Kept:
    """Return what is staged. A file that cannot be understood is renamed, said, and counts as empty.

    Raises `StagingError` when the file cannot be read or renamed at all.
    """
    try:
        text = _read(shelf.path)
        return Kept(decode(text, database=shelf.database, user_id=shelf.user_id) if text is not None else ())
    except (Damaged, UnicodeDecodeError):
        return Kept((), _set_aside(shelf.path))
    except OSError as error:
        raise StagingError(f"What is staged cannot be read from {shelf.path} ({_why(error)}).") from error


def change(shelf: Shelf, edit: Callable[[Edits], Edits]) -> Edits:
    """Replace what is staged by `edit` of what is staged now, and return it. It is on the disk when this returns.

    Raises `StagingError` when it could not be kept; then the file is as it was.
    """
    try:
        shelf.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(shelf.path.with_suffix(".lock")):
            kept = load(shelf)
            if kept.problem:  # nobody has been told yet: what was there must not seem to have been dropped
                raise StagingError(kept.problem)
            before = kept.edits
            after = edit(before)
            if not after:
                shelf.path.unlink(missing_ok=True)
            elif after != before:
                _write(shelf, after)
            return after
    except OSError as error:
        where = shelf.path.parent
        sentence = f"What is staged could not be kept in {where} ({_why(error)}). It is as it was before."
        raise StagingError(sentence) from error


def forget_database(state: Path, database: str) -> None:
    """Remove what anybody on this machine's account has staged on a database that is thrown away."""
    with suppress(OSError):
        for path in _directory(state).glob(f"{_name(database)}-*"):
            path.unlink(missing_ok=True)


def _directory(state: Path) -> Path:
    return state / "staged"


def _name(database: str) -> str:
    return hashlib.sha256(database.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _read(path: Path) -> str | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, encoding="utf-8") as file:
        found = os.fstat(descriptor)
        if found.st_size > LARGEST or not stat.S_ISREG(found.st_mode):
            raise Damaged("it is too large")
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise Damaged("others could have written or read it")
        return file.read()


def _write(shelf: Shelf, edits: Edits) -> None:
    with whole_file(shelf.path) as file:
        file.write(encode(edits, database=shelf.database, user_id=shelf.user_id).encode())


def _set_aside(path: Path) -> str:
    aside = path.with_suffix(f".damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    try:
        path.rename(aside)
    except OSError as error:
        raise StagingError(
            f"What is staged in {path} is damaged and could not be set aside ({_why(error)})."
        ) from error
    return f"What was staged earlier could not be read. It was set aside as {aside}; nothing of it was written."


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        deadline = monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if monotonic() > deadline:
                    raise StagingError("Another Shellback of yours is writing what is staged. Try again.") from error
                sleep(0.01)
        yield
    finally:
        os.close(descriptor)


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
