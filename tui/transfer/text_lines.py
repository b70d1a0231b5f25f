"""The lines of a text file, read in blocks: the encoding found out honestly, the length of a line bounded.

UTF-8, with or without its mark, and UTF-16 with its mark are recognised; any other encoding must be named. Whatever the
file holds, memory stays at a block and a line.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tui.paths import expanded
from tui.transfer.errors import TransferError, file_error

BLOCK: Final = 1 << 16
LONGEST: Final = 1_000_000
"""Characters of a line, and of a record of several lines. No row of ours has a hundredth of it."""

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class FileMark:
    """What tells whether a file is still the one that was opened."""

    device: int
    inode: int
    size: int
    changed: int


class TextFile:
    """An open file of text. Raises TransferError for what cannot be read; let go of with `close`."""

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.path = path
        try:
            number = os.open(expanded(path), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            self._file: BinaryIO = os.fdopen(number, "rb", buffering=0)
            if not stat.S_ISREG(os.fstat(number).st_mode):
                self._file.close()
                raise TransferError(f"{path} is not a plain file.")
            head = self._file.read(4)
            self._file.seek(0)
        except OSError as error:
            raise file_error(error, path, "read") from error
        self.opened = self._mark()
        try:
            self._encoding, self._skip = _encoding_of(head, encoding, path)
        except TransferError:
            self._file.close()
            raise

    @property
    def encoding(self) -> str:
        """The encoding, by its usual name."""
        return self._encoding

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def lines(self, *, follow: hashlib._Hash | None = None) -> Iterator[str]:
        """Return every line with its line feed, from the start; `follow` hears all bytes. Blocks: use a thread.

        Raises TransferError for a byte that the encoding does not have, a line over LONGEST, and a file that was
        changed while it was read.
        """
        decode = codecs.getincrementaldecoder(self._encoding)("strict").decode
        self._file.seek(0)
        kept, number, place = "", 1, 0
        while True:
            try:
                block = self._file.read(BLOCK)
            except OSError as error:
                raise file_error(error, self.path, "read") from error
            if follow is not None:
                follow.update(block)
            data = block[self._skip :] if place == 0 else block
            try:
                text = decode(data, final=not block)
            except UnicodeDecodeError as error:
                raise self._undecodable(error, number) from None
            place += len(block)
            kept += text
            *whole, kept = kept.split("\n")
            for line in whole:
                if len(line) > LONGEST:
                    raise self._too_long(number)
                yield line + "\n"
                number += 1
            if len(kept) > LONGEST:
                raise self._too_long(number)
            if not block:
                break
        if kept:
            yield kept
        if self._mark() != self.opened:
            raise TransferError(f"{self.path} was changed while it was read. Try again when it is still.")

    def _mark(self) -> FileMark:
        found = os.fstat(self._file.fileno())
        return FileMark(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)

    def _too_long(self, number: int) -> TransferError:
        return TransferError(
            f"Line {number} of {self.path} is longer than {LONGEST} characters: this is no file of users, or its lines"
            " do not end."
        )

    def _undecodable(self, error: UnicodeDecodeError, number: int) -> TransferError:
        before = error.object[: error.start].decode(self._encoding, "ignore")
        line = number + before.count("\n")
        wrong = error.object[error.start : error.start + 1].hex().upper()
        named = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}.get(self._encoding, self._encoding)
        return TransferError(
            f"Byte 0x{wrong} on line {line} of {self.path} is not {named}. Save the file as UTF-8, or name its encoding"
            " (--encoding cp1252 for most files of Windows)."
        )


def _encoding_of(head: bytes, named: str | None, path: Path) -> tuple[str, int]:
    """The codec, and how many bytes of the mark to leave out."""
    for mark, codec in _MARKS:
        if head.startswith(mark) and named is None:
            if not codec:
                raise TransferError(f"{path} is UTF-32. Save it as UTF-8, or name the encoding with --encoding.")
            return codec, len(mark)
    if named is None:
        if b"\0" in head:
            raise TransferError(
                f"{path} is not UTF-8 text: it begins with a zero byte. If it is UTF-16 without its mark, say"
                " --encoding utf-16-le."
            )
        return "utf-8", 0
    try:
        codec = codecs.lookup(named).name
        is_text = codecs.lookup(named)._is_text_encoding
    except (LookupError, ValueError):
        is_text = False
    if not is_text or codec in {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "utf-7"}:
        raise TransferError(f"There is no encoding {named}. Say utf-8, utf-16, cp1252, latin-1, ...")
    return codec, len(codecs.BOM_UTF8) if codec == "utf-8" and head.startswith(codecs.BOM_UTF8) else 0


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file. Raises TransferError. Blocks: use a thread."""
    found = hashlib.sha256()
    try:
        with expanded(path).open("rb", buffering=0) as file:
            while block := file.read(1 << 20):
                found.update(block)
    except OSError as error:
        raise file_error(error, path, "read") from error
    return found.hexdigest()
