"""What the lint says: a hit is one finding at one place, a report is all of them. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tui.migrate.sizes import Size
    from tui.migrate.source.files import Direction


class Severity(StrEnum):
    """ERROR: it fails or loses data, applying is blocked. WARNING: somebody waits, or it may go wrong. NOTE: good to
    know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """The worst is the largest."""
        return {Severity.NOTE: 1, Severity.WARNING: 2, Severity.ERROR: 3}[self]


@dataclass(frozen=True, slots=True)
class Hit:
    """One finding. Its texts hold names from the project: `sanitise` or `safe` before they are shown."""

    rule: str
    """Its id, as `-- lint: ignore` names it."""
    severity: Severity
    version: str
    direction: Direction
    line: int | None
    """Of the migration file, from 1; None where its place is not in the file, as with a NUL or a program."""
    statement: int | None
    """Its number in the direction's script, from 1; None for what is about the whole file."""
    sentence: str
    """What is found, in one sentence."""
    why: str = ""
    """What goes wrong because of it."""
    blocks: str = ""
    """Who waits while the statement runs, in plain words; "" where nobody does."""
    rewrite: str = ""
    """SQL (or Python) that does the same more safely, to copy; "" where there is none."""
    path: Path | None = None

    @property
    def place(self) -> str:
        """`12_key.py:7`, or the file's name alone."""
        return self.version if self.line is None else f"{self.version}:{self.line}"

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "rule": self.rule,
            "severity": str(self.severity),
            "version": self.version,
            "direction": self.direction,
            "path": str(self.path) if self.path is not None else None,
            "line": self.line,
            "statement": self.statement,
            "sentence": self.sentence,
            "why": self.why,
            "blocks": self.blocks,
            "rewrite": self.rewrite,
        }


@dataclass(frozen=True)
class Report:
    """The lint of some files. `unchecked` are sentences on what could not be looked at, and why."""

    hits: tuple[Hit, ...] = ()
    versions: tuple[str, ...] = ()
    """The files that were looked at."""
    unchecked: tuple[str, ...] = ()
    sizes: Mapping[str, Size] = field(default_factory=dict)
    """Of the tables that the files touch, as far as the database told."""

    @cached_property
    def worst(self) -> Severity | None:
        """The worst severity of all; None where nothing was found."""
        return worst_of(self.hits)

    @property
    def has_errors(self) -> bool:
        """Whether applying is blocked."""
        return self.worst is Severity.ERROR

    @cached_property
    def by_version(self) -> dict[str, tuple[Hit, ...]]:
        """The hits of each file that was looked at, in the order of the file; empty for a clean one."""
        found: dict[str, list[Hit]] = {version: [] for version in self.versions}
        for hit in self.hits:
            found.setdefault(hit.version, []).append(hit)
        return {version: tuple(hits) for version, hits in found.items()}

    def of(self, version: str, direction: Direction | None = None) -> tuple[Hit, ...]:
        """The hits of one file, of one direction or of both."""
        return tuple(hit for hit in self.by_version.get(version, ()) if direction is None or hit.direction == direction)

    def count(self, severity: Severity) -> int:
        return sum(hit.severity is severity for hit in self.hits)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "versions": list(self.versions),
            "worst": str(self.worst) if self.worst is not None else None,
            "hits": [hit.as_json() for hit in self.hits],
            "unchecked": list(self.unchecked),
        }


def worst_of(hits: Iterable[Hit]) -> Severity | None:
    """The worst severity among hits."""
    return max((hit.severity for hit in hits), key=lambda severity: severity.rank, default=None)
