"""The schema that the models ask for, as the statements with which Tortoise itself would make it. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tortoise import BaseDBAsyncClient, Tortoise
from tortoise.models import Model

from ..sql.names import quoted
from ..target import Target


@dataclass(slots=True)
class Wanted:
    """What the models want. Names of tables are without their schema."""

    tables: list[str] = field(default_factory=list)
    """Of the app that is asked for, managed ones only."""
    known: list[str] = field(default_factory=list)
    """Of every app on this connection, managed or not."""
    statements: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    """The schema of a table whose model names one."""
    defaults: list[tuple[str, str]] = field(default_factory=list)
    """Table and column of each field with a Python default: Aerich adds such a column with a DEFAULT, and leaves it."""


def wanted_by(target: Target) -> Wanted:
    """All tables of the connection, since keys refer to them; raises what Tortoise raises for models it cannot make.

    On PostgreSQL keys between tables come after all tables: models may refer to each other in circles, and a key
    must find the table made here, never one of the database.
    """
    client = target.connection
    generator: Any = client.schema_generator(client)
    models = _models(client)
    # It would check every model again for each of them: a minute for 300 tables.
    generator._get_models_to_create = lambda: models
    generator._qualify_table_name = lambda table, _schema=None: generator.quote(table)
    found = Wanted()
    keys: list[str] = []
    inline = generator._create_fk_string
    is_postgres = client.capabilities.dialect == "postgres"
    made: set[str] = set()
    joins: list[str] = []
    for model in models:
        model._check()
        meta = model._meta
        table = str(meta.db_table)
        is_ours = meta.app == target.app and _is_managed(model)
        found.known.append(table)
        if meta.schema:
            found.places[table] = meta.schema
        if is_ours:
            found.tables.append(table)
            found.defaults += _with_default(model)
        if table in made:
            continue
        made.add(table)
        if is_postgres:
            generator._create_fk_string = _Keys(generator.quote(table), keys, inline)
        sql = generator._get_table_sql(model, False)
        found.statements.append(sql["table_creation_string"])
        for through in _throughs(model):
            found.known.append(through)
            if meta.schema:
                found.places[through] = meta.schema
            if is_ours:
                found.tables.append(through)
        joins += sql["m2m_tables"]
    found.tables = list(dict.fromkeys(found.tables))
    found.known = list(dict.fromkeys(found.known))
    found.statements += [*keys, *joins]
    return found


def _models(client: BaseDBAsyncClient) -> list[type[Model]]:
    """Those of this connection; a managed one before another model of its table."""
    apps = Tortoise.apps or {}
    every = [model for app in apps.values() for model in app.values() if model._meta.db is client]
    return sorted(every, key=lambda model: not _is_managed(model))


def _is_managed(model: type[Model]) -> bool:
    """As Aerich reads it."""
    return getattr(model.Meta, "managed", None) is not False


def _throughs(model: type[Model]) -> Iterator[str]:
    for name in model._meta.m2m_fields:
        each: Any = model._meta.fields_map[name]
        if not each._generated:
            yield str(each.through)


def _with_default(model: type[Model]) -> Iterator[tuple[str, str]]:
    for name, column in model._meta.fields_db_projection.items():
        each: Any = model._meta.fields_map[name]
        if each.default is not None or getattr(each, "auto_now_add", False) or getattr(each, "auto_now", False):
            yield str(model._meta.db_table), column


class _Keys:
    """Stands in for the generator's method: the key becomes a statement of its own."""

    def __init__(self, owner: str, keys: list[str], inline: Any) -> None:
        self._owner = owner
        self._keys = keys
        self._inline = inline

    def __call__(
        self, constraint_name: str, db_column: str, table: str, field: str, on_delete: str, comment: str
    ) -> str:
        text: str = self._inline(constraint_name, db_column, table, field, on_delete, comment)
        if not constraint_name:
            # The table between two models; it comes after both.
            return text
        self._keys.append(f"ALTER TABLE {self._owner} ADD FOREIGN KEY ({quoted(db_column)}){text};")
        return ""
