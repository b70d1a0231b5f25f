"""Projects of many migrations for benchmarks: SQL as Aerich generates it, on fresh databases of both dialects."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from tests.postgres import start_postgres
from tests.tui.migrate.projects import SERIAL, execute, init_sql, make_project, migration

AERICH: Final = (sys.executable, "-m", "aerich")
SHELLBACK: Final = (sys.executable, "-m", "tui")
CHECKOUT: Final = Path(__file__).resolve().parents[1]

Fresh = Callable[[], str]
"""Makes an empty database and returns its URL."""


@contextmanager
def databases(dialect: str) -> Iterator[Fresh]:
    """Empty databases of a dialect, as many as are asked for, while inside."""
    if dialect == "postgres":
        with start_postgres() as server:

            def create() -> str:
                name = f"bench_{uuid4().hex}"
                server.create(name)
                return server.url(name)

            yield create
        return
    with tempfile.TemporaryDirectory(prefix="shellback-bench-") as folder:

        def touch() -> str:
            path = Path(folder) / f"{uuid4().hex}.sqlite3"
            sqlite3.connect(path).close()
            path.chmod(0o600)
            return f"sqlite://{path}"

        yield touch


def versions(files: int) -> list[str]:
    """The names of so many files."""
    return ["0_20250101000000_init.py"] + [f"{number}_20250102{number:06d}_step.py" for number in range(1, files)]


def project(root: Path, url: str, dialect: str, files: int) -> Path:
    """A project of so many files: a table and an index, a column with data, in turn."""
    texts = {}
    for number, version in enumerate(versions(files)):
        if number == 0:
            texts[version] = migration(init_sql(dialect))
        elif number % 2:
            texts[version] = migration(
                f"""
        CREATE TABLE IF NOT EXISTS "shelf_{number}" (
    "id" {SERIAL[dialect]},
    "name" VARCHAR(50) NOT NULL,
    "made_at" TIMESTAMP NOT NULL
);
        CREATE INDEX IF NOT EXISTS "idx_shelf_{number}" ON "shelf_{number}" ("name");""",
                f"""
        DROP TABLE IF EXISTS "shelf_{number}";""",
            )
        else:
            texts[version] = migration(
                f"""
        ALTER TABLE "shelf_{number - 1}" ADD "place" VARCHAR(20);
        UPDATE "shelf_{number - 1}" SET "place" = 'A;1' WHERE "place" IS NULL;""",
                f"""
        ALTER TABLE "shelf_{number - 1}" DROP COLUMN "place";""",
            )
    make_project(root, url, texts, consent=False)
    return root


def apply_beforehand(url: str, dialect: str, applied: Sequence[str]) -> None:
    """Gives the database Aerich's table, and a row for each of these versions."""
    rows = ", ".join(f"('{version}', 'models', '{{}}')" for version in applied)
    asyncio.run(execute(url, f"{init_sql(dialect)} INSERT INTO aerich (version, app, content) VALUES {rows};"))


def environment(home: Path) -> dict[str, str]:
    """Configuration, state and data in a directory of their own."""
    return {f"SHELLBACK_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "STATE", "DATA")}


def run(argv: Sequence[str], directory: Path, home: Path, *, codes: Sequence[int] = (0,)) -> float:
    """Runs a program; the seconds from the start of its process to its end. SystemExit with its words otherwise."""
    # A machine that forbids bytecode compiles the program at each start, which nobody who installed it does.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    variables |= environment(home)
    begun = time.perf_counter()
    done = subprocess.run(argv, cwd=directory, env=variables, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begun
    if done.returncode not in codes:
        raise SystemExit(f"{' '.join(argv)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return seconds
