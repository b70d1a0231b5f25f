"""Which models live in a schema of their own, as their source says: `class Meta: schema = "shop"`. Executes nothing.

Aerich ignores Meta.schema, in its SQL and in its state, so that only the source tells. Files are searched for by name,
within limits; what is written in another way (computed, inherited) is not seen.
"""

from __future__ import annotations

import ast
import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tui.migrate.source.project import Project

MOST_FILES: Final = 5_000
LONGEST: Final = 1024 * 1024
"""Bytes of a source file."""
_ELSEWHERE: Final = frozenset({"node_modules", "site-packages", "__pycache__", "venv", "env", "build", "dist"})


def model_schemas(project: Project) -> tuple[Mapping[str, str], bool]:
    """Table -> schema, and whether every file was looked at. To be called off the event loop.

    A model without `table` has its class name in small letters, as in Tortoise.
    """
    found: dict[str, str] = {}
    top = (project.root / project.src_folder).resolve()
    count = 0
    for path in _sources(top, project.folder.resolve()):
        count += 1
        if count > MOST_FILES:
            return found, False
        try:
            if path.stat().st_size > LONGEST:
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if "schema" in text and "class Meta" in text:
            found.update(_of_source(text))
    return found, True


def _sources(top: Path, migrations: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(top, followlinks=False):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if name not in _ELSEWHERE
            and name[:1] != "."
            and here / name != migrations
            and not (here / name / "pyvenv.cfg").exists()
        )
        yield from (here / name for name in sorted(names) if name.endswith(".py"))


def _of_source(text: str) -> dict[str, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for inner in node.body:
            if isinstance(inner, ast.ClassDef) and inner.name == "Meta":
                said = _texts(inner)
                if schema := said.get("schema"):
                    found[said.get("table") or node.name.lower()] = schema
    return found


def _texts(node: ast.ClassDef) -> dict[str, str]:
    return {
        target.id: each.value.value
        for each in node.body
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant) and isinstance(each.value.value, str)
        for target in each.targets
        if isinstance(target, ast.Name)
    }
