"""The finished lines of a file: the words of a format, and nothing in any line that acts on a terminal.

In a CSV file such a character is written as its escape, as everywhere else where a person reads; in JSON Lines as a
JSON escape, which a reader turns back. Blocks of lines come in and go out; nearly all of them pass untouched.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any, Final

from models.spreadsheets import quoted, unquoted
from tui.sanitise import MAX_MARKS, sanitise
from tui.transfer.cells import converter
from tui.transfer.sheets import Format, Sheet

_PLAIN: Final = bytes([0x0A, *range(0x20, 0x7F)])
_LONGEST: Final = 1_000_000
"""Characters of a cell that is made visible: more than any column of ours takes."""


def read_back(text: str) -> str:
    """Return what an import reads of `text` in a CSV file of ours: itself, or with escapes for what cannot be seen."""
    return unquoted(sanitise(quoted(text), _LONGEST))


class Lines:
    """Makes blocks of lines of one sheet fit for a file; remembers which characters need nothing."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._harmless = {chr(point) for point in range(0x20, 0x7F)}
        self._marks: set[str] = set()
        self._convert = tuple(converter(column.kind, sheet.format) for column in sheet.columns)
        self._names = tuple(column.name for column in sheet.columns)

    def header(self) -> bytes:
        """Return what stands before the first row."""
        return (",".join(self._names) + "\n").encode() if self._sheet.format is Format.CSV else b""

    def of_rows(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """Return the lines of rows as SQLite gave them; what stands behind the sheet's columns is left out."""
        if not rows:
            return b""
        cells = [write(column) for write, column in zip(self._convert, zip(*rows, strict=True), strict=False)]
        text = self._json_lines(cells) if self._sheet.format is Format.JSONL else _csv(zip(*cells, strict=True))
        return self.fit(text.encode("utf-8", "backslashreplace"), len(rows))

    def fit(self, block: bytes, rows: int) -> bytes:
        """Return whole lines of so many rows, as a database's own CSV or JSON writer made them, with what acts or hides
        escaped."""
        odd, marks = self._looked_at(block)
        if self._sheet.format is Format.JSONL:
            return _json_escaped(block.decode("utf-8", "replace"), odd) if odd else block
        if block.count(b"\n") != rows:  # a line feed hides between quotes
            lines = block.decode("utf-8", "replace").removesuffix("\n").split("\n")
            return ("\n".join(self._fit_csv(lines)) + "\n").encode("utf-8", "backslashreplace")
        if not odd and not marks:
            return block
        return self._patched(block.decode("utf-8", "replace"), odd, marks).encode("utf-8", "backslashreplace")

    def _looked_at(self, block: bytes) -> tuple[set[str], set[str]]:
        """The characters that hide or act, and the marks, which do so in their place only."""
        # Without its plain bytes a block is short, and what is left are whole characters.
        found = set(block.translate(None, _PLAIN).decode("utf-8", "replace")) - self._harmless
        for character in found - self._marks:
            if sanitise(character) == character:
                self._harmless.add(character)
            elif sanitise("a" + character) == "a" + character:
                self._marks.add(character)
        return found - self._marks - self._harmless, found & self._marks

    def _patched(self, text: str, odd: set[str], marks: set[str]) -> str:
        """The text with each line made visible that holds one of these, a mark without a letter, or three on one."""
        seen = f"[{_class(odd)}]"
        if marks:
            # One class in front, and nothing to choose from: so the search runs from one of them to the next.
            mark = f"[{_class(marks)}]"
            alone = rf'(?<=[\n,"]{mark})|(?<![\s\S]{mark})'
            hides = f"(?<={seen})|" if odd else ""
            seen = f"[{_class(odd | marks)}](?:{hides}{alone}|{mark}{{{MAX_MARKS}}})"
        pieces: list[str] = []
        done = 0
        for match in re.finditer(seen, text):
            if match.start() < done:
                continue
            start = text.rfind("\n", 0, match.start()) + 1
            end = text.find("\n", match.start())
            pieces.append(text[done:start])
            pieces.extend(self._visible(text[start:end]))
            done = end
        return "".join([*pieces, text[done:]])

    def _fit_csv(self, lines: Iterable[str]) -> Iterator[str]:
        """A record goes on while a quote is open; only one with something odd, or of several lines, is taken apart."""
        open_lines: list[str] = []
        is_open = False
        for line in lines:
            if '"' in line and line.count('"') % 2:
                is_open = not is_open
            if is_open or open_lines:
                open_lines.append(line)
                if is_open:
                    continue
                record, open_lines = "\n".join(open_lines), []
            elif self._shows(line):
                yield line
                continue
            else:
                record = line
            yield from self._visible(record)

    def _visible(self, record: str) -> Iterator[str]:
        for cells in csv.reader(io.StringIO(record, newline="")):
            yield _csv([[sanitise(cell, _LONGEST) for cell in cells]]).removesuffix("\n")

    def _shows(self, line: str) -> bool:
        """Whether every character of a line can be seen and does nothing; marks are looked at in their place."""
        if (line.isascii() and line.isprintable()) or self._harmless.issuperset(line):
            return True
        for character in set(line) - self._harmless:
            if sanitise(character) != character:  # a mark alone is not harmless: a letter carries two at most
                return False
            self._harmless.add(character)
        return True

    def _json_lines(self, cells: Sequence[Iterable[str]]) -> str:
        """The lines, put together of the pieces between the values and the values."""
        pieces: list[Iterable[str]] = []
        for place, (name, values) in enumerate(zip(self._names, cells, strict=True)):
            pieces += [repeat(("," if place else "{") + f'"{name}":'), values]
        return "".join(chain.from_iterable(zip(*pieces, repeat("}\n"), strict=False)))


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _class(characters: Iterable[str]) -> str:
    return re.escape("".join(sorted(characters)))


def _json_escaped(text: str, odd: set[str]) -> bytes:
    escapes = {ord(character): json.dumps(character)[1:-1] for character in odd}
    return text.translate(escapes).encode("utf-8", "backslashreplace")
