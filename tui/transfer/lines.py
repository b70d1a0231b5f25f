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
from typing import Any, Final

from tui.browse.sql import moment
from tui.sanitise import sanitise
from tui.transfer.columns import Kind
from tui.transfer.sheets import SEPARATOR, UNIT, Format, Sheet, quoted

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
        # In a CSV file a line feed could still hide between quotes.
        plain = block.isascii() and not block.translate(None, _PLAIN)
        if plain and (self._sheet.format is Format.JSONL or b'"' not in block):
            return block
        lines = block.decode("utf-8", "replace").split("\n")
        if lines[-1] == "":
            lines.pop()
        done = self._fit_json(lines) if self._sheet.format is Format.JSONL else self._fit_csv(lines)
        return ("\n".join(done) + "\n").encode("utf-8", "backslashreplace") if lines else b""

    def _fit_json(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            yield line if self._shows(line) else _ODD.sub(_json_escape, line)

    def _fit_csv(self, lines: Iterable[str]) -> Iterator[str]:
        """A record goes on while a quote is open; only one with something odd, or of several lines, is taken apart."""
        open_lines: list[str] = []
        is_open = False
        for line in lines:
            if line.count('"') % 2:
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
        if self._harmless.issuperset(line):
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
        encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        missing: list[list[str] | None] = [[] if column.kind is Kind.ROLES else None for column in self._sheet.columns]
        made = []
        for row in rows:
            values = [
                (none if value is None else value if convert is None else convert(value))
                for value, convert, none in zip(row, self._convert, missing, strict=True)
            ]
            made.append(encode(dict(zip(self._names, values, strict=True))) + "\n")
        return "".join(made)


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _converter(kind: Kind, format_: Format) -> Callable[[Any], Any] | None:
    if kind is Kind.MOMENT:
        return _moment_csv if format_ is Format.CSV else _moment_json
    if kind is Kind.ROLES:
        return _roles_csv if format_ is Format.CSV else _roles_json
    if format_ is Format.CSV:
        return _one_line if kind is Kind.TEXT else None
    return bool if kind is Kind.FLAG else None


def _one_line(text: str) -> str:
    """Without carriage returns, which Python's CSV writer does not quote when lines end otherwise."""
    return text.replace("\r", r"\r") if "\r" in text else text


def _roles_csv(stored: str) -> str:
    return quoted(stored.replace(UNIT, SEPARATOR))


def _roles_json(stored: str) -> list[str]:
    return stored.split(UNIT)


def _moment_csv(stored: str) -> str:
    """As PostgreSQL writes it in UTC: `2026-03-01 09:00:00.25+00`."""
    text = _utc(stored)
    return (text[:-6].rstrip("0") if "." in text else text[:-6]).rstrip(".") + "+00"


def _moment_json(stored: str) -> str:
    """As PostgreSQL writes it into JSON: `2026-03-01T09:00:00.25+00:00`."""
    text = _utc(stored)
    return ((text[:-6].rstrip("0") if "." in text else text[:-6]).rstrip(".") + "+00:00").replace(" ", "T", 1)


def _utc(stored: str) -> str:
    """The form in which Tortoise writes a moment; another writer's is brought into it."""
    if stored.endswith("+00:00"):
        return stored
    read = moment(stored)
    return read.isoformat(" ") if read is not None else ""


def _json_escape(match: re.Match[str]) -> str:
    character = match[0]
    if sanitise("a" + character) == "a" + character:
        return character
    return json.dumps(character)[1:-1]
