"""Rules on where a table stands: in a schema of its own, and below others that refer to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui.migrate.lint.hits import Severity
from tui.migrate.lint.rule import POSTGRES, SQLITE, Rule
from tui.migrate.lint.subject import Found, Subject
from tui.migrate.process.sql.ddl import Kind
from tui.migrate.process.sql.names import quoted_path
from tui.migrate.wording import listed

_OFF: Final = re.compile(r"PRAGMA\s+(?:main\s*\.\s*)?foreign_keys\s*(?:=|\()\s*(?:OFF|0|FALSE|NO)\b", re.IGNORECASE)


def _schema(subject: Subject) -> Iterator[Found]:
    """Aerich writes the table's name without the schema of the model."""
    told: set[str] = set()
    for step in subject.steps:
        if step.deed.kind is Kind.SELECT:
            continue
        for table in (*step.deed.tables, *step.deed.reads):
            schema = subject.known.schemas.get(table)
            if schema is None or table in told:
                continue
            told.add(table)
            right = quoted_path(f"{schema}.{table}")
            wrong = rf'(?<![\w".])"?{re.escape(table)}"?(?![\w"])'
            yield Found(
                step,
                f"The model of {table} is in the schema {schema}, the SQL is not.",
                "Aerich ignores Meta.schema: the statement goes to whatever table of that name the search_path finds "
                "first, or makes one there.",
                rewrite=right.join(re.split(wrong, step.text, maxsplit=1)),
            )


def _parent(subject: Subject) -> Iterator[Found]:
    if not subject.touched.rebuilt or any(_OFF.match(step.text) for step in subject.steps):
        return
    for table in sorted(subject.touched.rebuilt):
        step = next(s for s in subject.steps if s.deed.kind is Kind.DROP_TABLE and table in s.deed.tables)
        before = subject.before
        children = sorted(name for name, state in (before or {}).items() if table in state.references and name != table)
        if before is not None and not children:
            continue
        who = listed(children) if children else "every table that refers to it"
        loses = f"the rows of {who} that refer to it go with it, or the statement fails"
        if subject.transactional:
            sentence = f"{table} is made anew while foreign keys are on: with plain aerich {loses}."
            why = "Shellback turns foreign keys off around the file and checks them before COMMIT; aerich does not."
        else:
            sentence = f"{table} is dropped while foreign keys are on: {loses}."
            why = "A file without a transaction runs as it is: nobody turns foreign keys off for it."
        yield Found(
            step,
            sentence,
            why,
            rewrite=f"PRAGMA foreign_keys=OFF;\nBEGIN;\n-- the statements on {table}\nCOMMIT;\nPRAGMA foreign_keys=ON;",
            severity=Severity.WARNING if subject.transactional else Severity.ERROR,
        )


RULES: Final = (
    Rule(
        "schema-model",
        Severity.ERROR,
        "SQL without the schema that a model's Meta.schema names",
        _schema,
        dialects=POSTGRES,
    ),
    Rule(
        "parent-rebuilt",
        Severity.WARNING,
        "A table that others refer to made anew with foreign keys on; an error without a transaction",
        _parent,
        dialects=SQLITE,
    ),
)
