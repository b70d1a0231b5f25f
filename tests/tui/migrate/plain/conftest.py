"""Two copies of a tiny project, each on a fresh database: one for plain Aerich, one for ours."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ended import Ended
from tests.postgres import PostgresServer, apart
from tests.tui.migrate.plain.programs import aerich, shellback
from tests.tui.migrate.projects import init_sql, make_project, migration, query, start, versions


@dataclass(frozen=True)
class Copy:
    """One copy of the project, and its database."""

    root: Path
    url: str

    @property
    def folder(self) -> Path:
        return self.root / "migrations" / "models"

    def aerich(self, *arguments: str) -> Ended:
        """The plain command."""
        return aerich(self.root, *arguments)

    def shellback(self, verb: str, *arguments: str) -> Ended:
        """Our command."""
        return shellback(self.root, verb, *arguments)

    async def applied(self) -> list[str]:
        """What Aerich's table says, oldest first."""
        return await versions(self.url)

    async def names(self) -> list[str]:
        """The names in the table `item`, in their order."""
        return [row[0] for row in await query(self.url, "SELECT name FROM item ORDER BY id")]


@dataclass(frozen=True)
class Pair:
    """`plain` is Aerich's, `ours` is ours."""

    plain: Copy
    ours: Copy


MakePair = Callable[..., Pair]


@pytest.fixture
def fresh_url(
    dialect: str, empty_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[], str]]:
    """Makes an empty database of this run's dialect, as many as are asked for."""
    made: list[str] = []
    server: PostgresServer | None = request.getfixturevalue("postgres_server") if dialect == "postgres" else None

    def make() -> str:
        name = f"plain_{uuid.uuid4().hex}"
        made.append(name)
        if server is not None:
            server.create(name)
            return server.url(name)
        path = tmp_path / f"{name}.sqlite3"
        sqlite3.connect(path).close()
        path.chmod(0o600)
        return f"sqlite://{path}"

    yield make
    if server is not None:
        for name in made:
            server.drop(name)


@pytest.fixture
def pair(dialect: str, tmp_path: Path, fresh_url: Callable[[], str]) -> MakePair:
    """`pair(f1_one=text)` writes 0_init.py and 1_one.py to both copies; `applied` lists what is applied beforehand."""

    def make(**files: str) -> Pair:
        texts = {"0_init.py": migration(init_sql(dialect)), **{f"{name[1:]}.py": text for name, text in files.items()}}
        copies = []
        for name in ("plain", "ours"):
            url = fresh_url()
            project = make_project(tmp_path / name, url, {"0_init.py": texts["0_init.py"]}, consent=False)
            copy = Copy(tmp_path / name, url)
            apart(start(project))
            for file, text in texts.items():
                (copy.folder / file).write_text(text)
            copies.append(copy)
        return Pair(*copies)

    return make
