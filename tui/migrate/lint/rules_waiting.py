"""Rules on who waits: whole tables written in one go, and work that is done while a strong lock is held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.migrate.lint.hits import Severity
from tui.migrate.lint.locks import ALL, lock_of, waiting
from tui.migrate.lint.rule import POSTGRES, Rule
from tui.migrate.lint.subject import Found, Step, Subject
from tui.migrate.process.sql.ddl import Kind
from tui.migrate.process.sql.names import quoted, quoted_path
from tui.migrate.wording import spaced

_WORK: Final = (Kind.UPDATE, Kind.DELETE, Kind.INSERT, Kind.CREATE_INDEX)


def _every_row(subject: Subject) -> Iterator[Found]:
    for step in subject.steps:
        deed = step.deed
        if deed.kind is not Kind.UPDATE or deed.has_where or not deed.tables:
            continue
        table = deed.tables[0]
        if table in step.fresh or subject.is_nearly_empty(table):
            continue
        size = subject.known.size(table)
        rows = f" (about {spaced(size.rows)} rows)" if size is not None and size.rows else ""
        yield Found(
            step,
            f"Every row of {table}{rows} is rewritten in one statement.",
            "Each row is locked until the file is done, and the table needs the space of both versions.",
            blocks=_until_done(subject, table),
            rewrite=_in_parts(subject, step, table),
        )


def _until_done(subject: Subject, table: str) -> str:
    if subject.dialect == "sqlite":
        return "every other writer of the database waits until the file is done; readers do not"
    return f"writers of {table} wait until the file is done, readers do not"


def _in_parts(subject: Subject, step: Step, table: str) -> str:
    columns = step.deed.columns
    if subject.dialect == "sqlite" or not columns:
        return "-- in parts, by ranges of the key, each in its own transaction"
    head = step.text.rstrip().rstrip(";")
    part = f"SELECT ctid FROM {quoted_path(table)} WHERE {quoted(columns[0])} IS NULL LIMIT 10000"  # noqa: S608 - to be read
    return f"-- by hand, again and again until it says UPDATE 0:\n{head}\nWHERE ctid IN ({part});"


def _under_lock(subject: Subject) -> Iterator[Found]:
    if not subject.transactional:
        return
    held: dict[str, Step] = {}
    for step in subject.steps:
        table = step.deed.tables[0] if step.deed.tables else ""
        is_work = step.deed.kind in _WORK and not step.deed.concurrently
        if is_work and table in held and not subject.is_nearly_empty(table):
            yield Found(
                step,
                f"{step.deed.kind.upper()} on {table} runs while statement {held[table].number} still locks it.",
                "The lock of an ALTER TABLE is held until the end of the transaction: all that this statement takes, "
                "everybody waits.",
                blocks=f"readers and writers of {table} wait",
                rewrite="-- in a later file, so that the ALTER TABLE is committed first:\n" + step.text,
            )
        lock = lock_of(step.deed, subject.dialect, step.fresh)
        if lock.mode == ALL:
            held |= {each: step for each in lock.tables if each not in held}


def _cascade(subject: Subject) -> Iterator[Found]:
    for step in subject.steps:
        if step.deed.cascade and step.deed.kind is Kind.DROP_TABLE and not set(step.deed.tables) <= step.fresh:
            yield Found(
                step,
                "CASCADE drops whatever depends on it as well, and does not say what.",
                "Views and foreign keys of other tables go with it, those that nobody thought of, too.",
                blocks=waiting(step.deed, subject.dialect, step.fresh),
                rewrite=step.text.replace(" CASCADE", "").replace(" cascade", ""),
            )


RULES: Final = (
    Rule("updates-every-row", Severity.WARNING, "UPDATE without WHERE on a table that is not small", _every_row),
    Rule(
        "work-under-lock",
        Severity.WARNING,
        "Rows written or an index built behind an ALTER TABLE of the same table, in one transaction",
        _under_lock,
        dialects=POSTGRES,
    ),
    Rule("drops-with-cascade", Severity.WARNING, "DROP TABLE ... CASCADE", _cascade, dialects=POSTGRES, only_up=True),
)
