"""Both directions of a migration as they are shown: statement by statement, with the size of what each touches, who
waits, and what the lint found there. Pure: no widget, no query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from textual.content import Content

from tui.migrate.listing import preview, sql_of
from tui.terminal.safe import safe, safe_block
from tui.widgets.sql import coloured

if TYPE_CHECKING:
    from tui.migrate.lint import Hit
    from tui.migrate.listing import PreviewStatement
    from tui.migrate.sizes import Size
    from tui.migrate.source.files import Direction
    from tui.migrate.states import Entry

LEFT: Final = 5
"""Cells of a line's number."""
MOST_PARTS: Final = 200
"""Statements whose hits are shown; what is behind them is told by `l` and by the command line."""
SIGNS: Final = {"error": "✖", "warning": "⚠", "note": "·"}
STYLES: Final = {"error": "$text-error", "warning": "$text-warning", "note": "$text-muted"}


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a file besides its text. Empty while nothing is."""

    hits: tuple[Hit, ...] = ()
    sizes: Mapping[str, Size] = field(default_factory=dict)

    def of(self, direction: Direction, statement: int | None) -> tuple[Hit, ...]:
        return tuple(hit for hit in self.hits if hit.direction == direction and hit.statement == statement)


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines in a row. Those with hits are one statement, to be jumped to; `notes` stand below it, indented."""

    content: Content
    hits: tuple[Hit, ...] = ()
    notes: Content | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One direction of a file, as it is shown; `text` is what is copied."""

    direction: Direction
    title: str
    notice: str
    parts: tuple[Part, ...]
    text: str

    @property
    def sql(self) -> Content:
        """All parts as one."""
        every = (each for part in self.parts for each in (part.content, part.notes) if each is not None)
        return Content("\n").join(every)


@dataclass(frozen=True, slots=True)
class Sides:
    """Both directions of a file."""

    up: Side
    down: Side


def sides(
    entry: Entry, dialect: str | None, most: int = 400, told: Told | None = None, *, whole: bool = False
) -> Sides:
    """What an entry does, as far as reading the file tells, at most `most` lines each way.

    `whole`: with the reasons and the safer SQL of each hit. Some ten milliseconds for a long file: to be called off
    the interface's own task.
    """
    known = told or Told()
    return Sides(_side(entry, "up", dialect, most, known, whole), _side(entry, "down", dialect, most, known, whole))


def _side(entry: Entry, direction: Direction, dialect: str | None, most: int, told: Told, whole: bool) -> Side:
    statements = preview(entry, direction, dialect)
    count = _many(len(statements), "statement") if statements else "no SQL to show"
    hits = tuple(hit for hit in told.hits if hit.direction == direction)
    words = [direction, count, *([_many(len(hits), "hit")] if hits else []), entry.version]
    parts = _parts(statements, direction, dialect or "postgres", most, told, whole)
    return Side(direction, " · ".join(words), _notice(entry, direction), parts, sql_of(entry, direction))


def _parts(
    statements: Sequence[PreviewStatement], direction: Direction, dialect: str, most: int, told: Told, whole: bool
) -> tuple[Part, ...]:
    found: list[Part] = []
    plain: list[Content] = []
    lines = jumps = 0
    if whole_file := told.of(direction, None):
        found.append(Part(Content("the whole file"), whole_file, _notes(whole_file, whole)))
    for statement in statements:
        if lines >= most:
            plain.append(Content.styled(f"{'':{LEFT}}  more lines are in the file", "dim"))
            break
        hits = told.of(direction, statement.number)
        shown = [*_above(statement, dialect, told), *_numbered(statement, most - lines)]
        lines += len(shown)
        if hits and jumps < MOST_PARTS:
            jumps += 1
            if plain:
                found.append(Part(Content("\n").join(plain)))
                plain = []
            found.append(Part(Content("\n").join(shown), hits, _notes(hits, whole)))
        else:
            plain += shown
    if plain:
        found.append(Part(Content("\n").join(plain)))
    return tuple(found)


def _numbered(statement: PreviewStatement, most: int) -> Iterator[Content]:
    for offset, line in enumerate(coloured(statement.text)):
        if offset >= most:
            return
        number = f"{_number(statement, offset):>{LEFT}}"
        yield Content.assemble((f"{number}  ", "dim"), line)


def _number(statement: PreviewStatement, offset: int) -> str:
    """The file's line of one line of a statement; nothing where the file has none for it."""
    if statement.lines:
        line = statement.lines[offset] if offset < len(statement.lines) else None
        return "" if line is None or (offset and line == statement.lines[offset - 1]) else str(line)
    return "" if statement.line is None else str(statement.line + offset)


