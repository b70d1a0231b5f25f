"""Rules on the transaction of a file: what must not be in one, and what should be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui.migrate.lint.hits import Severity
from tui.migrate.lint.rule import POSTGRES, Rule
from tui.migrate.lint.subject import Found, Step, Subject
from tui.migrate.process.sql.ddl import Deed, Kind
from tui.migrate.process.sql.statements import ends_the_transaction, is_held_by_the_session

_NEVER: Final = re.compile(
    r"(?:VACUUM\b|ALTER\s+SYSTEM\b|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION)\b"
    r"|REINDEX\s+(?:\([^)]*\)\s*)?(?:DATABASE|SYSTEM|SCHEMA)\b)",
    re.IGNORECASE,
)
_DETACH: Final = re.compile(r"DETACH\s+PARTITION\s+\S+\s+CONCURRENTLY\b", re.IGNORECASE)
_OUTSIDE: Final = "RUN_IN_TRANSACTION = False"


def never_in_a_transaction(step: Step, dialect: str) -> str:
    """The words of a statement that no transaction block may hold; "" for any other."""
    deed = step.deed
    if dialect == "sqlite":
        return "VACUUM" if deed.kind is Kind.VACUUM and deed.words.startswith("VACUUM") else ""
    if deed.concurrently and deed.kind in (Kind.CREATE_INDEX, Kind.DROP_INDEX, Kind.REINDEX):
        return f"{_plain(deed)} CONCURRENTLY"
    if found := _NEVER.match(step.text):
        return " ".join(found.group().upper().split())
    return "DETACH PARTITION CONCURRENTLY" if deed.kind is Kind.ALTER_TABLE and _DETACH.search(step.text) else ""


def _plain(deed: Deed) -> str:
    return {Kind.CREATE_INDEX: "CREATE INDEX", Kind.DROP_INDEX: "DROP INDEX", Kind.REINDEX: "REINDEX"}[deed.kind]


def _control(subject: Subject) -> Iterator[Found]:
    if not subject.transactional:
        return
    for step in subject.steps:
        if step.deed.kind is not Kind.TRANSACTION and not ends_the_transaction(step.text):
            continue
        if subject.dialect == "sqlite" and is_held_by_the_session(step.text):
            continue
        word = step.deed.words or step.text.split(None, 1)[0].upper()
        if word in ("SAVEPOINT", "RELEASE") or (word == "ROLLBACK" and not ends_the_transaction(step.text)):
            continue
        yield Found(
            step,
            f"{word} inside the transaction that holds the file.",
            "It would end that transaction: what came before could not be rolled back, and the file could be half "
            "applied without a row that says so. Shellback refuses to run it.",
            rewrite=f"-- leave {word} out, or say in the file:\n{_OUTSIDE}",
        )


def _inside(subject: Subject) -> Iterator[Found]:
    if not subject.transactional:
        return
    for step in subject.steps:
        if words := never_in_a_transaction(step, subject.dialect):
            why = f"{words} cannot run inside a transaction block, and this file is one: it would fail."
            if not subject.is_up:
                why += " Plain aerich runs every downgrade in a transaction; Shellback goes by the file."
            yield Found(
                step, f"{words} in a file that runs in a transaction.", why, rewrite=f"{_OUTSIDE}\n\n{step.text}"
            )


def _mixed(subject: Subject) -> Iterator[Found]:
    if subject.transactional or len(subject.steps) < 2:
        return
    others = [step for step in subject.steps if not never_in_a_transaction(step, subject.dialect)]
    others = [step for step in others if step.deed.kind not in (Kind.SETTING, Kind.SELECT, Kind.TRANSACTION)]
    if not others or any(step.deed.kind is Kind.TRANSACTION for step in subject.steps):
        return
    first = others[0]
    yield Found(
        first,
        f"{len(others)} of {len(subject.steps)} statements need no file of their own, and this one has no transaction.",
        "When a later statement fails, what ran before it stays: the file is then half applied.",
        rewrite="-- move these into a file with RUN_IN_TRANSACTION = True\n"
        + "\n".join(_ended(s.text) for s in others),
    )


def _pair(subject: Subject) -> Iterator[Found]:
    if subject.transactional or subject.dialect != "postgres" or len(subject.steps) < 2:
        return
    alone = [step for step in subject.steps if never_in_a_transaction(step, subject.dialect)]
    if alone:
        yield Found(
            alone[-1],
            "Plain aerich cannot run this file, Shellback can.",
            f"Aerich sends all {len(subject.steps)} statements in one go, which PostgreSQL takes for a transaction. "
            "Shellback sends them one by one.",
            rewrite="-- a file of its own for each, if aerich upgrade must be able to run it",
        )


def _setting(subject: Subject) -> Iterator[Found]:
    for step in subject.steps:
        if step.deed.kind is Kind.SETTING and step.deed.words not in ("SET LOCAL", "RESET", "SHOW"):
            if re.match(r"SET\s+(?:TRANSACTION|CONSTRAINTS)\b", step.text, re.IGNORECASE):
                continue
            yield Found(
                step,
                f"{step.deed.name or 'A setting'} is set for the whole session, not for this file.",
                "The files that are applied after it in the same run are run with it as well.",
                rewrite=re.sub(
                    r"\ASET\s+(?:SESSION\s+)?", "SET LOCAL ", _ended(step.text), count=1, flags=re.IGNORECASE
                )
                if subject.transactional
                else f"{_ended(step.text)}\n-- and at the end:\nRESET {step.deed.name};",
            )


def _ended(text: str) -> str:
    return text if text.endswith(";") else f"{text};"


RULES: Final = (
    Rule(
        "transaction-control",
        Severity.ERROR,
        "BEGIN, COMMIT or ROLLBACK in a file that runs in a transaction",
        _control,
    ),
    Rule(
        "not-in-a-transaction",
        Severity.ERROR,
        "CONCURRENTLY, VACUUM, ALTER SYSTEM, CREATE DATABASE and the like in a file that runs in a transaction",
        _inside,
    ),
    Rule(
        "mixed-without-transaction",
        Severity.WARNING,
        "A file without a transaction holds statements that could be in one",
        _mixed,
    ),
    Rule(
        "plain-aerich-fails",
        Severity.NOTE,
        "CONCURRENTLY and another statement in one file: the aerich command sends both as one transaction",
        _pair,
        dialects=POSTGRES,
    ),
    Rule(
        "session-setting",
        Severity.WARNING,
        "SET without LOCAL, which the files applied after it inherit",
        _setting,
        dialects=POSTGRES,
    ),
)
