# ruff: noqa: ASYNC240, ASYNC110 - one small file of the server's, and a state of the server that is waited for
"""Opening a database: each thing that can be wrong has its sentence, comes back soon, and leaves nothing open."""

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise.context import get_current_context
from tortoise.exceptions import ConfigurationError
from tortoise.transactions import in_transaction

from models.engines.errors import PermissionRefused
from tests.faults.proxy import Fault, FaultProxy
from tests.postgres import PostgresServer
from tests.tui.migrate.projects import execute
from tui.database import Database, Identity, Kind, OpenError, identify, known_versions, open_database
from tui.settings import SettingsError, parse_url

SEED = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR(50) UNIQUE,"
    " hashed_password VARCHAR(128), is_active BOOLEAN)"
)
AERICH = "CREATE TABLE aerich (id INTEGER PRIMARY KEY, version VARCHAR(255), app VARCHAR(100), content TEXT)"


async def refused(url: str, **options: Any) -> str:
    """The sentence with which opening fails. Fails itself when something stays open."""
    with pytest.raises(OpenError) as caught:
        await open_database(parse_url(url), **options)
    assert get_current_context() is None
    assert caught.value.sentence.endswith((".", "?"))
    return caught.value.sentence


async def test_an_open_database_says_what_it_is(empty_url: str, dialect: str) -> None:
    async with await open_database(parse_url(empty_url)) as database:
        assert database.dialect == dialect
        assert database.label == parse_url(empty_url).label
        assert database.server.startswith({"sqlite": "SQLite 3", "postgres": "PostgreSQL "}[dialect])
        assert not database.read_only
        assert database.warnings == ()
    assert get_current_context() is None


async def test_one_after_the_other_and_one_at_a_time(empty_url: str) -> None:
    for _ in range(3):
        async with await open_database(parse_url(empty_url)) as database:
            assert await database.connection.execute_query_dict("SELECT 1 AS one") == [{"one": 1}]
            with pytest.raises(ConfigurationError):
                await open_database(parse_url(empty_url))
            await database.close()


async def test_every_task_sees_the_database(empty_url: str) -> None:
    opened: asyncio.Future[Database] = asyncio.get_running_loop().create_future()
    done = asyncio.Event()

    async def owner() -> None:
        async with await open_database(parse_url(empty_url)) as database:
            opened.set_result(database)
            await done.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(owner())
        await opened
        async with in_transaction() as transaction:
            await transaction.execute_script("CREATE TABLE t (id INTEGER)")
        done.set()


async def test_opening_can_be_cancelled_anywhere(empty_url: str) -> None:
    for steps in range(0, 40, 2):
        task = asyncio.create_task(open_database(parse_url(empty_url)))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await (await task).close()
        assert get_current_context() is None
    async with await open_database(parse_url(empty_url)) as database:
        assert (await identify(database)).kind is Kind.EMPTY


async def test_read_only_is_enforced_by_the_database(empty_url: str) -> None:
    async with await open_database(parse_url(empty_url), read_only=True) as database:
        assert database.read_only
        with pytest.raises(PermissionRefused):
            await _create_table()


async def _create_table() -> None:
    async with in_transaction() as transaction:
        await transaction.execute_script("CREATE TABLE t (id INTEGER)")


async def test_databases_are_told_apart(empty_url: str, dialect: str) -> None:
    known = known_versions(dialect)
    assert len(known) >= 2

    async def identity() -> Identity:
        async with await open_database(parse_url(empty_url)) as database:
            return await identify(database)

    def applied(*versions: str) -> list[str]:
        rows = [f"INSERT INTO aerich VALUES ({n}, '{v}', 'models', NULL)" for n, v in enumerate(versions)]
        return ["DELETE FROM aerich", *rows]

    assert await identity() == Identity(Kind.EMPTY, pending=known)
    await execute(empty_url, AERICH)
    assert await identity() == Identity(Kind.EMPTY, pending=known)
    await execute(empty_url, SEED)
    assert await identity() == Identity(Kind.SEED, pending=known)
    await execute(empty_url, *applied(known[0]))
    assert await identity() == Identity(Kind.OURS, applied=known[:1], pending=known[1:])
    await execute(empty_url, *applied(*known))
    assert (await identity()).is_current
    await execute(empty_url, *applied(*known, "99_later.py"))
    ahead = await identity()
    assert (ahead.kind, ahead.ahead, ahead.is_current) == (Kind.OURS, ("99_later.py",), False)
    await execute(empty_url, *applied("0_theirs.py"))
    assert (await identity()).kind is Kind.FOREIGN
    await execute(empty_url, "DROP TABLE aerich", "ALTER TABLE users ADD COLUMN shoe_size INTEGER")
    assert (await identity()).kind is Kind.FOREIGN


@pytest.mark.sqlite_only
async def test_only_a_database_that_may_be_made_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "new.sqlite3"
    assert "There is no database at" in await refused(f"sqlite://{path}")
    assert "There is no database at" in await refused(f"sqlite://{path}", read_only=True)
    assert not path.parent.exists()
    async with await open_database(parse_url(f"sqlite://{path}"), create=True) as database:
        assert (await identify(database)).kind is Kind.EMPTY
        await _create_table()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert {stat.S_IMODE(part.stat().st_mode) for part in (path.parent, path.parent.parent)} == {0o700}


