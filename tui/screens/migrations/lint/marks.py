"""What the lint said of each file so far, for the list's column and for the SQL under it. No widget, no reading.

A file is known by its hash: what was said of it holds until it is changed or asked about anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from textual.content import Content

from tui.widgets.keyset_columns import Cell, Tone

if TYPE_CHECKING:
    from tui.migrate.lint import Hit, Report
    from tui.migrate.sizes import Size
    from tui.migrate.source.files import Direction, MigrationFile
    from tui.migrate.states import Entry

_NOTHING: Final = Cell(Content.styled("–", "dim"))
_NOT_YET: Final = Cell(Content("…"), Tone.QUIET)
_LOSES: Final = frozenset({"drops-data", "rename-as-drop"})


class LintMarks:
    """Grows while the screen is there."""

    def __init__(self) -> None:
        self._hits: dict[tuple[str, str], tuple[Hit, ...]] = {}
        self._measured: set[tuple[str, str]] = set()
        self._sizes: dict[str, Size] = {}

    def take(self, files: Iterable[MigrationFile], report: Report, *, measured: bool = False) -> None:
        """Keeps what a report says of files that it looked at. What was `measured` is not forgotten for what was not:
        only the database tells how many values would be cut."""
        self._sizes.update(report.sizes)
        for file in files:
            key = _key(file)
            if file.version not in report.by_version or (key in self._measured and not measured):
                continue
            self._hits[key] = report.of(file.version)
            if measured:
                self._measured.add(key)

    def knows(self, entry: Entry) -> bool:
        """Whether there is nothing to find out about an entry."""
        return not _is_lintable(entry) or (entry.file is not None and _key(entry.file) in self._hits)

    def hits(self, entry: Entry, direction: Direction = "up") -> tuple[Hit, ...]:
        """What was found in a direction; nothing while it is not known."""
        found = self._hits.get(_key(entry.file), ()) if entry.file is not None else ()
        return tuple(hit for hit in found if hit.direction == direction)

    @property
    def sizes(self) -> Mapping[str, Size]:
        """Of the tables that were asked about."""
        return self._sizes

    def cell(self, entry: Entry) -> Cell:
        """`ok`, `⚠ 2`, `✖ 1`, `✖ data` for what loses rows; `…` while it is not known."""
        if not _is_lintable(entry):
            return _NOTHING
        if not self.knows(entry):
            return _NOT_YET
        hits = self.hits(entry)
        errors = sum(hit.severity == "error" for hit in hits)
        warnings = sum(hit.severity == "warning" for hit in hits)
        if any(hit.rule in _LOSES for hit in hits):
            return Cell(Content("✖ data"), Tone.DANGER)
        if errors:
            return Cell(Content(f"✖ {errors}"), Tone.DANGER)
        return Cell(Content(f"⚠ {warnings}"), Tone.CAUTION) if warnings else Cell(Content("ok"), Tone.QUIET)


def _is_lintable(entry: Entry) -> bool:
    file = entry.file
    return file is not None and file.number is not None and file.unreadable is None and not file.ignored


def _key(file: MigrationFile) -> tuple[str, str]:
    return file.version, file.sha256
