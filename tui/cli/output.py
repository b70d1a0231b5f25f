"""Standard output and standard error. Everything that a database, a file or a person wrote passes `sanitise` here.

A document of `--json` keeps every character, those that act or hide as JSON escapes: a reader gets back exactly what is
stored, and a terminal sees nothing that acts.
"""

from __future__ import annotations

import functools
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from tui.sanitise import MAX_MARKS, sanitise, sanitise_block, without_passwords

_ODD: Final = re.compile(r"[^\n\x20-\x7e]+")
CELL_LIMIT: Final = 120
"""Characters of one cell of a table."""


def line(text: object = "", *, limit: int = 2000) -> None:
    """One line of standard output."""
    sys.stdout.write(sanitise(text, limit) + "\n")


def note(text: object) -> None:
    """One line of standard error that is no failure: progress, a hint, what to do next."""
    sys.stderr.write(sanitise(text, 2000) + "\n")


def block(text: str) -> None:
    """Several lines of standard error, such as the place of a mistake in a file."""
    sys.stderr.write(sanitise_block(text) + "\n")


def complain(sentence: str) -> None:
    """The line of a failure."""
    sys.stderr.write(f"shellback: {sanitise(without_passwords(sentence), 2000)}\n")


def document(value: Mapping[str, Any]) -> None:
    """One JSON document and a line feed."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write(_ODD.sub(lambda match: "".join(_escaped(match[0])), text) + "\n")


def _escaped(run: str) -> Iterator[str]:
    """The characters of a run of odd ones. Marks that pile up are escaped beyond those that `sanitise` keeps."""
    marks = 0
    for character in run:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        yield _literal(character) if marks > MAX_MARKS else _escape(character)


@functools.lru_cache(maxsize=4096)
def _escape(character: str) -> str:
    """The character, or its JSON escape where `sanitise` would not show it. A mark needs a letter before it."""
    return character if sanitise("a" + character) == "a" + character else _literal(character)


def _literal(character: str) -> str:
    point = ord(character)
    if point > 0xFFFF:
        point -= 0x10000
        return f"\\u{0xD800 + (point >> 10):04x}\\u{0xDC00 + (point & 0x3FF):04x}"
    return f"\\u{point:04x}"


def table(header: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Columns aligned by terminal cells, two blanks between them; those named in `right` have numbers."""
    cells = [list(header), *([sanitise(value, CELL_LIMIT) for value in row] for row in rows)]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(header))]
    lines = []
    for row in cells:
        parts = []
        for name, text, width in zip(header, row, widths, strict=True):
            blank = " " * (width - _width(text))
            parts.append(blank + text if name in right else text + blank)
        lines.append("  ".join(parts).rstrip() + "\n")
    sys.stdout.write("".join(lines))


def _width(text: str) -> int:
    """The cells that a text takes. What knows the wide ones is imported where there may be one."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def pairs(rows: Iterable[tuple[str, object]], *, indent: str = "") -> None:
    """Names and values, the values aligned."""
    from rich.cells import cell_len

    shown = [(sanitise(name, CELL_LIMIT), sanitise(value, 2000)) for name, value in rows]
    width = max((cell_len(name) for name, _ in shown), default=0)
    for name, value in shown:
        sys.stdout.write(f"{indent}{name}{' ' * (width - cell_len(name))}  {value}".rstrip() + "\n")
