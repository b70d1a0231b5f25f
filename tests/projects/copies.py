"""Copies of the projects for a test: each in a directory of its own, with a fresh database of its dialect."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Copy:
    """A project and its database. `environment` tells the project where that is."""

    root: Path
    url: str
    environment: Mapping[str, str]

    def files(self, app: str = "models") -> list[str]:
        """The versions of its migrations, in Aerich's order."""
        names = sorted(path.name for path in (self.root / "migrations" / app).glob("*_*.py"))
        return sorted(names, key=lambda name: int(name.partition("_")[0]))


def copy_brownfield(root: Path) -> Copy:
    """The workshop with its old database, which Aerich has never seen."""
    path = _copied("brownfield", root) / "workshop.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((root / "legacy.sql").read_text(encoding="utf-8"))
    path.chmod(0o600)
    return Copy(root, f"sqlite://{path}", {"WORKSHOP_DATABASE": str(path)})


def copy_clinic(root: Path, *, apart: bool = False) -> Copy:
    """Both apps on an empty file; with `apart` billing has a file of its own."""
    names = ("records", "billing") if apart else ("clinic",)
    paths = [_copied("clinic", root) / f"{name}.sqlite3" for name in names]
    for path in paths:
        sqlite3.connect(path).close()
        path.chmod(0o600)
    return Copy(root, f"sqlite://{paths[0]}", {"CLINIC_RECORDS": str(paths[0]), "CLINIC_BILLING": str(paths[-1])})


def copy_market(root: Path, url: str) -> Copy:
    """The market place on an empty PostgreSQL database."""
    return Copy(_copied("market", root), url, {"MARKET_DATABASE": url})


def _copied(name: str, root: Path) -> Path:
    if not root.exists():
        shutil.copytree(HERE / name, root, ignore=shutil.ignore_patterns("__pycache__"))
    return root
