"""The finished lines of a file: values of SQLite put into words, and nothing in any line that acts on a terminal.

In a CSV file such a character is written as its escape, as everywhere else where a person reads; in JSON Lines as a
JSON escape, which a reader turns back. Blocks of lines come in and go out; nearly all of them pass untouched.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from json.encoder import encode_basestring
from typing import Any, Final

from models.spreadsheets import quoted
from tui.browse.sql import moment
from tui.sanitise import sanitise
from tui.transfer.columns import Kind
from tui.transfer.sheets import SEPARATOR, UNIT, Format, Sheet

_PLAIN: Final = bytes([0x0A, *range(0x20, 0x7F)])
_LONGEST: Final = 1_000_000
"""Characters of a cell that is made visible: more than any column of ours takes."""

_ODD: Final = re.compile(r"[^\x20-\x7e]")


class Lines:
    """Makes blocks of lines of one sheet fit for a file; remembers which characters need nothing."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._harmless = {chr(point) for point in range(0x20, 0x7F)}
        self._convert = tuple(_converter(column.kind, sheet.format) for column in sheet.columns)
        self._names = tuple(column.name for column in sheet.columns)

    def header(self) -> bytes:
        """Return what stands before the first row."""
        return (",".join(self._names) + "\n").encode() if self._sheet.format is Format.CSV else b""

    def of_rows(self, rows: Iterable[Sequence[Any]]) -> bytes:
        """Return the lines of rows as SQLite gave them."""
        text = self._json_lines(rows) if self._sheet.format is Format.JSONL else _csv(self._converted(rows))
        return self.fit(text.encode("utf-8", "backslashreplace"))

    def fit(self, block: bytes) -> bytes:
        """Return whole lines, as a database's own CSV or JSON writer made them, with what acts or hides escaped."""
        odd = self._odd(block)
        if self._sheet.format is Format.CSV and b'"' in block:  # a line feed could hide between quotes
            lines = block.decode("utf-8", "replace").split("\n")
            if lines[-1] == "":
                lines.pop()
            return ("\n".join(self._fit_csv(lines)) + "\n").encode("utf-8", "backslashreplace")
        if not odd:
            return block
        return self._patched(block.decode("utf-8", "replace"), odd).encode("utf-8", "backslashreplace")

    def _odd(self, block: bytes) -> set[str]:
        """The characters that need a look in their place: those that hide or act, and marks."""
        # Without its plain bytes a block is short, and what is left are whole characters.
        odd = set()
        for character in set(block.translate(None, _PLAIN).decode("utf-8", "replace")) - self._harmless:
            if sanitise(character) == character:
                self._harmless.add(character)
            else:
                odd.add(character)
        return odd

    def _patched(self, text: str, odd: set[str]) -> str:
        """The text with each line that holds one of these made visible."""
        pieces: list[str] = []
        done = 0
        for match in re.finditer("[" + re.escape("".join(sorted(odd))) + "]", text):
            if match.start() < done:
                continue
            start = text.rfind("\n", 0, match.start()) + 1
            end = text.find("\n", match.start())
            line = text[start:end]
            pieces.append(text[done:start])
            if self._sheet.format is Format.JSONL:
                pieces.append(_ODD.sub(_json_escape, line))
            else:
                pieces.extend(self._visible(line))
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

    def _converted(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        places = [(place, convert) for place, convert in enumerate(self._convert) if convert is not None]
        for row in rows:
            cells = list(row)
            for place, convert in places:
                if cells[place] is not None:
                    cells[place] = convert(cells[place])
            yield cells

    def _json_lines(self, rows: Iterable[Sequence[Any]]) -> str:
        named = zip(self._names, self._convert, strict=True)
        line = "{" + ",".join(f'"{name}":%s' for name, _ in named) + "}\n"
        convert = [write or _json_number for write in self._convert]
        return "".join(
            [line % tuple([write(value) for write, value in zip(convert, row, strict=True)]) for row in rows]
        )


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _converter(kind: Kind, format_: Format) -> Callable[[Any], Any] | None:
    """What makes a value of SQLite a cell (None is left to the writer), or a whole JSON value (None included)."""
    if format_ is Format.CSV:
        return {Kind.TEXT: _text_csv, Kind.MOMENT: _moment_csv, Kind.ROLES: _roles_csv}.get(kind)
    return {Kind.TEXT: _json_text, Kind.MOMENT: _json_moment, Kind.ROLES: _json_roles, Kind.FLAG: _json_flag}.get(kind)


def _text_csv(text: object) -> str:
    """Without carriage returns, which Python's CSV writer does not quote when lines end otherwise."""
    neutral = quoted(text if isinstance(text, str) else _as_text(text))
    return neutral.replace("\r", r"\r") if "\r" in neutral else neutral


def _roles_csv(stored: str) -> str:
    return quoted(stored.replace(UNIT, SEPARATOR))


def _json_number(value: int | None) -> str:
    return "null" if value is None else str(value)


def _json_flag(value: object) -> str:
    return "null" if value is None else "true" if value else "false"


def _json_text(text: object) -> str:
    return "null" if text is None else encode_basestring(text if isinstance(text, str) else _as_text(text))


def _json_roles(stored: str | None) -> str:
    return json.dumps(stored.split(UNIT), ensure_ascii=False, separators=(",", ":")) if stored else "[]"


def _json_moment(stored: object) -> str:
    return "null" if stored is None else encode_basestring(_moment_json(stored))


def _moment_csv(stored: object) -> str:
    """As PostgreSQL writes it in UTC: `2026-03-01 09:00:00.25+00`."""
    text = _utc(stored)
    return f"{_trimmed(text)}+00" if text else _as_text(stored)


def _moment_json(stored: object) -> str:
    """As PostgreSQL writes it into JSON: `2026-03-01T09:00:00.25+00:00`."""
    text = _utc(stored)
    return f"{_trimmed(text)}+00:00".replace(" ", "T", 1) if text else _as_text(stored)


def _trimmed(text: str) -> str:
    """Without the zone, and without zeros at the end of a fraction."""
    return text[:-6].rstrip("0").rstrip(".") if "." in text else text[:-6]


def _utc(stored: object) -> str:
    """The form in which Tortoise writes a moment; another writer's is brought into it. Empty for what is no moment:
    SQLite keeps whatever somebody wrote."""
    if isinstance(stored, str) and stored.endswith("+00:00"):
        return stored
    try:
        read = moment(stored)
    except ValueError:
        return ""
    return read.isoformat(" ") if read is not None else ""


def _as_text(stored: object) -> str:
    return stored.decode("utf-8", "replace") if isinstance(stored, bytes) else str(stored)


def _json_escape(match: re.Match[str]) -> str:
    character = match[0]
    if sanitise("a" + character) == "a" + character:
        return character
    return json.dumps(character)[1:-1]
