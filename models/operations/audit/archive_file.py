"""An archive of the audit as a file: one row a line, as JSON with nothing left out, and the check of such a file.

Each line has what was hashed, and the hashes: a file proves by itself that its rows follow each other. Which rows the
database let go against which file is in `audit_archives`.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from models.operations.audit.row import GENESIS, HASHED_FIELDS, canonical, chain_hash, event_payload
from models.private_files import open_beside, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LONGEST_LINE: Final = 16 * 1024 * 1024
TOLD_EVERY: Final = 5000

_NAMES: Final = frozenset((*HASHED_FIELDS, "id", "prev_hash", "hash"))


class BadArchive(Exception):
    """A file that is no archive of the audit, or not what it was; `sentence` says where and what."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file holds, read from the file itself. `before` is the hash that its first row continues."""

    first_seq: int
    last_seq: int
    before: str
    last_hash: str
    rows: int
    sha256: str


def line_of(row: Mapping[str, Any]) -> bytes:
    """Return a row of the table, by the names of its columns, as a line."""
    facts = {**event_payload(row), "id": row["id"], "prev_hash": row["prev_hash"], "hash": row["hash"]}
    return (canonical(facts) + "\n").encode("ascii")


def read_archive(path: Path, told: Callable[[int], object] | None = None) -> FileFacts:
    """Read a file from end to end and check its chain. Blocks: call it in a thread. Memory does not grow with the file.

    `told` hears how many rows are good. Raises `BadArchive`, and OSError.
    """
    digest = hashlib.sha256()
    first = seq = rows = 0
    before = last = GENESIS
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            digest.update(line)
            rows += 1
            row = _row(line, rows)
            if rows == 1:
                first, before = row["seq"], row["prev_hash"]
                seq, last = first - 1, before
            problem = _problem(row, seq, last)
            if problem:
                raise BadArchive(f"Line {rows}: {problem}.")
            seq, last = row["seq"], row["hash"]
            if told is not None and rows % TOLD_EVERY == 0:
                told(rows)
    if not rows:
        raise BadArchive("The file is empty.")
    return FileFacts(first, seq, before, last, rows, digest.hexdigest())


def _row(line: bytes, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict) or row.keys() != _NAMES or not line.endswith(b"\n") or type(row["seq"]) is not int:
        raise BadArchive(f"Line {number} is not a row of the audit.")
    return row


def _problem(row: Mapping[str, Any], seq: int, last: str) -> str:
    if row["seq"] != seq + 1:
        return f"row {seq + 1} should stand there, and row {row['seq']} does"
    if row["prev_hash"] != last:
        return f"row {row['seq']} does not continue the row before it"
    if row["hash"] != chain_hash(last, {name: row[name] for name in HASHED_FIELDS}):
        return f"the content of row {row['seq']} is not what was written"
    return ""


class ArchiveFile:
    """A file on its way to `path`: it grows under another name, reaches the disk, is read again, and only then gets its
    name. A file that is there already may be one that was interrupted after that: `found` reads it. All of it blocks.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.expanduser(path)).absolute()  # noqa: PTH111 - a home of nobody is no error yet
        self._partial: Path | None = None
        self._file: IO[bytes] | None = None
        self._named = False

    def found(self) -> FileFacts | None:
        """Return what the file holds if it is there. Raises `BadArchive` and OSError."""
        return read_archive(self.path) if os.path.lexists(self.path) else None

    def write(self, lines: Iterable[bytes]) -> None:
        """Add lines to its end. Raises OSError."""
        if self._file is None:
            self._partial, number = open_beside(self.path)
            self._file = os.fdopen(number, "wb")
        self._file.writelines(lines)

    def settle(self, told: Callable[[int], object] | None = None) -> FileFacts:
        """Bring it to the disk, read it again from there and return what it holds. Raises `BadArchive` and OSError."""
        if self._file is None or self._partial is None:
            raise BadArchive("There is no row to archive.")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return read_archive(self._partial, told)

    def name(self) -> None:
        """Give it its name; a file that has it meanwhile is left alone. Raises OSError."""
        if self._partial is None:
            return
        try:
            os.link(self._partial, self.path)
            self._partial.unlink()
        except FileExistsError:
            raise
        except OSError:  # some disks know no links
            if os.path.lexists(self.path):
                raise FileExistsError from None
            self._partial.rename(self.path)
        self._partial, self._named = None, True
        sync_folder(self.path.parent)

    def abandon(self, *, named: bool) -> None:
        """Leave nothing that was written here; with `named` also not what has its name already."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        if self._partial is not None:
            with suppress(OSError):
                self._partial.unlink()
        if named and self._named:
            with suppress(OSError):
                self.path.unlink()
