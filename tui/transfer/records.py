"""From lines to records: CSV or JSON Lines, each record with the number of the line on which it begins."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from tui.transfer.errors import TransferError
from tui.transfer.text_lines import LONGEST

DELIMITERS: Final = {",": ",", ";": ";", "|": "|", "\t": "tab"}

CELL: Final = 100_000
"""Characters of one cell."""


@dataclass(frozen=True, slots=True)
class Record:
    """What stands on a line, by the names of the file. `error` says why it cannot be taken apart."""

    line: int
    cells: dict[str, Any]
    error: str = ""


class _Counted:
    """Lines on their way into the CSV reader, which takes several for one record: no more than LONGEST in all."""

    def __init__(self, lines: Iterator[str], first: int) -> None:
        self._lines = lines
        self.number = first - 1
        self._size = 0
        self._began = first

    def record_begins(self) -> None:
        self._size = 0
        self._began = self.number + 1

    @property
    def began(self) -> int:
        return self._began

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self._size += len(line)
        if self._size > LONGEST:
            raise TransferError(
                f"A quote that opens in the record of line {self._began} is not closed within {LONGEST} characters."
            )
        return line


def header_of(lines: Iterator[str], delimiter: str | None) -> tuple[list[str], str, int]:
    """Return the names, the delimiter, and how many lines they take. Raises TransferError."""
    first = next(lines, None)
    if first is None or not first.strip("\r\n\ufeff \t"):
        raise TransferError("The file is empty: its first line should name the columns.")
    if delimiter is not None and delimiter not in DELIMITERS:
        raise TransferError(f"The delimiter is one of , ; | and tab, not {delimiter!r}.")
    used = delimiter or _sniff(first)
    # More lines of the header only while a quote is open.
    counted = _Counted(chain([first], lines if first.count('"') % 2 else ()), 1)
    try:
        names = [name.strip() for name in next(csv.reader(counted, delimiter=used, strict=True))]
    except csv.Error as error:
        raise TransferError(f"Line 1 cannot be read as CSV: {_words(error)}") from None
    except StopIteration:
        raise TransferError("The file is empty: its first line should name the columns.") from None
    if len(names) == 1:
        other = next((mark for mark in DELIMITERS if mark != used and mark in names[0]), None)
        if other is not None:
            hint = f"Did you mean --delimiter {'tab' if other == chr(9) else repr(other)}?"
            raise TransferError(f"The header has one column, {names[0][:60]!r}. {hint}")
    for name, times in Counter(names).items():
        if not name:
            raise TransferError(f"Column {names.index(name) + 1} of the header has no name.")
        if times > 1:
            raise TransferError(f"The header names the column {name} {times} times.")
    return names, used, counted.number


def csv_records(lines: Iterator[str], names: Sequence[str], delimiter: str, first: int) -> Iterator[Record]:
    """Return every record behind the header; `first` is the number of the first line. Raises TransferError."""
    counted = _Counted(lines, first)
    csv.field_size_limit(CELL)
    reader = csv.reader(counted, delimiter=delimiter, strict=True)
    while True:
        counted.record_begins()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TransferError(f"Line {counted.began} cannot be read as CSV: {_words(error)}") from None
        if not cells:
            continue
        if len(cells) != len(names):
            wrong = f"This line has {len(cells)} cells, and the header {len(names)}."
            if len(cells) == 1 and len(names) > 1:
                wrong += " Is the delimiter another one?"
            yield Record(counted.began, {}, wrong)
        else:
            yield Record(counted.began, dict(zip(names, cells, strict=True)))


def json_records(lines: Iterator[str]) -> Iterator[Record]:
    """Return every record of a JSON Lines file; empty lines are left out."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            cells = json.loads(line, object_pairs_hook=_once, parse_constant=_no_constant)
        except RecursionError:
            yield Record(number, {}, "This is no object of fields: it is nested too deeply.")
        except json.JSONDecodeError as error:
            yield Record(number, {}, f"This is not JSON, at character {error.colno}.")
        except ValueError as error:
            yield Record(number, {}, str(error) if isinstance(error, _Wrong) else "This is not JSON.")
        else:
            if isinstance(cells, dict):
                yield Record(number, cells)
            else:
                yield Record(number, {}, "This is no object of fields: it should begin with {.")


class _Wrong(ValueError):
    """A line of JSON that is not what it should be; the text is a sentence."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise _Wrong(f"The name {twice} stands here twice.")
    return found


def _no_constant(text: str) -> None:
    raise _Wrong(f"{text} is no value of JSON.")


def _sniff(header: str) -> str:
    """The delimiter that stands most often in the header, outside of quotes; a comma when there is none."""
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=lambda mark: (bare.count(mark), mark == ","))


def _words(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "a quote that opens there is never closed."
    if "field larger" in text:
        return f"a cell is longer than {CELL} characters."
    if "new-line" in text:
        return "a line ends with a carriage return only. Save the file with the line ends of today."
    if "expected after" in text:
        return "behind a closing quote another character follows. Is the delimiter another one?"
    return "its quotes do not fit together."
