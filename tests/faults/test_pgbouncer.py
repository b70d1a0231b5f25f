"""Through PgBouncer: every command and several clients at once in transaction mode, and each thing that it refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from models.engines.errors import StatementTimeout
from models.engines.settlement import settle
from models.mfa_secrets import use_key_file
from models.operations import settling
from tests.faults.pgbouncer import POOL, PgBouncer, held, pooler
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.work import open_office, said
from tests.grants.walk.commands import Call
from tests.grants.walk.people import ROOT, all_calls, make_people
from tests.grants.walk.walking import Walk
from tests.models.engines.support import engine
from tests.postgres import PostgresServer, apart
from tests.tui.cli.conftest import Run, in_database, run  # noqa: F401 - a fixture
from tui.database import Database, OpenError, open_database
from tui.database.way import Pooling, pooling_between
from tui.doctor.check import State
from tui.doctor.database import check_database
from tui.settings import parse_url

pytestmark = pytest.mark.postgres_only

IGNORED = (
    "statement_timeout, lock_timeout, idle_in_transaction_session_timeout, tcp_keepalives_idle,"
    " tcp_keepalives_interval, tcp_keepalives_count, tcp_user_timeout, default_transaction_read_only"
)


@pytest.fixture(scope="module")
def pgbouncer(postgres_server: PostgresServer) -> Iterator[PgBouncer]:
    with pooler(postgres_server, query_wait_timeout=1) as running:
        yield running


@pytest.fixture
def name(database_url: str) -> str:
    return urlsplit(database_url).path.removeprefix("/")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    async with await open_database(parse_url(url)) as database:
        yield database


async def refused(url: str) -> str:
    with pytest.raises(OpenError) as caught:
        await (await open_database(parse_url(url))).close()
    return caught.value.sentence


COMMANDS = (
    "login",
    "confirm",
    "users list",
    "users show",
    "users edit",
    "users bulk",
    "users export",
    "users import",
    "changes stage",
    "changes commit",
    "audit undo",
    "audit verify",
    "doctor",
)
"""What is done all day and what keeps something from one statement to the next; each command of the matrix was seen to
go through, and takes a minute of its own."""


def test_the_commands_go_through(
    database_url: str,
    pgbouncer: PgBouncer,
    name: str,
    run: Run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHELLBACK_DATABASE_URL", pgbouncer.url(name))
    use_key_file(None)
    scenery = in_database(database_url, make_people)
    walk = Walk(run, scenery, ROOT, tmp_path, lambda _: "", lambda: "", tmp_path)
    calls: dict[str, list[tuple[int, tuple[str, Call]]]] = {}
    for number, (command, call) in enumerate(all_calls()):
        calls.setdefault(command, []).append((number, (command, call)))
    chosen = [each for command in COMMANDS for each in calls[command][: None if command == "confirm" else 2]]
    endings = walk.through(chosen)
    assert len(endings) > len(COMMANDS)
    assert [str(ending) for ending in endings if ending.ended.code != ending.call.code] == []
    assert "by transaction; the URL says so" in endings[-1].ended.out


def test_migrations_are_refused_with_the_way_on(
    database_url: str,
    empty_url: str,
    pgbouncer: PgBouncer,
    name: str,
    run: Run,  # noqa: F811
) -> None:
    empty = urlsplit(empty_url).path.removeprefix("/")
    for argv in (
        f"migrate revert --last --yes --url {pgbouncer.url(name)}",
        f"init --yes --url {pgbouncer.url(empty)}",
    ):
        ended = run(*argv.split())
        assert ended.code != 0
        assert "Migrations need the server itself" in ended.err
    assert run("migrate", "status", "--url", pgbouncer.url(name)).code == 0


async def test_several_clients_share_two_connections(pgbouncer: PgBouncer, name: str) -> None:
    async with opened(f"{pgbouncer.url(name)}&maxsize=6"):
        office = await open_office()
        for _ in range(3):
            busy = (office.save, office.list, office.sign_in, office.list, office.sign_in, office.list)
            assert {"", *await asyncio.gather(*(said(work) for work in busy))} == {""}
            assert await said(office.bulk) == ""
        await office.check()
        assert len(office.acknowledged) == 6


async def test_read_only_is_held_and_nothing_stays_in_a_session(pgbouncer: PgBouncer, name: str) -> None:
    async with await open_database(parse_url(pgbouncer.url(name)), read_only=True) as database:
        assert database.read_only
        async with database.client._in_transaction() as transaction:
            rows = await transaction.execute_query_dict(
                "SELECT current_setting('transaction_read_only') AS held, current_setting('lock_timeout') AS wait,"
                " current_setting('statement_timeout') AS time,"
                " current_setting('idle_in_transaction_session_timeout') AS idle"
            )
            assert rows == [{"held": "on", "time": "14s", "wait": "5s", "idle": "30s"}]
    for connection in await held(pgbouncer, name):
        found = await connection.fetchrow(
            "SELECT current_setting('statement_timeout') AS time,"
            " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks"
        )
        assert tuple(found) == ("0", 0)
        connection.terminate()


async def test_a_read_that_hangs_is_given_up_and_ended_on_the_server(
    pgbouncer: PgBouncer, postgres_server: PostgresServer, name: str
) -> None:
    async with engine(pgbouncer.url(name), command_timeout=0.5) as client:
        with pytest.raises(StatementTimeout):
            await client.execute_query_dict("SELECT pg_sleep(60) -- through the pooler")
        assert await client.execute_query_dict("SELECT 1 AS one") == [{"one": 1}]
    deadline = asyncio.get_running_loop().time() + 10
    while await asyncio.to_thread(still_runs, postgres_server, "%through the pooler"):
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)


def still_runs(server: PostgresServer, like: str) -> bool:
    async def ask() -> bool:
        connection = await asyncpg.connect(host=server.host, port=server.port, user=server.user, database="postgres")
        try:
            query = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1)"
            return bool(await connection.fetchval(query, like))
        finally:
            await connection.close()

    return apart(ask())


async def test_a_start_without_the_setting_is_diagnosed(postgres_server: PostgresServer, name: str) -> None:
    with pooler(postgres_server) as strict:
        assert "add pgbouncer=true to the database URL" in await refused(strict.url(name, ""))
    for mode in ("transaction", "session"):
        with pooler(postgres_server, mode, ignore_startup_parameters=IGNORED) as careless:
            assert "drops the settings of a session" in await refused(careless.url(name, ""))
            async with opened(careless.url(name)) as database:
                assert database.way is not None
                assert database.way.pooled


async def test_statement_mode_is_refused_by_name(postgres_server: PostgresServer, name: str) -> None:
    with pooler(postgres_server, "statement") as hasty:
        assert "pool_mode = statement" in await refused(hasty.url(name))
        (found,) = await check_database(parse_url(hasty.url(name)))
        assert (found.name, found.state) == ("connection", State.FAILED)


async def test_session_mode_is_told_from_transaction_mode(
    postgres_server: PostgresServer, pgbouncer: PgBouncer, name: str
) -> None:
    with pooler(postgres_server, "session") as patient:
        for url, found in ((patient.url(name), Pooling.SESSION), (pgbouncer.url(name), Pooling.TRANSACTION)):
            async with (
                opened(url) as database,
                database.client.acquire_connection() as one,
                database.client.acquire_connection() as other,
            ):
                assert await pooling_between(one, other) is found


async def test_a_pooler_that_cannot_serve_says_why(
    postgres_server: PostgresServer, pgbouncer: PgBouncer, name: str
) -> None:
    full = await held(pgbouncer, name, POOL)
    assert "had no connection to the server within its time" in await refused(pgbouncer.url(name))
    for connection in full:
        connection.terminate()
    pgbouncer.console("PAUSE")
    try:
        assert "it is paused" in await refused(pgbouncer.url(name))
    finally:
        pgbouncer.console("RESUME")
    async with opened(pgbouncer.url(name)):
        pass
    with pooler(postgres_server, max_client_conn=1) as small:
        first = await held(small, name, 1)
        assert "takes no more clients" in await refused(small.url(name))
        first[0].terminate()
    assert "has no database nowhere" in await refused(pgbouncer.url("nowhere"))


async def test_a_server_behind_the_pooler_that_is_down(
    name: str, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    nobody = PostgresServer(str(tmp_path), 5999, postgres_server.user)
    with pooler(nobody, query_wait_timeout=2, server_login_retry=1) as lonely:
        assert "server behind it is down" in await refused(lonely.url(name))


async def test_a_pooler_that_dies_in_the_middle_is_come_back_to(postgres_server: PostgresServer, name: str) -> None:
    with pooler(postgres_server) as first:
        async with opened(first.url(name)):
            office = await open_office()
            assert await said(office.save) == ""
            first.kill()
            assert "Nothing was changed" in await said(office.save)
            with pooler(postgres_server, port=first.port):
                assert await said(office.list) == ""
                assert await said(office.save) == ""
                await office.check()


async def test_a_commit_that_the_pooler_loses_is_settled(
    pgbouncer: PgBouncer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = PostgresServer("127.0.0.1", pgbouncer.port, "anybody")
    async with FaultProxy(line) as proxy:

        async def once_it_flows(*arguments: object, **options: object) -> object:
            proxy.fault = Fault.NONE
            return await settle(*arguments, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(settling, "settle", once_it_flows)
        async with opened(f"{proxy.url(name)}?pgbouncer=true"):
            office = await open_office()
            for fault in (Fault.CUT_BEFORE_COMMIT, Fault.CUT_AT_COMMIT, Fault.CUT_AFTER_COMMIT):
                proxy.lose_commit(fault)
                assert await said(office.save) == ""
            assert len(office.acknowledged) == 3
            await office.check()
