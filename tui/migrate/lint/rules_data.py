"""Rules on values and rows: what is cut, dropped, left behind by a rename, or cannot be taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui.migrate.lint.hits import Severity
from tui.migrate.lint.locks import waiting
from tui.migrate.lint.rule import POSTGRES, Rule
from tui.migrate.lint.subject import Found, Step, Subject
from tui.migrate.process.sizing.measuring import MOST_CUT, cut_condition
from tui.migrate.process.sql.ddl import Change, Kind, Verb, deeds_of
from tui.migrate.process.sql.names import quoted, quoted_path
from tui.migrate.sizes import Cut
from tui.migrate.wording import listed, spaced

_SIZED: Final = re.compile(r"(?P<base>[A-Z ]+?)\s*\(\s*(?P<first>\d+)\s*(?:,\s*(?P<second>\d+)\s*)?\)")
_ALIKE: Final = {"CHARACTER VARYING": "VARCHAR", "CHARACTER": "CHAR", "DECIMAL": "NUMERIC"}
_WHOLE: Final = {"SMALLINT": 2, "INT2": 2, "INT": 4, "INTEGER": 4, "INT4": 4, "BIGINT": 8, "INT8": 8}
_GONE: Final = (Kind.DROP_TABLE, Kind.TRUNCATE, Kind.DELETE)
_SAME_COLUMNS: Final = 0.6
"""Shared columns of two tables, of the smaller one's, from which a create and a drop look like a rename."""


def casts_of(step: Step) -> Iterator[Change]:
    """The changes of a statement that cast a column to a type which may cut values."""
    for change in step.deed.changes:
        if change.verb is Verb.SET_TYPE and change.using and cut_condition(change.column, change.type) is not None:
            yield change


def is_widening(old: str, new: str) -> bool:
    """Whether every value of the old type fits the new one, as far as the two names tell."""
    old, new = (" ".join(name.upper().split()) for name in (old, new))
    if not old:
        return False
    if old == new:
        return True
    before, after = _SIZED.fullmatch(old), _SIZED.fullmatch(new)
    if before and after:
        if _ALIKE.get(before["base"], before["base"]) != _ALIKE.get(after["base"], after["base"]):
            return False
        scale = int(before["second"] or 0), int(after["second"] or 0)
        whole = int(before["first"]) - scale[0], int(after["first"]) - scale[1]
        return scale[0] <= scale[1] and whole[0] <= whole[1]
    # Whole numbers never lose a part: what does not fit is an error.
    return old in _WHOLE and new in _WHOLE


def _narrowing(subject: Subject) -> Iterator[Found]:
    for step in subject.steps:
        for change in casts_of(step):
            table = step.deed.tables[0] if step.deed.tables else ""
            old = subject.column_type(table, change.column)
            if table in step.fresh or is_widening(old, change.type) or subject.is_empty(table):
                continue
            yield _narrowed(subject, step, change, table, old)


def _narrowed(subject: Subject, step: Step, change: Change, table: str, old: str) -> Found:
    counted = subject.known.cuts.get(Cut(table, change.column, change.type))
    condition = cut_condition(change.column, change.type)
    count = f"SELECT count(*) FROM {quoted_path(table)} WHERE {condition};"  # noqa: S608 - to be read
    if counted is None:
        severity, told = Severity.WARNING, "how many values it would cut is not known"
    elif counted:
        number = f"more than {spaced(MOST_CUT)}" if counted > MOST_CUT else spaced(counted)
        severity, told = Severity.ERROR, f"{number} {'value' if counted == 1 else 'values'} would be cut"
    else:
        severity, told = Severity.NOTE, "no value would be cut now"
    was = f" from {old}" if old else ""
    return Found(
        step,
        f"{table}.{change.column} becomes {change.type}{was}: {told}.",
        "USING with a cast cuts what does not fit without an error, and nothing brings it back. Without USING "
        "PostgreSQL refuses instead.",
        blocks=waiting(step.deed, subject.dialect, step.fresh),
        rewrite=f"{count}\n-- mend those, then:\n"
        f"ALTER TABLE {quoted_path(table)} ALTER COLUMN {quoted(change.column)} TYPE {change.type};",
        severity=severity,
        offset=step.offset + change.offset,
    )


