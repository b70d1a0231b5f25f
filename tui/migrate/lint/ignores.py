"""`-- lint: ignore RULE reason` in a migration: which statement it is about, and whether it says why. Pure.

In the SQL it is about the statement that follows, or about the one that it stands in or behind on the same line; a
Python comment (`# lint: ignore RULE reason`) is about the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.migrate.process.sql.tokens import Is

if TYPE_CHECKING:
    from tui.migrate.lint.subject import Step, Subject

_IN_SQL: Final = re.compile(r"--[ \t]*lint:[ \t]*ignore\b[ \t]*(?P<rule>[\w-]*)[ \t]*(?P<reason>[^\n]*)")
_IN_PYTHON: Final = re.compile(
    r"^[ \t]*#[ \t]*lint:[ \t]*ignore\b[ \t]*(?P<rule>[\w-]*)[ \t]*(?P<reason>.*)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Ignore:
    """One of them. `statement` None: the whole file."""

    rule: str
    reason: str
    statement: int | None
    line: int | None


def read_ignores(subject: Subject) -> list[Ignore]:
    """Those of one direction's SQL, and of the whole file."""
    found = list(_in_sql(subject))
    if subject.is_up or not subject.file.up.source:
        found += _in_python(subject)
    return found


def _in_sql(subject: Subject) -> Iterator[Ignore]:
    for match in _IN_SQL.finditer(subject.sql):
        place = match.start()
        step = _about(subject.sql, subject.steps, place)
        if step is not None and step.offset < place < step.end and _in_quotes(step, place, subject.dialect):
            continue
        there = subject.file.place(subject.direction, place)
        yield Ignore(match["rule"], match["reason"].strip(" \t*/"), step.number if step else None,
                     there.line if there else None)  # fmt: skip


def _about(sql: str, steps: Sequence[Step], place: int) -> Step | None:
    before: Step | None = None
    for step in steps:
        if place < step.end:
            if before is not None and place < step.offset and "\n" not in sql[before.end : place]:
                return before
            return step
        before = step
    # Behind the last one: about it when it stands on its line, else about the file.
    return before if before is not None and "\n" not in sql[before.end : place] else None


def _in_quotes(step: Step, place: int, dialect: str) -> bool:
    at = place - step.offset
    return any(
        token.offset < at < token.end for token in step.tokens(dialect) if token.kind in (Is.STRING, Is.NAME, Is.OPEN)
    )


def _in_python(subject: Subject) -> Iterator[Ignore]:
    source = subject.file.up.source or subject.file.down.source
    if source is None or "lint:" not in source.text:
        return
    for match in _IN_PYTHON.finditer(source.text):
        yield Ignore(match["rule"], match["reason"].strip(), None, source.text.count("\n", 0, match.start()) + 1)
