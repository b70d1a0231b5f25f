"""Keeps Shellback's own packages from standing in for a project's. Imports nothing: it comes before everything else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def stay_out_of_the_way(root: str) -> None:
    """Hides Shellback's own top-level packages, so that `import models` finds the project's or nothing."""
    sys.meta_path.insert(0, _Hidden(Path(root)))


class _Hidden:
    """Finds `models`, `tui` and `migrations` everywhere but where Shellback itself is installed."""

    names = frozenset({"models", "tui", "migrations"})

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        from importlib.machinery import PathFinder

        if path is not None or name not in self.names:
            return None
        elsewhere = [entry for entry in sys.path if Path(entry or ".").resolve() != self._root]
        spec = PathFinder.find_spec(name, elsewhere, target)
        if spec is None:
            raise ModuleNotFoundError(f"No module named {name!r} in the project", name=name)
        return spec
