"""Whether the files under our feet are still the ones that were opened: SQLite itself goes on with what has no name.

A database that is written to is three files: its own, the -wal with the latest changes, and the -shm with the locks.
Where one of the last two loses its name, the next program makes another one, and the two write past each other.
"""

from __future__ import annotations

import os
from typing import Final

from models.engines.errors import DatabaseUnavailable

BESIDE: Final = ("-wal", "-shm")
WAL_HEADER: Final = 32
FRAME_HEADER: Final = 24
CUT_WAL: Final = (
    "The file beside the database that ends in -wal was cut short while it was in use: changes that were only in it "
    "are lost. Nothing was changed. Leave every program that uses the database, then restore it from a backup, or look "
    "at what is left of it with `shellback audit verify`."
)
_Identity = tuple[int, int]


class OpenFiles:
    """The files of one path, as they were when they were opened."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: _Identity | None = None
        self._beside: dict[str, _Identity] = {}
        self._frozen: tuple[int, int] | None = None
        self._size = self._whole = 0
        self._wal = 0
        self._is_cut = False

    def freeze(self) -> bool:
        """Whether the file may be read as one that nobody changes: it lies alone on a read-only file system. SQLite can
        read it no other way there, once it was written to with a -wal."""
        if not _is_read_only(self._path) or any(_stat(self._path + each) for each in BESIDE):
            return False
        found = _stat(self._path)
        self._frozen = None if found is None else (found.st_mtime_ns, found.st_size)
        return self._frozen is not None

    def opened(self) -> None:
        """Remembers the file itself; the first one that was opened counts."""
        if self._file is None and (found := _stat(self._path)) is not None:
            self._file = _identity(found)
            self._size = self._whole = found.st_size

    @property
    def is_shorter(self) -> bool:
        """Whether the file lost bytes since it was known to be whole, as far as `refuse_others` saw. A VACUUM does that
        too; whoever cuts a file short does it unseen, since its pages are in the cache."""
        return self._size < self._whole

    def is_whole(self) -> None:
        """Remembers that the file is as long as it should be."""
        self._whole = self._size

    @property
    def wal_is_shorter(self) -> bool:
        """Whether the -wal lost bytes since somebody looked at it. Another program that takes all of it into the file
        does that too; whoever cuts it short does it unseen, and the next frame that is written makes a hole of it."""
        return "-wal" in self._beside and self._length_of_wal() < self._wal

    def holds(self, frames: int, page: int) -> bool:
        """Whether the -wal is as long as so many frames of pages of so many bytes make it."""
        return frames <= 0 or self._length_of_wal() >= WAL_HEADER + frames * (FRAME_HEADER + page)

    def wal_is_whole(self) -> None:
        """Remembers how long the -wal is now."""
        self._wal = self._length_of_wal()

    def wal_is_cut(self) -> DatabaseUnavailable:
        """What to raise, now and from now on: whoever opened the file anew would go on with an older state."""
        self._is_cut = True
        return DatabaseUnavailable(CUT_WAL, code="ESTALE")

    def begun(self) -> None:
        """Remembers those beside it: as long as a connection is open that wrote, nobody has a reason to remove them."""
        for ending in BESIDE:
            if ending not in self._beside and (found := _stat(self._path + ending)) is not None:
                self._beside[ending] = _identity(found)

    def closed(self) -> None:
        """Forgets them again: the last one who closes the file removes them."""
        self._beside.clear()
        self._wal = 0

    def refuse_others(self) -> None:
        """Raises `DatabaseUnavailable` where a path does not lead to the file that is open any more: what is written
        to that one nobody would see, and what is read from it is not the database."""
        if self._file is None:
            return
        if self._is_cut:
            raise self.wal_is_cut()
        found = _stat(self._path)
        if found is None:
            raise DatabaseUnavailable("The database file was moved or removed. Nothing was changed.", code="ENOENT")
        if _identity(found) != self._file:
            raise DatabaseUnavailable(
                "Another file stands in the place of the database file: leave and start again to open that one. "
                "Nothing was changed.",
                code="ESTALE",
            )
        self._size = found.st_size
        if self._frozen is not None and (self._frozen != (found.st_mtime_ns, found.st_size) or self._has_wal()):
            raise DatabaseUnavailable(
                "The database file lies on a read-only file system, and somebody changes it all the same: leave and "
                "start again to read it with the changes.",
                code="ESTALE",
            )
        for ending, identity in self._beside.items():
            beside = _stat(self._path + ending)
            if beside is None or _identity(beside) != identity:
                raise DatabaseUnavailable(
                    f"The file beside the database that ends in {ending} was removed or replaced while it was in use. "
                    "Nothing was changed. Leave every program that uses the database, then start again.",
                    code="ESTALE",
                )
            if ending == "-wal":
                self._wal = max(self._wal, beside.st_size)

    def _length_of_wal(self) -> int:
        found = _stat(self._path + "-wal")
        return 0 if found is None else found.st_size

    def _has_wal(self) -> bool:
        return _stat(self._path + BESIDE[0]) is not None


def _is_read_only(path: str) -> bool:
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 - before every statement: a Path would cost as much as the question
    except OSError:
        return None


def _identity(found: os.stat_result) -> _Identity:
    return found.st_dev, found.st_ino
