"""Every column that holds text, from the models and from the tables that are no models: its number, its length, and
where in the program it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tortoise import fields
from tortoise.models import Model

import models
from tui.migrate.process.runs.log_table import COLUMNS as LOG_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

LONG: Final = 400
"""Characters of a value in a column without a limit."""

_NO_MODEL: Final = {
    ("aerich", "version"): 255,
    ("aerich", "app"): 100,
    ("aerich", "content"): LONG,
    **{("shellback_migrations", name): LONG for name in ("reason", "source", "sql")},
    **{("shellback_migrations", name): 255 for name in ("version", "actor")},
    **{("shellback_migrations", name): 20 for name in ("action", "outcome")},
    ("shellback_migrations", "app"): 100,
    ("shellback_migrations", "run"): 36,
    ("shellback_migrations", "source_sha256"): 64,
}
_NO_TEXT: Final = frozenset({"started_at", "took_ms", "aerich_id", "statements", "begun", "done"})

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `json`: it takes a document, in which the value stands as a key and as a text."""

    number: int
    length: int
    json: bool = False


def text_columns() -> Mapping[Name, Column]:
    """Every CharField, TextField and JSONField of the models, and the text of aerich's table and the log's."""
    found: dict[Name, tuple[int, bool]] = {name: (length, name[1] == "content") for name, length in _NO_MODEL.items()}
    for model in vars(models).values():
        if isinstance(model, type) and issubclass(model, Model) and model is not models.Account:
            found |= {
                (str(model._meta.db_table), str(field.source_field or name)): (_length(field), _is_json(field))
                for name, field in model._meta.fields_map.items()
                if isinstance(field, fields.CharField | fields.TextField) or _is_json(field)
            }
    assert {name for table, name in found if table == "shellback_migrations"} == {*LOG_COLUMNS} - _NO_TEXT
    return {name: Column(number, *found[name]) for number, name in enumerate(sorted(found))}


def _is_json(field: Any) -> bool:
    return isinstance(field, fields.JSONField)


def _length(field: Any) -> int:
    return int(getattr(field, "max_length", None) or LONG)