@pytest.mark.sqlite_only
async def test_what_is_no_database_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("These are not the rows you are looking for.\n" * 50)
    os.mkfifo(tmp_path / "pipe")
    damaged = tmp_path / "damaged.sqlite3"
    damaged.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4000)
    assert "is a directory" in await refused(f"sqlite://{tmp_path}")
    assert "is not an SQLite database" in await refused(f"sqlite://{text}")
    assert "is not an SQLite database" in await refused(f"sqlite://{text}", create=True)
    assert "is a file, not a directory" in await refused(f"sqlite://{text}/x.sqlite3")
    assert "is not a regular file" in await refused(f"sqlite://{tmp_path / 'pipe'}")
    assert str(damaged) in await refused(f"sqlite://{damaged}")
    assert "File name too long" in await refused(f"sqlite://{tmp_path}/{'x' * 300}")
    assert text.read_text().startswith("These are not")


@pytest.mark.sqlite_only
async def test_a_write_protected_file_is_opened_for_reading(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await execute(empty_url, SEED)
    # The one who runs the tests may be root, whom no mode stops.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    async with await open_database(parse_url(empty_url)) as database:
        assert database.read_only
        assert "write-protected" in database.warnings[0]
        assert (await identify(database)).kind is Kind.SEED


@pytest.mark.sqlite_only
async def test_a_file_that_others_can_read_is_mentioned(empty_url: str) -> None:
    path = parse_url(empty_url).path
    assert path is not None
    await execute(empty_url, SEED)
    path.chmod(0o644)
    async with await open_database(parse_url(empty_url)) as database:
        assert "chmod 600" in database.warnings[0]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.postgres_only
async def test_no_server_no_socket_no_host_no_database(postgres_server: PostgresServer, tmp_path: Path) -> None:
    with _free_port() as port:
        assert "Is it running?" in await refused(f"postgres://u@127.0.0.1:{port}/db")
    assert "There is no PostgreSQL socket" in await refused(f"postgres://u@/db?host={tmp_path}")
    assert "has no database nowhere" in await refused(postgres_server.url("nowhere"))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silently = f"postgres://u@127.0.0.1:{silent.getsockname()[1]}/db?connect_timeout=1"
        assert "did not answer" in await refused(silently)


@contextmanager
def _free_port() -> Iterator[int]:
    """A port that is bound and not listened on: whoever connects is refused."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.mark.postgres_only
async def test_a_server_without_tls_is_not_spoken_to_in_the_clear(postgres_server: PostgresServer) -> None:
    async with FaultProxy(postgres_server) as proxy:
        assert "offers no TLS" in await refused(f"{proxy.url('postgres')}?sslmode=require")
        proxy.fault = Fault.REFUSE
        sentence = await refused(proxy.url("postgres"))
        assert "ended the connection" in sentence or "answers" in sentence


@pytest.mark.postgres_only
async def test_a_wrong_password_and_a_refused_user(postgres_server: PostgresServer, tmp_path: Path) -> None:
    where = f"host={postgres_server.host}&port={postgres_server.port}"
    async with _users_who_need_a_password(postgres_server):
        right = await open_database(parse_url(f"postgres://keyholder:right@/postgres?{where}"))
        await right.close()
        for url in (f"postgres://keyholder:wr0ng@/postgres?{where}", f"postgres://keyholder@/postgres?{where}"):
            sentence = await refused(url)
            assert "password of keyholder" in sentence
            assert "wr0ng" not in sentence
        assert "pg_hba.conf" in await refused(f"postgres://outcast@/postgres?{where}")
        passfile = tmp_path / "pgpass"
        passfile.write_text("*:*:*:keyholder:right\n")
        passfile.chmod(0o600)
        by_file = parse_url(f"postgres://keyholder@/postgres?{where}&passfile={passfile}")
        async with await open_database(by_file) as database:
            assert "keyholder" in database.label
        passfile.chmod(0o644)
        with pytest.raises(SettingsError):
            await open_database(by_file)
        assert get_current_context() is None


@asynccontextmanager
async def _users_who_need_a_password(server: PostgresServer) -> AsyncIterator[None]:
    """`keyholder` has one, `outcast` is not let in at all. The server's rules are put back at the end."""
    raw = await asyncpg.connect(host=server.host, port=server.port, user=server.user, database="postgres")
    rules = Path(await raw.fetchval("SHOW hba_file"))
    before = rules.read_text()
    kind = "local all {} {}" if server.host.startswith("/") else "host all {} samehost {}"
    try:
        await raw.execute("CREATE ROLE keyholder LOGIN PASSWORD 'right'; CREATE ROLE outcast LOGIN")
        rules.write_text(
            "\n".join([kind.format("keyholder", "scram-sha-256"), kind.format("outcast", "reject"), before])
        )
        await raw.execute("SELECT pg_reload_conf()")
        async with asyncio.timeout(10):
            while await raw.fetchval("SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'reject'") == 0:
                await asyncio.sleep(0.01)
        yield
    finally:
        rules.write_text(before)
        await raw.execute("SELECT pg_reload_conf(); DROP ROLE keyholder; DROP ROLE outcast")
        await raw.close()
