"""The SQL itself: a server takes it, also twice and by psql; names are only names; nobody is locked out unawares."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.grants.tiers import TierDatabase
from tests.postgres import PostgresServer
from tests.tui.cli.conftest import Run, run  # noqa: F401 - a fixture
from tui.cli.exits import Exit
from tui.grants import BadName, Choice, Tier, differences, revoke_script, script, statements

ODD = "\"; DROP TABLE users; -- '\\ $1 :x %s "


@pytest.mark.postgres_only
async def test_run_twice_it_changes_nothing(tiers: TierDatabase) -> None:
    before = await _acl(tiers)
    tiers.apply()
    assert await _acl(tiers) == before


@pytest.mark.postgres_only
async def test_psql_takes_it_whatever_the_names_are(
    role_prefix: str, postgres_server: PostgresServer, database_url: str, tmp_path: Path
) -> None:
    if (psql := shutil.which("psql")) is None:
        pytest.skip("psql is not on PATH")
    name = urlsplit(database_url).path.removeprefix("/")
    app = f"{role_prefix}{ODD}web"
    postgres_server.execute(f'CREATE ROLE "{app.replace(chr(34), chr(34) * 2)}"', name)
    whole = Choice(prefix=role_prefix + ODD, owner=f"{role_prefix}{ODD}me", apps=(app,))
    one = Choice((Tier.SUPPORT,), prefix=whole.prefix, owner=whole.owner, logins=(f"{role_prefix}{ODD}sara",))
    file = tmp_path / "grants.sql"
    for text in (script(whole), script(one), script(whole)):
        file.write_text(text)
        _psql(psql, postgres_server, name, file)
    connection = await asyncpg.connect(
        host=postgres_server.host, port=postgres_server.port, user=postgres_server.user, database=name
    )

    async def ask(sql: str, *values: Any) -> Sequence[Any]:
        return await connection.fetch(sql, *values)

    try:
        assert await differences(ask, whole) == []
        assert await connection.fetchval("SELECT count(*) FROM users") == 0
        settings = await connection.fetchval("SELECT rolconfig FROM pg_roles WHERE rolname = $1", one.logins[0])
        assert "statement_timeout=60s" in settings
        file.write_text(revoke_script(Choice(prefix=whole.prefix, owner=whole.owner, apps=(app,), tiers=whole.tiers)))
        _psql(psql, postgres_server, name, file)
        left = await connection.fetch("SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)", role_prefix)
        assert {row["rolname"] for row in left} == {app, one.logins[0]}
    finally:
        await connection.close()


@pytest.mark.postgres_only
async def test_an_application_that_owns_its_tables_is_named_or_nothing_is_done(
    role_prefix: str, postgres_server: PostgresServer, database_url: str
) -> None:
    name = urlsplit(database_url).path.removeprefix("/")
    web = f"{role_prefix}web"
    postgres_server.execute(f'CREATE ROLE "{web}" LOGIN; ALTER TABLE users OWNER TO "{web}"', name)
    with pytest.raises(asyncpg.RaiseError, match=web):
        postgres_server.execute(statements(Choice(prefix=role_prefix)), name)
    postgres_server.execute(statements(Choice(prefix=role_prefix, owner=web)), name)
    connection = await asyncpg.connect(host=postgres_server.host, port=postgres_server.port, user=web, database=name)
    try:
        await connection.execute("INSERT INTO users (username, hashed_password) VALUES ('walter', 'x')")
        assert await connection.fetchval("SELECT count(*) FROM users") == 1
        assert await connection.fetchval("SELECT db_user FROM audit_events WHERE action = 'db.insert'") == web
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM audit_events")
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ({"prefix": "x" * 60}, "63 bytes"),
        ({"owner": "a\nb"}, "nothing invisible"),
        ({"apps": ("$do$",)}, "no $$"),
        ({"owner": "me", "audit_owner": "me"}, "an owner of its own"),
        ({"apps": ("shellback_dba",)}, "a role of their own"),
        ({"logins": ("maria",)}, "one tier"),
    ],
)
def test_a_name_that_is_none_is_refused(names: dict[str, Any], why: str) -> None:
    with pytest.raises((BadName, ValueError)) as refused:
        Choice(**names)
    assert why in str(refused.value)


def test_the_command_prints_without_a_database_and_without_a_password(run: Run) -> None:  # noqa: F811
    done = run("grants", "--app", "web")
    assert done.code == Exit.DONE
    assert done.out.startswith("-- Made by shellback grants")
    assert "PASSWORD" not in done.out
    assert run("grants", "--login", "maria").code == Exit.USAGE


@pytest.mark.postgres_only
def test_the_command_compares(tiers: TierDatabase, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("SHELLBACK_DATABASE_URL", tiers.tier_url(Tier.AUDITOR))
    words = ("grants", "--check", "--prefix", tiers.choice.prefix, "--app", tiers.app)
    assert run(*words).code == Exit.DONE
    tiers.server.execute("GRANT SELECT ON users TO PUBLIC", tiers.name)
    done = run(*words)
    assert (done.code, done.out) == (Exit.FAILED, "PUBLIC may SELECT users, which nobody granted here.\n")


def _psql(psql: str, server: PostgresServer, database: str, file: Path) -> None:
    done = subprocess.run(
        [psql, "-X", "-h", server.host, "-p", str(server.port), "-U", server.user, "-d", database, "-f", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PGPASSFILE": os.devnull},
        check=False,
    )
    assert done.returncode == 0, done.stderr


async def _acl(tiers: TierDatabase) -> list[object]:
    connection = await tiers.connect()
    try:
        rows = await connection.fetch(
            "SELECT relname, relowner::regrole::text AS owner, relrowsecurity, (SELECT array_agg(a::text ORDER BY"
            " a::text) FROM unnest(relacl) a) AS acl FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " ORDER BY relname"
        )
        more = await connection.fetch("SELECT tablename, policyname, qual, with_check FROM pg_policies ORDER BY 1, 2")
        return [*map(tuple, rows), *map(tuple, more)]
    finally:
        await connection.close()


@pytest.mark.postgres_only
async def test_whoever_owns_the_database_and_makes_roles_needs_no_superuser(
    role_prefix: str, postgres_server: PostgresServer, database_url: str
) -> None:
    name = urlsplit(database_url).path.removeprefix("/")
    boss = f"{role_prefix}boss"
    postgres_server.execute(
        f'CREATE ROLE "{boss}" LOGIN CREATEROLE; ALTER DATABASE "{name}" OWNER TO "{boss}";'
        " DO $$ DECLARE t text; BEGIN FOR t IN SELECT format('ALTER TABLE %I OWNER TO %I', relname, "
        f"'{boss}') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " UNION ALL SELECT format('ALTER FUNCTION %s OWNER TO %I', oid::regprocedure, "
        f"'{boss}') FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'shellback%'"
        " LOOP EXECUTE t; END LOOP; END $$",
        name,
    )
    choice = Choice(prefix=role_prefix, apps=(boss,))
    connection = await asyncpg.connect(host=postgres_server.host, port=postgres_server.port, user=boss, database=name)

    async def ask(sql: str, *values: Any) -> Sequence[Any]:
        return await connection.fetch(sql, *values)

    try:
        for _ in range(2):
            await connection.execute(statements(choice))
            assert await differences(ask, choice) == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM audit_events")
    finally:
        await connection.close()
