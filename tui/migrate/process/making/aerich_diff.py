"""Aerich's own comparison of two states, asked so that it answers the same each time and says what it would print.

Aerich 0.10.1 prompts in the middle, walks over sets, keeps its findings in class variables and calls the migrations'
Python to guess the kind of a constraint. Renames are done before it is asked (`renames`), so that each prompt is
answered with no.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import aerich.migrate
from aerich.migrate import Migrate
from tortoise.backends.base_postgres.schema_generator import BasePostgresSchemaGenerator
from tortoise.backends.sqlite.schema_generator import SqliteSchemaGenerator

from .state import State, columns, copy_of, references

_TABLE: Final = re.compile(r'(?:TABLE (?:IF (?:NOT )?EXISTS )?|ON (?:TABLE |COLUMN )?)"([^"]+)"')
_COLUMN: Final = re.compile(r'(?:ADD|DROP COLUMN|ALTER COLUMN) "([^"]+)"|ON COLUMN "[^"]+"\."([^"]+)"')
_UNIQUE: Final = re.compile(r'ALTER TABLE "[^"]+" DROP CONSTRAINT IF EXISTS "(uid_[^"]+)"')
_KIND: Final = re.compile(
    r'ALTER TABLE "[^"]+" (ADD(?! CONSTRAINT)|DROP COLUMN|ALTER COLUMN)|(COMMENT ON COLUMN)|(DROP TABLE)'
)


class _Talk:
    """Stands in for `asyncclick` in Aerich's module: nobody is there to read what it prints."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.said: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def secho(self, message: Any = "", **_: Any) -> None:
        self.said.append(str(message))

    echo = secho


class _Diff(Migrate):
    """Aerich's class with what it gets wrong put right, method by method."""

    @classmethod
    def _handle_add_models(
        cls, upgrade: Any, new_models: Any, new_table_items: Any, other_table_items: Any = None
    ) -> None:
        # A new table that refers to itself is called a cycle otherwise.
        items = []
        for name, model, kind in new_table_items:
            without = dict(model)
            for key in ("fk_fields", "o2o_fields"):
                without[key] = [each for each in model[key] if each["python_type"] != name]
            items.append((name, without, kind))
        super()._handle_add_models(upgrade, new_models, items, other_table_items)

    @classmethod
    def _is_unique_constraint(cls, model: Any, index_name: str) -> bool:  # noqa: ARG003 - Aerich's
        # Aerich runs every migration's upgrade with no database to find out.
        return cls.dialect == "postgres"

    @classmethod
    def _add_operator(cls, operator: str, upgrade: bool = True, fk_m2m_index: bool = False) -> None:
        # Made with the table it is a constraint, made later an index: nobody is asked which, both may go.
        if matched := _UNIQUE.fullmatch(operator.rstrip(";")):
            operator = f'{matched[0]};\n        DROP INDEX IF EXISTS "{matched[1]}"'
        super()._add_operator(operator, upgrade, fk_m2m_index)

    @classmethod
    def _drop_fk(cls, model: Any, field_describe: Any, reference_table_describe: Any) -> str:
        # Of a table that was made with the key in it, PostgreSQL chose the name.
        found = super()._drop_fk(model, field_describe, reference_table_describe)
        if cls.dialect != "postgres":
            return found
        table, column = model._meta.db_table, field_describe["raw_field"]
        return f'{found};\n        ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{table}_{column}_fkey"'

    @classmethod
    def create_m2m(cls, model: Any, field_describe: Any, reference_table_describe: Any) -> str:
        # From whichever side Aerich comes, the table is as the side has it that declares it.
        owner = cls._get_model(field_describe["model_name"].rpartition(".")[2])
        if field_describe.get("_generated") and owner is not None:
            ends = {"backward_key": field_describe["forward_key"], "forward_key": field_describe["backward_key"]}
            field_describe, reference_table_describe, model = {**field_describe, **ends}, model.describe(), owner
        # Tortoise's schema has a unique index on the pair; Aerich forgets it.
        found = super().create_m2m(model, field_describe, reference_table_describe)
        if not field_describe.get("unique"):
            return found
        table = field_describe["through"]
        pair = [field_describe["backward_key"], field_describe["forward_key"]]
        index = cls.ddl.schema_generator._get_index_name("uidx", table, pair)
        return f'{found};\n        CREATE UNIQUE INDEX "{index}" ON "{table}" ("{pair[0]}", "{pair[1]}")'

    @classmethod
    def _merge_operators(cls) -> None:
        for listed in (cls._upgrade_fk_m2m_index_operators, cls._downgrade_fk_m2m_index_operators):
            # The last to be dropped is put first: foreign keys before the unique indexes that they may need.
            listed.sort(key=lambda sql: (_table(sql), _is_key(sql), sql))
        super()._merge_operators()
        for listed in (cls.upgrade_operators, cls.downgrade_operators):
            # Aerich looks for "ADD" anywhere, and idx_address is not an addition.
            dropped = [sql for sql in listed if sql.startswith("DROP INDEX")]
            listed[:] = [*dropped, *(sql for sql in listed if not sql.startswith("DROP INDEX"))]


