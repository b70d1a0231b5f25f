"""What every test may ask for: a real PostgreSQL, and a fresh database of the dialect of this run.

Tortoise keeps the dialect in the models themselves, so one process speaks one dialect: `--dialect sqlite` (the default)
runs every test but those that only PostgreSQL can answer, `--dialect postgres` runs those that speak to a database.
"""

import gc
import os
import shutil
import signal
import sqlite3
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.faults.proxy import FaultProxy
from tests.postgres import PostgresServer, installed_with_trigrams, start_installed, start_postgres

if TYPE_CHECKING:
    from tests.tls.certificates import Authority
    from tui.database import Database

DATABASE_FIXTURES = {"empty_url", "_template", "database_url", "database"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--dialect", choices=("sqlite", "postgres"), default="sqlite", help="the database that the tests run against"
    )


def pytest_configure() -> None:
    """What a shell starts in the background ignores ctrl+c, and hands that down; the tests send it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the tests that belong to the run of the other dialect: deselected, since nothing is missing."""
    postgres = config.getoption("--dialect") == "postgres"
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        speaks = bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))
        only_postgres = item.get_closest_marker("postgres_only") is not None
        only_sqlite = item.get_closest_marker("sqlite_only") is not None
        belongs = (only_postgres or (speaks and not only_sqlite)) if postgres else not only_postgres
        (kept if belongs else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


def pytest_collection_finish() -> None:
    """What is there by now stays: to look for garbage in it again and again is a sixth of what a screen costs."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(autouse=True, scope="session")
def _plain_environment() -> None:
    """Tests see the colours and the terminal that they set themselves, not those of whoever runs them."""
    for name in [*os.environ]:
        if name == "TEXTUAL_SNAPSHOT_TEMPDIR":  # set by the snapshot plugin for itself
            continue
        if name.startswith(("TEXTUAL", "SHELLBACK_")) or name in ("NO_COLOR", "COLORTERM", "FORCE_COLOR"):
            del os.environ[name]


@pytest.fixture(autouse=True)
def _own_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the configuration, state or data of the person who runs it."""
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"SHELLBACK_{kind}_DIR", str(tmp_path / "home" / kind.lower()))


@pytest.fixture(scope="session")
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--dialect"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL that this test process started, stopped at its end."""
    with start_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> "Authority":
    """Signs the certificates of this run."""
    from tests.tls.certificates import Authority

    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def trigram_server() -> Iterator[PostgresServer]:
    """A PostgreSQL with `pg_trgm`, which the wheel's lacks: the one on PATH, started for this test process."""
    programs = installed_with_trigrams()
    if programs is None:
        pytest.skip("no PostgreSQL with pg_trgm on PATH (pg_config)")
    with start_installed(programs) as server:
        yield server


@pytest.fixture(scope="session")
def _trigram_template(trigram_server: PostgresServer) -> str:
    from tests.schema import migrate_fresh

    name = f"template_{uuid.uuid4().hex}"
    trigram_server.create(name)
    migrate_fresh(trigram_server.url(name))
    return name


@pytest.fixture
def trigram_url(trigram_server: PostgresServer, _trigram_template: str) -> Iterator[str]:
    """The URL of a fresh database with the current schema on a PostgreSQL that has `pg_trgm`."""
    name = f"test_{uuid.uuid4().hex}"
    trigram_server.create(name, template=_trigram_template)
    yield trigram_server.url(name)
    trigram_server.drop(name)


@pytest.fixture
async def trigram_database(trigram_url: str) -> AsyncIterator["Database"]:
    """The same, opened."""
    from tui.database import open_database
    from tui.settings import parse_url

    async with await open_database(parse_url(trigram_url)) as opened:
        yield opened


@pytest.fixture
def empty_url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database of this run's dialect with nothing in it."""
    if dialect == "sqlite":
        path = tmp_path / "empty.sqlite3"
        sqlite3.connect(path).close()
        path.chmod(0o600)
        yield f"sqlite://{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"empty_{uuid.uuid4().hex}"
    server.create(name)
    yield server.url(name)
    server.drop(name)


@pytest.fixture(scope="session")
def _template(
    dialect: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Path | str]:
    """A migrated database, made once a process: a file to copy, or the name of a database to clone."""
    from tests.schema import migrate_fresh

    if dialect == "sqlite":
        path = tmp_path_factory.mktemp("template") / "template.sqlite3"
        migrate_fresh(f"sqlite://{path}")
        yield path
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"template_{uuid.uuid4().hex}"
    server.create(name)
    migrate_fresh(server.url(name))
    yield name


@pytest.fixture
def database_url(dialect: str, _template: Path | str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh database with the current schema and the seeded roles, and nobody in it."""
    if isinstance(_template, Path):
        path = tmp_path / "shellback.sqlite3"
        shutil.copyfile(_template, path)
        path.chmod(0o600)
        yield f"sqlite://{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"test_{uuid.uuid4().hex}"
    server.create(name, template=_template)
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator["Database"]:
    """The same, opened: the models of this process speak to it."""
    from tui.database import open_database
    from tui.settings import parse_url

    async with await open_database(parse_url(database_url)) as opened:
        yield opened


@pytest.fixture
async def proxy(postgres_server: PostgresServer) -> AsyncIterator[FaultProxy]:
    """A line to the PostgreSQL of this run that can be stalled, cut and made to lose a COMMIT."""
    async with FaultProxy(postgres_server) as running:
        yield running


@pytest.fixture
async def through(proxy: FaultProxy, database_url: str) -> AsyncIterator["Database"]:
    """The fresh database, opened by way of the proxy."""
    from tui.database import open_database
    from tui.settings import parse_url

    name = urlsplit(database_url).path.removeprefix("/")
    async with await open_database(parse_url(proxy.url(name), insecure_tls=True)) as opened:
        yield opened