def _drops(subject: Subject) -> Iterator[Found]:
    for step in subject.steps:
        deed = step.deed
        for table in deed.tables:
            if table in step.fresh or subject.is_empty(table) or not table:
                continue
            if deed.kind in (Kind.DROP_TABLE, Kind.TRUNCATE) and table not in subject.touched.rebuilt:
                what = f"The table {table} is dropped" if deed.kind is Kind.DROP_TABLE else f"{table} is emptied"
                yield _dropped(subject, step, f"{what}, {_rows(subject, table)}.")
            elif deed.kind is Kind.DELETE and not deed.has_where:
                yield _dropped(subject, step, f"{table} is emptied, {_rows(subject, table)}.")
            elif deed.drops_columns:
                names = listed(deed.drops_columns)
                yield _dropped(subject, step, f"{table} loses {names}, {_rows(subject, table)}.")


def _rows(subject: Subject, table: str) -> str:
    size = subject.known.size(table)
    if size is None or size.rows is None:
        return "with all its values"
    return f"about {spaced(size.rows)} {'row' if size.rows == 1 else 'rows'}"


def _dropped(subject: Subject, step: Step, sentence: str) -> Found:
    return Found(
        step,
        sentence,
        "What is in there is gone for good, and a program that still runs the old code fails.",
        blocks=waiting(step.deed, subject.dialect, step.fresh),
        rewrite="-- first a release whose code no longer uses it, and a copy of what is in there; then this file",
    )


def _one_way(subject: Subject) -> Iterator[Found]:
    if not subject.file.irreversible:
        return
    for step in subject.steps:
        drops = step.deed.drops_columns or step.deed.kind in _GONE
        if drops and not set(step.deed.tables) <= step.fresh | subject.touched.rebuilt:
            what = listed(step.deed.drops_columns or step.deed.tables)
            yield Found(
                step,
                f"{what} goes, and the file has no downgrade.",
                "Nothing takes this file back: a revert stops here.",
                rewrite="async def downgrade(db: BaseDBAsyncClient) -> str:\n"
                '    return """-- what makes it again, empty"""',
            )
            return


def _renamed_table(subject: Subject) -> Iterator[Found]:
    dropped = [step for step in subject.steps if step.deed.kind is Kind.DROP_TABLE]
    created = [step for step in subject.steps if step.deed.kind is Kind.CREATE_TABLE]
    for step in dropped:
        for old in step.deed.tables:
            # Made again by its own name it is no rename: what becomes of its rows is `drops-data`'s to say.
            gone = subject.touched.dropped - subject.touched.created
            if old not in gone or old in step.fresh or subject.is_empty(old):
                continue
            columns = _columns(subject, old)
            best = max(
                ((_overlap(columns, set(other.deed.columns)), other) for other in created if other.deed.tables),
                key=lambda pair: pair[0],
                default=None,
            )
            if best is None or best[0] < _SAME_COLUMNS or best[1].deed.tables[0] not in subject.touched.created:
                continue
            new = best[1].deed.tables[0]
            yield Found(
                step,
                f"{old} is dropped and {new} is made with the same columns: this is a rename that loses every row.",
                "Aerich does not see that a model and its table were renamed together.",
                blocks=waiting(step.deed, subject.dialect, step.fresh),
                rewrite="-- in place of both statements:\n"
                f"ALTER TABLE {quoted_path(old)} RENAME TO {quoted_path(new)};",
            )


