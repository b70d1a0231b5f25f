"""Anchors: what the chain of the audit was at a moment, kept where whoever can write the database cannot.

A tail that was cut and a log that was computed anew from its first row cannot be noticed from inside: each row follows
the one before. An anchor says what the hash of a row was; `verify` compares. A line goes to a file of this
machine and to the journal, after a session, every 100 rows and with every archive, and always after the COMMIT: an
anchor is a promise that the row is there. It never keeps a change from being made, and never fails silently.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import re
import stat
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY: Final = 100
"""Rows of the chain after which this process leaves an anchor."""

MODE: Final = 0o600
OTHERS_WRITE: Final = 0o022
LONGEST_LINE: Final = 4096
JOURNALS: Final = (Path("/dev/log"), Path("/var/run/syslog"))
"""Where a journal listens. Without one, syslog would silently write nowhere."""

_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The row `seq` of a database had this hash. `at` is this machine's clock; `why` is rows, session or archive."""

    seq: int
    hash: str
    at: datetime
    database: str
    why: str

    def line(self) -> str:
        """Return the anchor as one line of JSON."""
        return json.dumps(
            {
                "at": self.at.astimezone(UTC).isoformat(timespec="seconds"),
                "database": self.database,
                "seq": self.seq,
                "hash": self.hash,
                "why": self.why,
            }
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where the anchors of one database go. `path` None: only to the journal."""

    database: str
    path: Path | None
    journal: bool = False


@dataclass(slots=True)
class _Book:
    """What this process has written since it opened the database, and what became of its anchors."""

    place: Place | None = None
    rows: int = 0
    tip: tuple[int, str] | None = None
    anchored: int = 0
    problem: str = ""
    at_work: set[asyncio.Future[None]] = field(default_factory=set)


@dataclass(slots=True)
class Pending:
    """The last row that a transaction appended to the chain, and how many; nothing before COMMIT."""

    rows: int = 0
    tip: tuple[int, str] | None = None


_book = _Book()
"""As the models, one a process: they speak to one database at a time."""

_pending: ContextVar[Pending | None] = ContextVar("pending_anchor", default=None)


def begin(place: Place | None) -> None:
    """Keep the anchors of the database that was opened in this place; None keeps none."""
    global _book
    _book = _Book(place)


def appended(rows: int, seq: int, digest: str) -> None:
    """Note, inside a transaction, that the chain has so many more rows, and the last of them."""
    pending = _pending.get()
    if pending is not None:
        pending.rows += rows
        pending.tip = (seq, digest)


@contextlib.contextmanager
def until_commit() -> Iterator[Pending]:
    """Around one attempt at a transaction: what is appended inside counts when `committed` says so."""
    pending = Pending()
    token = _pending.set(pending)
    try:
        yield pending
    finally:
        _pending.reset(token)


def committed(pending: Pending) -> None:
    """The transaction is committed: its rows count, and every 100 of them leave an anchor, behind the caller's back."""
    if pending.tip is None:
        return
    _book.rows += pending.rows
    if _book.tip is None or pending.tip[0] > _book.tip[0]:
        _book.tip = pending.tip
    if _book.rows >= EVERY:
        anchor_soon("rows")


async def leave_anchor(why: str = "session") -> None:
    """Leave an anchor of the last row that this process wrote, unless it has one. Never raises for a file or a journal:
    `trouble` says what is the matter."""
    anchor_soon(why)
    while _book.at_work:
        await asyncio.wait({*_book.at_work})


def trouble() -> str:
    """Return in a sentence why the last anchor could not be left; empty when all is well."""
    return _book.problem


def place() -> Place | None:
    """Return where the anchors of the open database go."""
    return _book.place


def anchor_soon(why: str = "session") -> None:
    """As `leave_anchor`, behind the caller's back: nobody waits for the disk."""
    book = _book
    if book.place is None or book.tip is None or book.tip[0] <= book.anchored:
        return
    seq, digest = book.tip
    book.rows, book.anchored = 0, seq
    anchor = Anchor(seq, digest, datetime.now(UTC), book.place.database, why)
    # A thread, since it waits for the disk; not awaited, since a cancelled caller's change is made all the same.
    work = asyncio.get_running_loop().run_in_executor(None, _leave, book, book.place, anchor)
    book.at_work.add(work)
    work.add_done_callback(book.at_work.discard)


def _leave(book: _Book, place: Place, anchor: Anchor) -> None:
    problem = ""
    line = anchor.line()
    if place.path is not None:
        try:
            write_line(place.path, line)
        except OSError as error:
            problem = f"The anchor of the audit could not be written to {place.path} ({error.strerror or error})."
    if place.journal:
        _to_journal(line)
    elif place.path is None:
        problem = "No anchor of the audit is kept: there is neither a file nor a journal for it."
    book.problem = problem


def write_line(path: Path, line: str) -> None:
    """Add a line to the end of a file that only its owner may read, and wait for the disk. Raises OSError.

    Several processes may do so at once: the lock keeps lines whole, also behind one that a loss of power cut.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    number = os.open(path, flags, MODE)
    try:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "it is not a plain file")
        if stat.S_IMODE(found.st_mode) & OTHERS_WRITE:
            raise OSError(0, "others can write it, so it proves nothing: look at it, and run chmod 600 on it")
        fcntl.flock(number, fcntl.LOCK_EX)
        end = os.lseek(number, 0, os.SEEK_END)
        torn = end > 0 and os.pread(number, 1, end - 1) != b"\n"
        data = ("\n" * torn + line + "\n").encode("ascii")
        while data:
            data = data[os.write(number, data) :]
        os.fsync(number)
    finally:
        os.close(number)


def journal_listens() -> bool:
    """Whether this machine has a journal that takes lines."""
    return any(path.exists() for path in JOURNALS)


def _to_journal(line: str) -> None:
    import syslog

    # It has no answer: a journal that has gone away is not noticed here, and the file has the anchor too.
    syslog.openlog("shellback", 0, syslog.LOG_AUTH)
    syslog.syslog(syslog.LOG_NOTICE, f"audit anchor {line}")


def read_lines(path: Path) -> Iterator[Anchor | None]:
    """Yield the anchors of a file, in its order; None for a line that is none. Raises OSError.

    A line may have something before it, such as what a journal puts there.
    """
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            text = line.decode("utf-8", "replace").strip()
            if text:
                yield parse_line(text)


def parse_line(text: str) -> Anchor | None:
    """Return the anchor of a line, or None."""
    try:
        found = json.loads(text[text.index("{") :])
        seq, digest, database = found["seq"], found["hash"], found["database"]
        at = datetime.fromisoformat(found["at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    numbered = type(seq) is int and 0 < seq < 2**63
    known = isinstance(digest, str) and _HASH.fullmatch(digest) is not None and isinstance(database, str)
    if not (numbered and known) or at.tzinfo is None:
        return None
    return Anchor(seq, digest, at, database, str(found.get("why", "")))
