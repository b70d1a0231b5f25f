"""Rules on SQL that is not SQL: quotes without an end, defaults with a quote in them, what SQLite cannot parse; and
files that do nothing, or are programs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from tui.migrate.lint.hits import Severity
from tui.migrate.lint.rule import BOTH, SQLITE, Rule
from tui.migrate.lint.subject import Found, Step, Subject
from tui.migrate.process.sql.ddl import Kind
from tui.migrate.process.sql.tokens import Is, Token

LONGEST_PARSED: Final = 1_000_000
"""Characters of a statement that SQLite is asked about: its own limit."""


def _open_quote(subject: Subject) -> Iterator[Found]:
    for step in subject.steps:
        if not step.deed.is_open:
            continue
        found = [token for token in step.tokens(subject.dialect) if token.kind is Is.OPEN]
        if not found:
            continue
        if _broken_string(step, subject.dialect) is not None:
            continue  # the rule below says it better
        token = found[0]
        sign = token.text[:1] if token.text[:1] != "$" else token.text[: token.text.find("$", 1) + 1]
        yield Found(
            step,
            f"A {sign} is opened and never closed.",
            "Everything behind it is taken for a text: the statement is not valid SQL, and those after it are lost.",
            offset=step.offset + token.offset,
        )


def _broken_string(step: Step, dialect: str) -> tuple[Token, Token] | None:
    """A string and the word that sticks to its closing quote: `'it's'`."""
    before: Token | None = None
    for token in step.tokens(dialect):
        sticks = before is not None and before.kind is Is.STRING and before.end == token.offset
        if sticks and before is not None and before.text.endswith("'") and token.kind in (Is.WORD, Is.NUMBER, Is.OPEN):
            return before, token
        before = token
    return None


def _quote_inside(subject: Subject) -> Iterator[Found]:
    for step in subject.steps:
        if step.deed.kind not in (Kind.CREATE_TABLE, Kind.ALTER_TABLE, Kind.COMMENT) and not step.deed.is_open:
            continue
        broken = _broken_string(step, subject.dialect)
        if broken is None:
            continue
        string, rest = broken
        begin = step.text[string.offset : rest.offset] + rest.text[:20].split("\n", 1)[0]
        yield Found(
            step,
            f"A text with a quote in it is not written as SQL: {begin}",
            "Aerich writes a default (or a comment) with a quote as it is: the text ends at that quote, and the rest "
            "is not valid SQL.",
            rewrite=f"-- double the quote inside of the text:\n{_doubled(step.text, string, rest)}",
            offset=step.offset + string.offset,
        )


def _doubled(text: str, string: Token, rest: Token) -> str:
    """The statement with the quote between the two doubled, as far as its line goes."""
    return f"{text[: string.end - 1]}''{text[rest.offset :]}"


def _not_sqlite(subject: Subject) -> Iterator[Found]:
    """SQLite prepares each statement on an empty database in memory, which runs nothing: it parses before it looks for
    tables."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.set_authorizer(_only_reading)
        for step in subject.steps:
            if step.deed.is_open or step.deed.kind is Kind.SETTING or len(step.text) > LONGEST_PARSED:
                continue
            if _broken_string(step, "sqlite") is not None:
                continue
            try:
                connection.execute(f"EXPLAIN {step.text}").close()
            except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
                message = str(error)
                if "syntax error" in message or "unrecognized token" in message or "incomplete input" in message:
                    yield Found(
                        step,
                        f"SQLite cannot read this: {message}.",
                        "It would fail when it is run. SQLite cannot alter a column or add a constraint: the table "
                        "is made anew, filled from the old one, and takes its name.",
                    )


def _only_reading(action: int, *_: object) -> int:
    """Lets SQLite plan, and denies what would attach a file or load code even while it plans."""
    return sqlite3.SQLITE_DENY if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_PRAGMA) else sqlite3.SQLITE_OK


def _empty(subject: Subject) -> Iterator[Found]:
    if subject.is_up and subject.file.up.is_empty:
        yield Found(
            None,
            "The file runs nothing.",
            "It only records a state. If a change was meant, it is not in here.",
        )


def _program(subject: Subject) -> Iterator[Found]:
    script = subject.file.script(subject.direction)
    if script.sql is None:
        yield Found(
            None,
            f"Python makes the SQL of {subject.direction}grade: nothing of it could be looked at.",
            "What it does, and what it locks, is known only by running it. A dry run shows it.",
        )
    elif script.is_program:
        yield Found(
            None,
            f"Python runs in {subject.direction}grade before the SQL that was looked at.",
            "What else it does is known only by running it. A dry run shows it.",
        )


def _broken_state(subject: Subject) -> Iterator[Found]:
    if subject.state_fault and subject.is_up:
        yield Found(
            None,
            f"The file can be applied, but {subject.state_fault}.",
            "Aerich compares the models with the state of the last file: its next migrate would fail.",
        )


RULES: Final = (
    Rule("open-quote", Severity.ERROR, "A quote, a quoted name or a $$ body without an end", _open_quote),
    Rule("quote-in-text", Severity.ERROR, "A default or comment with a quote that is not doubled", _quote_inside),
    Rule("not-sqlite", Severity.ERROR, "SQL that SQLite cannot parse", _not_sqlite, dialects=SQLITE),
    Rule("empty-file", Severity.NOTE, "A file that runs nothing", _empty, dialects=BOTH, only_up=True),
    Rule("python-body", Severity.NOTE, "A file whose SQL is made by, or comes after, Python", _program),
    Rule("broken-state", Severity.WARNING, "A MODELS_STATE that Aerich cannot read", _broken_state, only_up=True),
)
