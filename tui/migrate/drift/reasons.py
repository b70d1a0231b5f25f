"""Which differences are benign, and the reason for each. Pure.

Benign is what Aerich, Tortoise or the database itself brings about and that changes nothing for the application. A
missing unique key, NULL, a length, a type, ON DELETE and a missing or invalid index never are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui.migrate.drift.facts import is_same, is_spelling

OBJECTS: Final = frozenset({"table", "view", "sequence", "enum"})
OURS: Final = {
    "aerich": "Aerich keeps its own table as it needs it.",
    "shellback_migrations": "Shellback's own log of migrations.",
}
GRANTED: Final = frozenset(
    {
        "shellback_recorded",
        "shellback_recorded_hash",
        "shellback_emptied",
        "shellback_mark_link",
        "shellback_audit_guard",
        "shellback_audit_actors",
    }
)
"""Triggers that `shellback grants` makes. What they do is compared by `shellback grants --check`."""
_SAYS_NOTHING: Final = {
    "unique form": "A unique index and a unique constraint keep out the same rows.",
    "unique name": "A name changes nothing; Aerich and Tortoise give different ones.",
    "index name": "A name changes nothing; Aerich and Tortoise give different ones.",
    "foreign name": "A name changes nothing; Aerich and Tortoise give different ones.",
    "order": "Columns that were added later stand last; nobody asks for them by their place.",
    "comment": "A comment changes nothing that is stored.",
}
_BY_FILES: Final = frozenset(
    {"table", "column", "view", "sequence", "enum", "trigger", "check", "generated", "collation", "options", "index"}
    | {"unique", "foreign key"}
)
"""What the files' own SQL may add to what the models say."""


@dataclass(frozen=True, slots=True)
class Case:
    """One fact on each side, and what is known about them."""

    kind: str
    table: str
    name: str
    models: str | None
    files: str | None
    later: str | None
    """The files with those that are pending."""
    database: str | None
    knows_models: bool = True
    knows_files: bool = True
    knows_later: bool = False
    in_state: bool = False
    knows_state: bool = False
    has_default: bool = False
    is_named: bool = False
    """A file's SQL names it."""
    has_programs: bool = False
    is_between: bool = False
    """The table is the one between two models."""
    dialect: str = "postgres"


@dataclass(frozen=True, slots=True)
class Verdict:
    is_benign: bool
    why: str


def judge(case: Case) -> Verdict | None:
    """What to think of a fact; None where nothing differs, or where too little is known to say so."""
    if case.table in OURS:
        return _of_ours(case)
    if not case.knows_models:
        if not case.knows_files or is_same(case.kind, case.files, case.database):
            return None
        return _benign_by_kind(case) or _changed_by_hand(case)
    if is_same(case.kind, case.models, case.database):
        return _beside_the_files(case)
    return _benign_by_kind(case) or _pending(case) or _made_by_files(case) or _real(case)


def _of_ours(case: Case) -> Verdict | None:
    if case.kind != "table" or (case.models is None) == (case.database is None):
        return None
    return Verdict(True, OURS[case.table]) if case.database is not None else None


def _beside_the_files(case: Case) -> Verdict | None:
    """Models and database agree: what do the files say?"""
    if not case.knows_files or is_same(case.kind, case.files, case.models):
        return None
    if case.kind in _SAYS_NOTHING or case.kind in ("default", "identity"):
        return None
    if case.knows_later and is_same(case.kind, case.later, case.models):
        return Verdict(False, "The database has it already, though the file that makes it is pending.")
    if case.has_programs:
        return Verdict(True, "A file runs Python, which made it or took it away: only its SQL was run again.")
    return Verdict(False, "Models and database agree, but no file says so: another database would not get it.")


def _benign_by_kind(case: Case) -> Verdict | None:
    if case.kind == "trigger" and case.name in GRANTED and case.models is None and case.files is None:
        return Verdict(True, "shellback grants made it; shellback grants --check compares it.")
    if case.kind in _SAYS_NOTHING:
        return Verdict(True, _SAYS_NOTHING[case.kind])
    if is_spelling(case.kind, case.models, case.database) and case.dialect == "sqlite":
        return Verdict(True, "Two words of SQLite for the same type.")
    if case.kind == "identity" and case.models and case.database:
        return Verdict(True, "Both number the rows by themselves.")
    if case.kind == "unique" and case.is_between and case.database is None and case.files is None and case.knows_files:
        return Verdict(True, "Aerich makes the table between two models without it; Tortoise looks before it adds.")
    if case.kind == "default" and case.models is None and case.knows_models:
        by_files = case.knows_files and is_same("default", case.files, case.database)
        if by_files or (not case.knows_files and case.has_default):
            return Verdict(True, "Aerich filled the rows with this DEFAULT and left it; Python gives the value.")
    return None


def _pending(case: Case) -> Verdict | None:
    """A file that is not applied yet makes the difference go away."""
    if not case.knows_later or not is_same(case.kind, case.later, case.models):
        return None
    if case.knows_files and not is_same(case.kind, case.files, case.database):
        return None
    return Verdict(True, "A pending file does it: apply it.")


def _made_by_files(case: Case) -> Verdict | None:
    """The database has what the files make, and the models do not speak of it."""
    if case.models is not None or case.kind not in _BY_FILES:
        return None
    if not case.knows_files:
        if case.is_named:
            return Verdict(True, "A file names it; the models cannot say it.")
        return None
    if not is_same(case.kind, case.files, case.database):
        return None
    if case.in_state:
        return Verdict(False, "The models no longer ask for it, and no file takes it away: make a migration.")
    if case.kind in ("table", "column") and not case.knows_state:
        return Verdict(False, "The files make it and no model is about it.")
    return Verdict(True, "The files' own SQL makes it; the models do not speak of it.")


def _real(case: Case) -> Verdict:
    if case.kind in OBJECTS and case.models is None and not (case.knows_files and case.files is not None):
        return Verdict(False, "Neither models nor files know it: somebody else's, or made by hand.")
    if not case.knows_files:
        if case.database is None:
            return Verdict(False, "The models ask for it, and the database does not have it.")
        if case.models is None:
            return Verdict(False, "Only the database has it: it was made by hand.")
        return Verdict(False, "The database does not have what the models ask for.")
    if is_same(case.kind, case.files, case.models):
        return _changed_by_hand(case)
    if is_same(case.kind, case.files, case.database):
        return Verdict(False, "The models ask for it and no file makes it: make a migration.")
    if case.files is None and case.models is None:
        return Verdict(False, "Only the database has it: it was made by hand.")
    return Verdict(False, "Models, files and database each say something else.")


def _changed_by_hand(case: Case) -> Verdict:
    if case.database is None:
        return Verdict(False, "The files make it, and the database does not have it: it was dropped by hand.")
    if case.database.endswith("INVALID"):
        return Verdict(False, "It was not built to its end: it is kept up, and never used.")
    if case.files is None:
        return Verdict(False, "Only the database has it: it was made by hand.")
    return Verdict(False, "The files make it otherwise: the database was changed by hand.")