def compare(old: State, new: State) -> tuple[list[str], list[str], list[str]]:
    """Statements up, statements down, and what Aerich would have printed.

    `Migrate.app`, `dialect` and `ddl` are set before. Raises what Aerich raises.
    """
    for name in ("upgrade_operators", "downgrade_operators", "_upgrade_fk_m2m_index_operators"):
        setattr(_Diff, name, [])
    for name in ("_downgrade_fk_m2m_index_operators", "_upgrade_m2m", "_downgrade_m2m"):
        setattr(_Diff, name, [])
    _Diff._rename_fields, _Diff._rename_models = {}, {}
    with _talking() as talk, _dropping_both(_Diff.ddl):
        _Diff.diff_models(copy_of(old), copy_of(new), True, no_input=False)
        _Diff.diff_models(copy_of(new), copy_of(old), False, no_input=False)
        _Diff._merge_operators()
    up = _ordered(_Diff.upgrade_operators, old, new)
    down = _ordered(_Diff.downgrade_operators, new, old)
    return up, down, talk.said


@contextmanager
def _talking() -> Iterator[_Talk]:
    """Says no to each prompt."""
    module: Any = aerich.migrate
    talk = _Talk(module.click)
    before = module.click, module.run_async
    module.click, module.run_async = talk, lambda *_: False
    try:
        with generators_quote():
            yield talk
    finally:
        module.click, module.run_async = before


@contextmanager
def _dropping_both(ddl: Any) -> Iterator[None]:
    """A column that is unique no more but still indexed: of a table made with it there is a constraint to drop, too."""
    plain = ddl.alter_indexed_column_unique

    def altered(model: Any, field_name: str, drop: bool = False) -> list[str]:
        (column,) = _Diff._resolve_fk_fields_name(model, (field_name,))
        found: list[str] = plain(model, column, drop)
        if drop and _Diff.dialect == "postgres":
            found.insert(0, ddl.drop_unique_constraint(model, f"{model._meta.db_table}_{column}_key"))
        return found

    ddl.alter_indexed_column_unique = altered
    try:
        yield
    finally:
        del ddl.alter_indexed_column_unique


@contextmanager
def generators_quote() -> Iterator[None]:
    """Meanwhile a default with a quote is written as SQL does."""
    generators: tuple[Any, ...] = (BasePostgresSchemaGenerator, SqliteSchemaGenerator)
    escapes = [generator._escape_default_value for generator in generators]
    for generator, escape in zip(generators, escapes, strict=True):
        generator._escape_default_value = _quoting(escape)
    try:
        yield
    finally:
        for generator, escape in zip(generators, escapes, strict=True):
            generator._escape_default_value = escape


def _quoting(escape: Any) -> Any:
    """Tortoise writes `'it\\'s'`, which neither PostgreSQL nor SQLite reads."""

    def escaped(self: Any, default: Any) -> Any:
        if isinstance(default, str):
            return "'" + str.__str__(default).replace("'", "''") + "'"
        return escape(self, default)

    return escaped


def _ordered(operators: list[str], old: State, new: State) -> list[str]:
    """Neighbours of one kind on one table in the order of its columns; dropped tables before those they refer to."""
    ranks = {}
    for state in (old, new):
        for model in state.values():
            ranks.update({(model["table"], each["db_column"]): rank for rank, each in enumerate(columns(model))})
    found: list[str] = []
    run: list[str] = []
    kind: object = None
    for sql in [*operators, ""]:
        this = _run_of(sql)
        if this is None or this != kind:
            found += _sorted(run, kind, ranks, old)
            run = []
        run.append(sql)
        kind = this
    return [sql for sql in [*found, *run] if sql]


def _run_of(sql: str) -> tuple[str, str] | None:
    """What may change places: the kind and the table; dropped tables may among themselves."""
    matched = _KIND.match(sql)
    if matched is None:
        return None
    if matched[3]:
        return "DROP TABLE", ""
    return ("CHANGE" if matched[2] or matched[1] == "ALTER COLUMN" else matched[1], _table(sql))


def _sorted(run: list[str], kind: object, ranks: dict[tuple[str, str], int], old: State) -> list[str]:
    if not isinstance(kind, tuple):
        return run
    if kind[0] == "DROP TABLE":
        order = drop_order(old)
        return sorted(run, key=lambda sql: (order.get(_table(sql), -1), _table(sql)))
    return sorted(run, key=lambda sql: ranks.get((kind[1], _column(sql)), 0))


def drop_order(state: State) -> dict[str, int]:
    """When each table may go: after all that refer to it. Tables that refer to each other come by name."""
    left = {
        model["table"]: {
            state[each["python_type"]]["table"] for each in references(model) if each["python_type"] in state
        }
        - {model["table"]}
        for model in state.values()
    }
    order: dict[str, int] = {}
    while left:
        needed = set().union(*left.values())
        free = sorted(left.keys() - needed) or sorted(left)[:1]
        for table in free:
            order[table] = len(order)
            del left[table]
    return order


def _table(sql: str) -> str:
    matched = _TABLE.search(sql)
    return matched[1] if matched else ""


def _column(sql: str) -> str:
    matched = _COLUMN.search(sql)
    return (matched[1] or matched[2] or "") if matched else ""


def _is_key(sql: str) -> bool:
    return "FOREIGN KEY" in sql or "DROP CONSTRAINT" in sql