def _above(statement: PreviewStatement, dialect: str, told: Told) -> Iterator[Content]:
    """The tables with their sizes, over the statement; nothing where no size is known."""
    if not told.sizes:
        return
    from tui.migrate.process.sql.ddl import what_does

    deed = what_does(statement.text, dialect)
    words = [f"{table} {size_words(size)}" for table in deed.tables if (size := _size(told.sizes, table)) is not None]
    if words:
        yield Content.assemble(" " * (LEFT + 2), safe(" · ".join(words), 200, style="dim italic"))


def _size(sizes: Mapping[str, Size], table: str) -> Size | None:
    return sizes.get(table) or sizes.get(table.rpartition(".")[2])


def size_words(size: Size) -> str:
    """`~10.0 M rows, 3.1 GB`."""
    rows = "empty" if size.rows == 0 else "rows not counted yet" if size.rows is None else f"~{_short(size.rows)} rows"
    if size.rows == 1:
        rows = "~1 row"
    return rows if size.bytes is None else f"{rows}, {_bytes(size.bytes)}"


def _short(count: int) -> str:
    for limit, letter in ((1_000_000_000, "G"), (1_000_000, "M"), (10_000, "k")):
        if count >= limit:
            unit = 1000 if letter == "k" else limit
            return f"{count / unit:.1f} {letter}"
    return str(count)


def _bytes(count: int) -> str:
    value, unit = float(count), "bytes"
    for name in ("kB", "MB", "GB", "TB"):
        if value < 1024:
            break
        value, unit = value / 1024, name
    return f"{value:.0f} {unit}" if value >= 10 or unit == "bytes" else f"{value:.1f} {unit}"


def _notes(hits: Sequence[Hit], whole: bool) -> Content:
    return Content("\n").join(line for hit in hits for line in _hit_lines(hit, whole))


def _hit_lines(hit: Hit, whole: bool) -> Iterator[Content]:
    style = STYLES[hit.severity]
    yield Content.assemble((f"{SIGNS[hit.severity]} ", style), safe(hit.sentence, 400, style=style))
    if hit.blocks:
        yield Content.assemble(("while it runs: ", "dim"), safe(hit.blocks, 300))
    if not whole:
        return
    yield Content.assemble(safe(hit.why, 600, style="dim"), (f"  {hit.rule}", "dim italic"))
    if hit.rewrite:
        yield Content.styled("instead:", "dim")
        yield from (Content.assemble("  ", line) for line in safe_block(hit.rewrite, 4000).split("\n"))


def _notice(entry: Entry, direction: Direction) -> str:
    """What is to be known before the SQL is read."""
    if entry.note:
        return f"line {entry.line}: {entry.note}" if entry.line is not None else entry.note
    file = entry.file
    if file is None:
        return ""
    script = file.script(direction)
    if script.sql is None:
        where = f" (line {script.line})" if script.line is not None else ""
        return f"The SQL is made by Python{where}: only running it tells what it is."
    if script.is_program:
        return "Python runs before this SQL: what else it does is in the file."
    if script.is_empty:
        return "Nothing takes this one back." if direction == "down" else "Nothing is run: it only records a state."
    return ""


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
