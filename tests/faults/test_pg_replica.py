"""Lists from a streaming replica: what is read where, how old it is, and what happens when either server goes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tortoise.transactions import in_transaction

from models.engines.errors import DatabaseUnavailable, PermissionRefused, StatementTimeout
from tests.faults.replicas import PATIENCE, add, listed, opened, replica_of, somebody_adds, until_from, where
from tests.faults.server import OwnServer, Standby
from tests.models.operations.people import acting, superuser
from tests.tui.cli.conftest import _people, in_database
from tests.tui.shell import shell_on
from tests.tui.waiting import screen_text, until_shown
from tui.__main__ import main
from tui.browse.lists.orders import Order
from tui.browse.search.query import Query
from tui.browse.sql import Sql
from tui.screens.status import replica_facts
from tui.screens.users.screen import UsersScreen
from tui.transfer.columns import parse_columns
from tui.transfer.export import ExportRequest, export_users
from tui.transfer.readers import PostgresReader
from tui.transfer.sheets import Format

if TYPE_CHECKING:
    from tui.database import Database

pytestmark = pytest.mark.postgres_only

LOCKED = "SELECT count(*) FROM users UNION ALL SELECT length(pg_sleep(20)::text)"


async def test_a_list_comes_from_the_replica(both: Database) -> None:
    assert both.warnings == ()
    assert await where(both) == "replica"
    assert replica_of(both).whence.words == "replica up to date"


async def test_one_sees_ones_own_change_at_once_while_replay_stands_still(both: Database, standby: Standby) -> None:
    await asyncio.to_thread(standby.pause_replay)
    try:
        await add("maria")
        assert await listed(both) == ["maria"]
        assert await where(both) == "primary"
        await replica_of(both).look()
        assert await where(both) == "primary"
        assert replica_of(both).whence.words == "primary: replica lacks your change"
    finally:
        await asyncio.to_thread(standby.resume_replay)
    await until_from(both, "replica")
    assert await listed(both) == ["maria"]


async def test_an_idle_primary_is_no_lag_and_somebody_elses_change_is(both: Database, own_server: OwnServer) -> None:
    replica = replica_of(both)
    await somebody_adds(own_server, both, "alice")
    await until_from(both, "replica")
    async with asyncio.timeout(PATIENCE):
        while await listed(both) != ["alice"]:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
    await replica.look()
    assert replica.lag == 0
    assert replica.whence.words == "replica up to date"


async def test_a_replica_too_far_behind_is_left_for_the_primary(
    own_server: OwnServer, own_name: str, standby: Standby
) -> None:
    async with await opened(own_server.url(own_name), standby.url(own_name), own_server, standby, limit=1) as database:
        replica = replica_of(database)
        await until_from(database, "replica")
        await asyncio.to_thread(standby.pause_replay)
        try:
            await somebody_adds(own_server, database, "alice")
            # Within the limit its list is shown, without her; beyond it the primary's is, with her.
            await until_from(database, "primary")
            assert await listed(database) == ["alice"]
            assert replica.lag is not None
            assert replica.lag > 1
            assert replica.whence.words.startswith("primary: replica ")
            assert "its replay is paused (read_lag allows 1 s)" in replica.whence.sentence
        finally:
            await asyncio.to_thread(standby.resume_replay)
        await until_from(database, "replica")
        assert replica.whence.sentence == ""


async def test_a_replica_that_is_gone_is_left_for_the_primary_and_found_again(both: Database, standby: Standby) -> None:
    await asyncio.to_thread(standby.crash)
    try:
        assert await where(both) == "primary"
        assert replica_of(both).whence.words == "primary: replica gives no answer"
    finally:
        await asyncio.to_thread(standby.start)
    await until_from(both, "replica")


async def test_a_replica_that_stands_still_keeps_no_list_waiting(both: Database, standby: Standby) -> None:
    await asyncio.to_thread(standby.pause)
    try:
        await until_from(both, "primary")
        assert replica_of(both).whence.words == "primary: replica gives no answer"
    finally:
        await asyncio.to_thread(standby.resume)
    await until_from(both, "replica")


async def test_a_read_that_replay_breaks_off_is_read_from_the_primary(
    both: Database, own_server: OwnServer, standby: Standby
) -> None:
    await asyncio.to_thread(standby.set, "max_standby_streaming_delay", "0")
    servers: list[bool] = []

    async def slow() -> None:
        async with in_transaction() as client:
            servers.append((await client.execute_query_dict("SELECT pg_is_in_recovery() AS r"))[0]["r"])
            await client.execute_query("SELECT count(*) FROM users" if len(servers) > 1 else LOCKED)

    def break_off() -> None:
        """Takes the table away as soon as the replica reads it."""
        standby.until(lambda: bool(standby.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")))
        own_server.execute("TRUNCATE users CASCADE", name)

    name = both.url.server.database if both.url.server is not None else ""
    try:
        await asyncio.gather(both.reads.run(slow), asyncio.to_thread(break_off))
    finally:
        await asyncio.to_thread(standby.set, "max_standby_streaming_delay", None)
    assert servers == [True, False]
    assert replica_of(both).whence.words == "primary: replica broke off"
    await until_from(both, "replica")


async def test_a_search_that_takes_too_long_is_not_begun_again(both: Database) -> None:
    begun: list[bool] = []

    async def slow() -> None:
        begun.append(True)
        async with in_transaction() as client:
            await client.execute_query("SELECT set_config('statement_timeout', '50', true)")
            await client.execute_query("SELECT pg_sleep(10)")

    with pytest.raises(StatementTimeout):
        await both.reads.run(slow)
    assert begun == [True]


async def test_nothing_can_be_written_to_it(both: Database) -> None:
    async def write() -> None:
        async with in_transaction() as client:
            await client.execute_query("DELETE FROM users")

    replica = replica_of(both)
    with replica.here(), pytest.raises(PermissionRefused):
        await write()


async def test_the_replica_stands_in_for_a_primary_that_is_gone(
    own_server: OwnServer, own_name: str, standby: Standby
) -> None:
    async with await opened(own_server.url(own_name), standby.url(own_name), own_server, standby) as database:
        await add("maria")
        await until_from(database, "replica")
        await asyncio.to_thread(own_server.crash)
        try:
            async with asyncio.timeout(PATIENCE):
                while not replica_of(database).whence.words.startswith("replica alone"):
                    assert await listed(database) == ["maria"]
                    await asyncio.sleep(0.05)
            with pytest.raises(DatabaseUnavailable):
                await add("too-late")
            assert await listed(database) == ["maria"]
        finally:
            await asyncio.to_thread(own_server.start)
        async with asyncio.timeout(PATIENCE):
            while replica_of(database).whence.words != "replica up to date":
                await listed(database)
                await asyncio.sleep(0.05)


async def test_it_does_not_stand_in_without_ones_own_change(
    own_server: OwnServer, own_name: str, standby: Standby
) -> None:
    async with await opened(own_server.url(own_name), standby.url(own_name), own_server, standby) as database:
        await asyncio.to_thread(standby.pause_replay)
        try:
            await add("maria")
            assert await listed(database) == ["maria"]
            await asyncio.to_thread(own_server.crash)
            try:
                with pytest.raises(DatabaseUnavailable):
                    await listed(database)
            finally:
                await asyncio.to_thread(own_server.start)
        finally:
            await asyncio.to_thread(standby.resume_replay)


async def test_an_export_is_the_replicas_and_begins_again_on_the_primary(
    both: Database, standby: Standby, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("alice", "bob"):
        await add(name)
    actor = acting(await superuser("root"))
    await until_from(both, "replica")
    asked: list[bool] = []
    real = PostgresReader.part

    async def noted(self: PostgresReader, *args: Any) -> Any:
        found = await real(self, *args)
        asked.append((await self.rows(Sql("SELECT pg_is_in_recovery()")))[0][0])
        if len(asked) == 1:  # after its first rows the replica is gone
            await asyncio.to_thread(standby.crash)
        return found

    monkeypatch.setattr(PostgresReader, "part", noted)
    path = tmp_path / "users.csv"
    request = ExportRequest(Query(), Order(), parse_columns("username"), Format.CSV, path, reads=both.reads)
    try:
        done = await export_users(request, actor)
    finally:
        await asyncio.to_thread(standby.start)
    assert asked[0]
    assert not any(asked[1:])
    assert path.read_text().split() == ["username", "alice", "bob", "root"]
    assert done.rows == 3


async def test_the_list_says_where_it_is_from_and_shows_ones_own_change(both: Database, standby: Standby) -> None:
    app = shell_on(UsersScreen, database=both)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "· replica up to date")
        await asyncio.to_thread(standby.pause_replay)
        try:
            await add("maria")
            await pilot.press("ctrl+r")
            await until_shown(pilot, "maria")
            await until_shown(pilot, "· primary: replica lacks your change")
        finally:
            await asyncio.to_thread(standby.resume_replay)
        await until_from(both, "replica")
        await pilot.press("ctrl+r")
        await until_shown(pilot, "· replica up to date")
        assert "maria" in screen_text(pilot)
        await asyncio.to_thread(standby.crash)
        try:
            await pilot.press("ctrl+r")
            await until_shown(pilot, "The replica gives no answer: lists are read from the")
            await until_shown(pilot, "· primary: replica gives no answer")
            assert "maria" in screen_text(pilot)
        finally:
            await asyncio.to_thread(standby.start)
        await until_from(both, "replica")
        await pilot.press("ctrl+r")
        await until_shown(pilot, "Lists are read from the replica again.")


async def test_the_status_screen_says_which_replica_there_is(both: Database) -> None:
    facts = dict(await replica_facts(both))
    assert replica_of(both).url.label in facts["replica"]
    assert replica_of(both).whence.words == "replica up to date"


def test_commands_read_the_replica_once_it_shows_what_was_there_before(
    own_server: OwnServer,
    own_name: str,
    standby: Standby,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = own_server.url(own_name)
    monkeypatch.setenv("SHELLBACK_TOKEN", in_database(url, _people))
    monkeypatch.setenv("SHELLBACK_DATABASE_URL", url)
    monkeypatch.setenv("SHELLBACK_READ_URL", standby.url(own_name))

    def run(*argv: str) -> Any:
        capsys.readouterr()
        assert main([*argv, "--json"]) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    def names(document: Any) -> list[str]:
        return [user["username"] for user in document["users"]]

    standby.caught_up(own_server)
    assert run("users", "list")["read_from"] == {"server": "replica", "reason": None, "lag_seconds": 0.0}
    path = tmp_path / "users.csv"
    assert run("users", "export", "--output", str(path), "--force")["exported"]["read_from"]["server"] == "replica"
    assert run("audit", "list", "--limit", "1")["read_from"]["server"] == "replica"
    standby.pause_replay()
    try:
        run("users", "create", "zoe", "--disable-password", "--yes")
        shown = run("users", "list")
        assert "zoe" in names(shown)
        assert shown["read_from"]["server"] == "primary"
        assert run("audit", "list", "--limit", "1")["events"][0]["target"]["label"] == "zoe"
        assert "read_from" not in run("users", "list", "--primary")
    finally:
        standby.resume_replay()
    standby.caught_up(own_server)
    (check,) = [check for check in run("doctor")["doctor"]["checks"] if check["name"] == "replica"]
    assert check["state"] == "ok"
    assert check["sentence"].endswith("follows this database: up to date.")
    monkeypatch.setenv("SHELLBACK_READ_URL", url)
    main(["doctor", "--json"])
    (check,) = [c for c in json.loads(capsys.readouterr().out)["doctor"]["checks"] if c["name"] == "replica"]
    assert check["state"] == "failed"
