"""The safer SQL for what squawk finds, made from the statement itself where it can be. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tui.migrate.process.sql.ddl import Change, Verb
from tui.migrate.process.sql.names import quoted, quoted_path

if TYPE_CHECKING:
    from tui.migrate.lint.subject import Step

_INDEX: Final = re.compile(r"\b((?:CREATE\s+(?:UNIQUE\s+)?|DROP\s+)INDEX)\b(?!\s+CONCURRENTLY)", re.IGNORECASE)
_REINDEX: Final = re.compile(r"\b(REINDEX\s+(?:\([^)]*\)\s*)?(?:INDEX|TABLE))\b", re.IGNORECASE)
_DETACH: Final = re.compile(r"\b(DETACH\s+PARTITION\s+\S+?)\s*(;?)\s*$", re.IGNORECASE)
_OUTSIDE: Final = "-- in a file with RUN_IN_TRANSACTION = False:\n"


def rewrite_of(rule: str, step: Step, offset: int, advice: str) -> str:
    """What to write in place of the statement; `offset` into it is where the finding begins. "" for no better way."""
    text = step.text if step.text.endswith(";") else f"{step.text};"
    match rule:
        case "require-concurrent-index-creation" | "require-concurrent-index-deletion":
            return _OUTSIDE + _INDEX.sub(r"\1 CONCURRENTLY", text, count=1)
        case "require-concurrent-reindex":
            return _OUTSIDE + _REINDEX.sub(r"\1 CONCURRENTLY", text, count=1)
        case "require-concurrent-partition-detach":
            return _OUTSIDE + _DETACH.sub(r"\1 CONCURRENTLY\2", text, count=1)
        case "constraint-missing-not-valid" | "adding-foreign-key-constraint":
            change = _change_at(step, offset)
            if (
                change is not None
                and change.verb is Verb.ADD_CONSTRAINT
                and change.column
                and len(step.deed.changes) == 1
            ):
                return f"{text.rstrip(';').rstrip()} NOT VALID;\n-- in a later file:\n{_validate(step, change)}"
    return _filled(advice, step, _change_at(step, offset))


def _validate(step: Step, change: Change) -> str:
    return f"ALTER TABLE {quoted_path(step.deed.tables[0])} VALIDATE CONSTRAINT {quoted(change.column)};"


def _change_at(step: Step, offset: int) -> Change | None:
    """The change of an ALTER TABLE that begins last before an offset into the statement."""
    before = [change for change in step.deed.changes if change.offset <= offset]
    return before[-1] if before else None


def _filled(advice: str, step: Step, change: Change | None) -> str:
    """Names with a brace in them stay as they are: this is not `str.format`."""
    table = quoted_path(step.deed.tables[0]) if step.deed.tables else "..."
    column = change.column if change is not None and change.column else ""
    named = advice.replace("{column}_there", quoted(f"{column or 'column'}_there"))
    return named.replace("{table}", table).replace("{column}", quoted(column) if column else "...")
