"""The worker process may not import anything of ours: a project may have packages of the same names."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

import tui.migrate.process

ROOT: Final = Path(tui.migrate.process.__file__).parent
OURS: Final = ("tui", "models", "migrations", "tests")


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_of_the_worker_imports_its_own_kind_relatively(path: Path) -> None:
    depth = len(path.relative_to(ROOT).parts)
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            assert not {each.name.partition(".")[0] for each in node.names} & set(OURS)
        elif isinstance(node, ast.ImportFrom) and node.level:
            assert node.level <= depth, f"line {node.lineno} climbs out of the worker"
        elif isinstance(node, ast.ImportFrom):
            assert str(node.module).partition(".")[0] not in OURS
