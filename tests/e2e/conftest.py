"""Databases for the whole program: believable people."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tui.demo import DemoSummary, fill

PEOPLE = 120


@dataclass(frozen=True)
class Peopled:
    """A database with 120 people, and the secrets of their superuser."""

    url: str
    username: str
    password: str
    token: str

    @property
    def signed_in(self) -> dict[str, str]:
        """The environment of a program that opens it without asking."""
        return {"SHELLBACK_DATABASE_URL": self.url, "SHELLBACK_TOKEN": self.token}


@pytest.fixture(scope="session")
def _peopled_template(
    dialect: str, _template: Path | str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[tuple[str, DemoSummary]]:
    if dialect == "sqlite":
        path = tmp_path_factory.mktemp("peopled") / "peopled.sqlite3"
        shutil.copyfile(_template, path)
        path.chmod(0o600)
        yield str(path), fill(str(path), "sqlite", PEOPLE)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"peopled_{uuid.uuid4().hex}"
    server.create(name, template=str(_template))
    yield name, fill(server.url(name), "postgres", PEOPLE)
    server.drop(name)


@pytest.fixture
def peopled(
    dialect: str, _peopled_template: tuple[str, DemoSummary], request: pytest.FixtureRequest
) -> Iterator[Peopled]:
    """A fresh copy for this test."""
    template, made = _peopled_template
    if dialect == "sqlite":
        # A short path, so that the header has room for who is signed in.
        with tempfile.TemporaryDirectory(prefix="e2e-", dir="/tmp") as directory:
            path = Path(directory) / "app.sqlite3"
            shutil.copyfile(template, path)
            path.chmod(0o600)
            yield Peopled(f"sqlite://{path}", made.username, made.password, made.token)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"e2e_{uuid.uuid4().hex[:6]}"
    server.create(name, template=template)
    yield Peopled(server.url(name), made.username, made.password, made.token)
    server.drop(name)
