"""Migration files made of their SQL, and what the lint says of them."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.tui.migrate.projects import EMPTY_STATE, migration
from tui.migrate.lint import Hit, Known, Report, lint_files
from tui.migrate.sizes import Size
from tui.migrate.source.files import Direction, MigrationFile, parse_file

LARGE = Size(10_000_000, 3_300_000_000)
SMALL = Size(12, 16_384)
EMPTY = Size(0, 8_192)


def state(tables: Mapping[str, Mapping[str, str]], references: Mapping[str, Sequence[str]] | None = None) -> str:
    """What Aerich writes of models: table -> column -> type, and the tables that a table refers to."""
    models: dict[str, Any] = {}
    for table, columns in tables.items():
        models[f"models.{table}"] = {
            "table": table,
            "data_fields": [
                {"name": name, "db_column": name, "db_field_types": {"": kind}} for name, kind in columns.items()
            ],
            "fk_fields": [
                {"name": to, "python_type": f"models.{to}", "db_constraint": True}
                for to in (references or {}).get(table, ())
            ],
        }
    return base64.b64encode(zlib.compress(json.dumps(models).encode())).decode()


def file(
    folder: Path,
    up: str,
    down: str = "SELECT 1",
    *,
    number: int = 1,
    transaction: bool = True,
    models: str = EMPTY_STATE,
    before: str = "",
) -> MigrationFile:
    """A file `<number>_change.py`."""
    path = folder / f"{number}_change.py"
    text = migration(up, down, transaction=transaction, before=before).replace(EMPTY_STATE, models)
    path.write_text(text)
    return parse_file(path, text.encode())


def lint(
    *files: MigrationFile,
    dialect: str = "postgres",
    sizes: Mapping[str, Size] | None = None,
    known: Known | None = None,
    directions: Sequence[Direction] = ("up",),
    every: Sequence[MigrationFile] = (),
) -> Report:
    """The report of files as one plan."""
    return lint_files(files, dialect, known=known or Known(sizes=sizes or {}), directions=directions, every=every)


def rules(report: Report) -> list[str]:
    """The ids of what was found, in order."""
    return [hit.rule for hit in report.hits]


def only(report: Report, rule: str) -> Hit:
    """The one hit of a rule."""
    (hit,) = (hit for hit in report.hits if hit.rule == rule)
    return hit
