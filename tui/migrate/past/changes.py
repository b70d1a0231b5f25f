"""What changed in a file since it was run: a unified diff, and whether the SQL is another one. Pure.

Both sides are compared without the value of MODELS_STATE, whose hash stands in its place.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.process.runs.source import decoded, without_state
from tui.migrate.process.sql.scanner import without_comments
from tui.migrate.process.sql.statements import split
from tui.migrate.source.scripts import Unreadable, read_module

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LINES: Final = 5000


@dataclass(frozen=True, slots=True)
class Changes:
    """`sentence` says what kind of change it is; `lines` are those of a unified diff, not safe to show as they are."""

    sentence: str
    lines: tuple[str, ...]
    is_sql: bool
    """Whether what the file does to a database is another thing than what was done."""

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"sentence": self.sentence, "sql_differs": self.is_sql, "diff": "\n".join(self.lines)}


def changes(was: str, data: bytes, version: str, dialect: str) -> Changes:
    """From the source that the log kept to the bytes of the file now. Some milliseconds for a long file."""
    now = without_state(decoded(data))
    lines = tuple(
        _few(
            difflib.unified_diff(was.splitlines(), now.splitlines(), f"{version}, as run", f"{version}, now", "", "", 3)
        )
    )
    if not was:
        return Changes("The log did not keep the text of the file: there is nothing to compare with.", (), is_sql=True)
    try:
        before, after = read_module(was.encode()), read_module(now.encode())
    except Unreadable as error:
        return Changes(f"Whether the SQL differs cannot be told. {error.sentence}", lines, is_sql=True)
    programs = before.up.sql is None or after.up.sql is None or before.up.is_program or after.up.is_program
    up = _statements(before.up.sql, dialect) != _statements(after.up.sql, dialect)
    down = _statements(before.down.sql, dialect) != _statements(after.down.sql, dialect)
    if not lines:
        return Changes("Only the layout of the file differs: line ends, or the last line.", lines, is_sql=False)
    if up:
        return Changes("The SQL differs from what was run.", lines, is_sql=True)
    if programs:
        return Changes("The Python differs: only running it would tell what it does.", lines, is_sql=True)
    if before.transactional != after.transactional:
        return Changes("The SQL is the same; whether it runs in a transaction differs.", lines, is_sql=True)
    if down:
        return Changes("What was run is the same; the downgrade differs.", lines, is_sql=True)
    if all("MODELS_STATE" in line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")):
        return Changes("The SQL is the same; only the recorded state of the models differs.", lines, is_sql=False)
    return Changes("The SQL is the same; only comments, blanks or other lines differ.", lines, is_sql=False)


def _statements(sql: str | None, dialect: str) -> list[str] | None:
    if sql is None:
        return None
    bare = (without_comments(each.text, dialect) for each in split(sql, dialect))
    return [" ".join(text.strip().rstrip(";").split()) for text in bare]


def _few(lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number >= MOST_LINES:
            yield "(more lines differ)"
            return
        yield line.rstrip("\n")
