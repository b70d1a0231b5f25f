"""How drift reads on the screen: one line a difference, columns, what stands below. Pure: no widget, no query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from textual.content import Content

from tui.sanitise import one_line
from tui.screens.migrations.words import many
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column, Tone
from tui.widgets.sql import numbered

if TYPE_CHECKING:
    from tui.migrate.drift import Difference, DriftReport


class Group(StrEnum):
    """Where a line belongs, in the order in which they stand."""

    DRIFT = "drift"
    ONLY_THERE = "only there"
    UNMADE = "no migration"
    UNKNOWN = "unknown"
    BENIGN = "benign"


EXPLAINED: Final = {
    Group.DRIFT: "",
    Group.ONLY_THERE: "Only in the database.",
    Group.UNMADE: "A change of the models without a migration.",
    Group.UNKNOWN: "Only in the database, and nothing that models or files speak of: it does not count as drift.",
    Group.BENIGN: "Benign.",
}
_SHORT: Final = {
    "character varying": "varchar",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "double precision": "double",
}
_MARKS: Final = {Group.DRIFT: "!", Group.ONLY_THERE: "+", Group.UNMADE: "?", Group.UNKNOWN: "·", Group.BENIGN: "·"}
_TONES: Final = {
    Group.DRIFT: Tone.DANGER,
    Group.ONLY_THERE: Tone.CAUTION,
    Group.UNMADE: Tone.CAUTION,
    Group.UNKNOWN: Tone.QUIET,
    Group.BENIGN: Tone.QUIET,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list: one difference, or all benign ones of a kind. `sql` is what `y` copies."""

    group: Group
    table: str
    what: str
    differences: tuple[Difference, ...]
    is_first: bool = True
    """Whether the table's name has to be said: the lines before are about another one."""

    @property
    def one(self) -> Difference | None:
        """The difference, where the line is about one."""
        return self.differences[0] if self.group is not Group.BENIGN else None

    @property
    def sql(self) -> str:
        return self.one.fix_sql if self.one is not None else ""


def lines_of(report: DriftReport) -> tuple[Line, ...]:
    """The whole list: drift by table, what only the database has, models without a migration, benign ones by kind."""
    told = {(each.kind, each.table, each.name) for each in report.drift}
    groups = (
        (Group.DRIFT, [each for each in report.drift if not each.is_only_there]),
        (Group.ONLY_THERE, [each for each in report.drift if each.is_only_there]),
        (Group.UNMADE, [each for each in report.unmade if (each.kind, each.table, each.name) not in told]),
        (Group.UNKNOWN, report.unknown_objects),
    )
    found: list[Line] = []
    for group, differences in groups:
        before = None
        for each in differences:
            found.append(Line(group, each.table, each.what, (each,), is_first=each.table != before))
            before = each.table
    kinds = dict.fromkeys((each.kind, each.why) for each in report.benign)
    for kind, why in kinds:
        same = tuple(each for each in report.benign if (each.kind, each.why) == (kind, why))
        found.append(Line(Group.BENIGN, many(len({each.table for each in same}), "table"), f"{kind}: {why}", same))
    return tuple(found)


def columns() -> Sequence[Column[Line]]:
    """Three sides from 110 columns on; below that the words under the list say them."""
    return (
        Column("group", "GROUP", 14, _group, pinned=True),
        Column("table", "TABLE", 16, _table, pinned=True),
        Column("what", "WHAT", 20, lambda row: Cell(safe(row.what, 300)), grow=1),
        Column("models", "MODELS", 16, lambda row: _side(row, "models"), grow=1, from_width=110),
        Column("files", "FILES", 16, lambda row: _side(row, "files"), grow=1, from_width=110),
        Column("database", "DATABASE", 16, lambda row: _side(row, "database"), grow=1, from_width=110),
    )


def _group(row: Line) -> Cell:
    return Cell(Content(f"{_MARKS[row.group]} {row.group}"), _TONES[row.group])


def _table(row: Line) -> Cell:
    return Cell(safe(row.table, 200), Tone.PLAIN if row.is_first else Tone.QUIET)


def _side(row: Line, side: str) -> Cell:
    if row.one is None:
        return Cell(Content(""))
    text: str | None = getattr(row.one, f"in_{side}")
    return Cell(Content.styled("–", "dim") if text is None else safe(_short(text), 300))


def _short(text: str) -> str:
    """For a narrow cell: types by their short names, an index by its own."""
    words = one_line(text).removeprefix("there, named ")
    for long, short in _SHORT.items():
        words = words.replace(long, short)
    return words


def below(row: Line | None) -> Content:
    """What stands under the list: the three sides in words, why, and the SQL."""
    if row is None:
        return Content("")
    return Content("\n").join(_below(row))


def _below(row: Line) -> Iterator[Content]:
    each = row.one
    if each is None:
        yield safe(row.what, 400).stylize("bold")
        for other in row.differences[:200]:
            yield safe(f"{other.table}, {other.what}", 200)
            yield from _sides(other)
        return
    title = f"{each.table} · {row.what}"
    yield safe(title, 300).stylize("bold")
    if explained := EXPLAINED[row.group]:
        yield Content(explained)
    yield safe(each.why, 400)
    yield from _sides(each)
    if each.fix_sql:
        yield Content("")
        yield Content.styled("The database would be mended by (y copies it, nothing runs it from here):", "dim")
        yield numbered([(None, each.fix_sql)], most=400, width=0)


def _sides(each: Difference) -> Iterator[Content]:
    for side, text in (("models", each.in_models), ("files", each.in_files), ("database", each.in_database)):
        words = Content.styled("–", "dim") if text is None else safe(one_line(text), 600)
        yield Content.assemble((f"  {side:<9} ", "dim"), words)


def how_words(report: DriftReport) -> list[Content]:
    """How models and files were asked, above the list."""
    said = [
        safe(f"models {report.models} · files {report.files}", 500),
    ]
    if not report.is_exact:
        said.append(
            Content.styled(
                "Defaults, checks and expressions were not compared: the models know only so much.", "$warning"
            )
        )
    if report.pending:
        count = many(len(report.pending), "file")
        said.append(
            Content(
                f"{count} pending: what {'it changes' if len(report.pending) == 1 else 'they change'} is not drift."
            )
        )
    return said


def verdict_words(report: DriftReport) -> str:
    """The status line."""
    words = [report.sentence.rstrip(".")]
    if report.unmade:
        words.append(f"{many(len(report.unmade), 'change')} of the models without a migration")
    if report.unknown_objects:
        words.append(f"{many(len(report.unknown_objects), 'object')} that nobody knows")
    words.append(f"{len(report.benign)} benign")
    return " · ".join(words)
