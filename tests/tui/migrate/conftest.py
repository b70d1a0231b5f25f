"""A tiny shop that uses Aerich, on an empty database, with whatever migrations a test gives it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tui.migrate.projects import init_sql, make_project, migration
from tui.migrate.source.project import Project

Shop = Callable[..., Project]

ENDLESS = {
    "sqlite": "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c",
    "postgres": "SELECT pg_sleep(600)",
}


@pytest.fixture
def shop(tmp_path: Path, empty_url: str, dialect: str) -> Shop:
    """`shop("1_one.py", up, ...)`-like: keyword f1_one=text writes 1_one.py; 0_init.py is always there."""

    def make(*, settings: str = "", consent: bool = True, **files: str) -> Project:
        texts = {f"{name[1:]}.py": text for name, text in files.items()}
        texts.setdefault("0_init.py", migration(init_sql(dialect)))
        return make_project(tmp_path / "shop", empty_url, texts, settings=settings, consent=consent)

    return make


@pytest.fixture
def endless(dialect: str) -> str:
    """A statement that does not end by itself."""
    return ENDLESS[dialect]