def _columns(subject: Subject, table: str) -> set[str]:
    """The columns that a table had: from the state before, else from a downgrade that makes it again."""
    state = (subject.before or {}).get(table)
    if state is not None:
        return set(state.columns)
    back = deeds_of(subject.file.down.sql or "", subject.dialect)
    made = [deed for deed in back if deed.kind is Kind.CREATE_TABLE and table in deed.tables]
    return set(made[0].columns) if made else set()


def _overlap(one: set[str], other: set[str]) -> float:
    smaller = min(len(one), len(other))
    # A lone id is no likeness.
    return len(one & other) / smaller if smaller > 1 else 0.0


def _renamed_column(subject: Subject) -> Iterator[Found]:
    added: dict[str, list[tuple[Step, Change]]] = {}
    dropped: dict[str, list[tuple[Step, Change]]] = {}
    for step in subject.steps:
        for change in step.deed.changes:
            table = step.deed.tables[0] if step.deed.tables else ""
            if table in step.fresh or subject.is_empty(table):
                continue
            if change.verb is Verb.ADD_COLUMN:
                added.setdefault(table, []).append((step, change))
            elif change.verb is Verb.DROP_COLUMN:
                dropped.setdefault(table, []).append((step, change))
    for table, gone in dropped.items():
        for step, change in gone:
            old = subject.column_type(table, change.column)
            for _, new in added.get(table, ()):
                if old and old == " ".join(new.type.upper().split()):
                    yield Found(
                        step,
                        f"{table}.{change.column} is dropped and {new.column} added with the same type ({old}).",
                        "If this is a rename, every value of the column is lost: Aerich drops and adds when its "
                        "question is answered with no.",
                        rewrite=f"-- in place of both:\nALTER TABLE {quoted_path(table)} RENAME COLUMN "
                        f"{quoted(change.column)} TO {quoted(new.column)};",
                        offset=step.offset + change.offset,
                    )
                    break


def _required(subject: Subject) -> Iterator[Found]:
    for step in subject.steps:
        for change in step.deed.changes:
            table = step.deed.tables[0] if step.deed.tables else ""
            if change.verb is not Verb.ADD_COLUMN or not change.not_null or table in step.fresh:
                continue
            if (change.default and change.default.upper() != "NULL") or _fills_itself(change):
                continue
            if subject.dialect == "postgres" and subject.is_empty(table):
                continue
            where = "any table" if subject.dialect == "sqlite" else "a table that has rows"
            name, of = quoted(change.column), quoted_path(table)
            rewrite = f"ALTER TABLE {of} ADD COLUMN {name} {change.type};\nUPDATE {of} SET {name} = ...;"
            if subject.dialect == "postgres":
                rewrite += f"\nALTER TABLE {of} ALTER COLUMN {name} SET NOT NULL;"
            yield Found(
                step,
                f"{table}.{change.column} is NOT NULL without a default.",
                f"The rows that are there have no value for it: on {where} the statement fails.",
                rewrite=f"-- a default, or:\n{rewrite}",
                offset=step.offset + change.offset,
            )


def _fills_itself(change: Change) -> bool:
    return change.generated or "SERIAL" in change.type.upper()


RULES: Final = (
    Rule(
        "narrowing-cast",
        Severity.WARNING,
        "USING with a cast to a narrower type, which cuts values without an error; an error where values would be cut",
        _narrowing,
        dialects=POSTGRES,
    ),
    Rule("rename-as-drop", Severity.ERROR, "A table dropped and one like it made: a rename that loses every row",
         _renamed_table, only_up=True),
    Rule("column-rename-as-drop", Severity.WARNING, "A column dropped and one of the same type added to its table",
         _renamed_column, only_up=True),
    Rule("drops-data", Severity.WARNING, "Tables or columns dropped, tables emptied", _drops, only_up=True),
    Rule("irreversible-drop", Severity.WARNING, "Something dropped in a file without a downgrade",
         _one_way, only_up=True),
    Rule("required-column", Severity.ERROR, "A NOT NULL column without a default added to a table that was there",
         _required),
)  # fmt: skip
