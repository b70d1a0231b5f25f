"""A server with TLS and passwords of its own: what it is told, what it says of the line, and whom it lets in."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote

import pytest

from models.engines.errors import DatabaseUnavailable
from tests.postgres import PostgresServer, installed_with_trigrams, run_installed
from tests.tls.certificates import Authority
from tui.database import Database, OpenError, open_database
from tui.doctor.database import check_database
from tui.settings import parse_url

pytestmark = pytest.mark.postgres_only

EVERY_SIGN = "".join(chr(code) for code in range(0x21, 0x7F)) + " äß€😀"
"""A password with each character that a URL or a password file could trip over."""

RULES = """
local all all trust
hostssl all certified 127.0.0.1/32 cert
hostssl all all 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True, slots=True)
class Encrypted:
    """A server on 127.0.0.1:`port` that speaks only TLS there."""

    socket: PostgresServer
    port: int
    authority: Authority

    def url(self, account: str, options: str = "", database: str = "postgres") -> str:
        roots = f"sslmode=verify-full&sslrootcert={self.authority.roots}"
        return f"postgres://{account}@localhost:{self.port}/{database}?{roots}{f'&{options}' if options else ''}"


@pytest.fixture(scope="module")
def encrypted(authority: Authority) -> Iterator[Encrypted]:
    programs = installed_with_trigrams()
    if programs is None:
        pytest.skip("no PostgreSQL with TLS on PATH (pg_config)")
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = int(bound.getsockname()[1])
    directory = Path(mkdtemp(prefix="shellback-tls-", dir="/tmp"))
    directory.chmod(0o755)
    data = directory / "data"
    pair = authority.issue("server", ["localhost", "127.0.0.1"])
    try:
        with run_installed(programs, data, "fsync=off"):
            pass
        for name, source in (("server.crt", pair.certificate), ("server.key", pair.key), ("root.crt", authority.roots)):
            shutil.copyfile(source, data / name)
            (data / name).chmod(0o600)
            if os.geteuid() == 0:
                shutil.chown(data / name, "nobody")
        (data / "pg_hba.conf").write_text(RULES)
        settings = ("fsync=off", "ssl=on", "ssl_ca_file=root.crt", "listen_addresses=127.0.0.1", f"port={port}")
        with run_installed(programs, data, *settings):
            server = PostgresServer(str(data), port, "postgres")
            server.execute("CREATE ROLE certified LOGIN; CREATE ROLE desk LOGIN PASSWORD 'right'")
            yield Encrypted(server, port, authority)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@asynccontextmanager
async def opened(url: str, **environment: str) -> AsyncIterator[Database]:
    async with await open_database(parse_url(url, environment=environment)) as database:
        yield database


async def asked(database: Database, query: str) -> dict[str, Any]:
    (row,) = await database.connection.execute_query_dict(query)
    return dict(row)


async def refused(url: str, **environment: str) -> str:
    with pytest.raises(OpenError) as caught:
        await (await open_database(parse_url(url, environment=environment))).close()
    return caught.value.sentence


async def test_the_server_says_that_the_line_is_encrypted(encrypted: Encrypted) -> None:
    url = encrypted.url("desk:right")
    async with opened(url) as database:
        assert database.way is not None
        assert database.way.ours == database.way.theirs
        assert not database.way.pooled
    checks = {check.name: check.sentence for check in await check_database(parse_url(url, environment={}))}
    assert checks["encryption"].startswith("TLSv1.3 ")
    assert checks["encryption"].endswith("certificate verified to the name; the server says so too (pg_stat_ssl).")


async def test_plain_text_is_not_what_a_server_with_tls_gets(encrypted: Encrypted) -> None:
    plain = f"postgres://desk:right@localhost:{encrypted.port}/postgres"
    assert "add sslmode=verify-full" in await refused(plain)


async def test_direct_tls_is_not_what_an_old_server_speaks(encrypted: Encrypted) -> None:
    # PostgreSQL 17 begins with TLS at once where it is asked to; 15 takes that for no protocol at all.
    sentence = await refused(encrypted.url("desk:right", "sslnegotiation=direct"))
    assert "right" not in sentence


async def test_a_version_of_tls_that_the_server_does_not_speak(encrypted: Encrypted) -> None:
    encrypted.socket.execute("ALTER SYSTEM SET ssl_max_protocol_version = 'TLSv1.2'")
    encrypted.socket.execute("SELECT pg_reload_conf()")
    try:
        url = encrypted.url("desk:right", "ssl_min_protocol_version=TLSv1.3")
        sentence, deadline = "", time.monotonic() + 10
        while not sentence:  # the postmaster reads it when it comes to it
            assert time.monotonic() < deadline
            try:
                async with opened(url):
                    pass
            except OpenError as error:
                sentence = error.sentence
        assert "another version of TLS than ours: TLSv1.3 or newer" in sentence
    finally:
        encrypted.socket.execute("ALTER SYSTEM RESET ssl_max_protocol_version")
        encrypted.socket.execute("SELECT pg_reload_conf()")


async def test_client_certificates(encrypted: Encrypted, tmp_path: Path) -> None:
    authority = encrypted.authority
    right, wrong = authority.issue("certified", client="certified"), authority.issue("somebody", client="somebody")
    foreign = Authority(tmp_path, "foreign").issue("certified", client="certified")
    async with opened(encrypted.url("certified", f"sslcert={right.certificate}&sslkey={right.key}")) as database:
        assert await asked(database, "SELECT session_user::text AS who") == {"who": "certified"}
    for pair, says in ((wrong, "does not let certified"), (foreign, "may not accept the client certificate")):
        assert says in await refused(encrypted.url("certified", f"sslcert={pair.certificate}&sslkey={pair.key}"))
    assert "name it with sslcert and sslkey" in await refused(encrypted.url("certified"))


async def test_a_password_with_every_sign_goes_round(encrypted: Encrypted, tmp_path: Path) -> None:
    role = f"w{EVERY_SIGN.replace(',', '')}"[:40]
    quoted_role, literal = '"' + role.replace('"', '""') + '"', EVERY_SIGN.replace("'", "''")
    encrypted.socket.execute(f"CREATE ROLE {quoted_role} LOGIN PASSWORD '{literal}'")
    try:
        url = encrypted.url(f"{quote(role, safe='')}:{quote(EVERY_SIGN, safe='')}")
        async with opened(url) as database:
            assert await asked(database, "SELECT session_user::text AS who") == {"who": role}
            assert EVERY_SIGN not in repr(database)
        bare = encrypted.url(quote(role, safe=""))
        assert "refused the password" in await refused(bare)
        async with opened(bare, PGPASSWORD=EVERY_SIGN):
            pass
        escaped = [text.replace("\\", "\\\\").replace(":", "\\:") for text in (role, EVERY_SIGN)]
        passfile = tmp_path / "pass"
        passfile.write_text(f"# one: two\nelsewhere:*:*:*:wrong\n*:*:*:{escaped[0]}:{escaped[1]}\n*:*:*:*:wrong\n")
        passfile.chmod(0o600)
        async with opened(bare, PGPASSFILE=str(passfile)):
            pass
    finally:
        encrypted.socket.execute(f"DROP ROLE {quoted_role}")


async def test_a_comma_in_a_name_is_what_the_driver_cannot_send(encrypted: Encrypted) -> None:
    encrypted.socket.execute("CREATE ROLE \"smith, j\" LOGIN PASSWORD 'right'")
    try:
        assert "a comma in its name" in await refused(encrypted.url("smith%2C%20j:right"))
    finally:
        encrypted.socket.execute('DROP ROLE "smith, j"')


async def test_what_the_environment_says_of_a_session_arrives(encrypted: Encrypted) -> None:
    said = {"PGAPPNAME": "desk-7", "PGOPTIONS": "-c work_mem=5MB", "PGTARGETSESSIONATTRS": "read-write"}
    async with opened(encrypted.url("desk:right"), **said) as database:
        query = "SELECT current_setting('application_name') AS name, current_setting('work_mem') AS memory"
        assert await asked(database, query) == {"name": "desk-7", "memory": "5MB"}
    # Our own limits stay, whatever is asked for.
    async with opened(encrypted.url("desk:right"), PGOPTIONS="-c statement_timeout=0") as database:
        assert await asked(database, "SELECT current_setting('statement_timeout') AS time") == {"time": "14s"}
    assert "is no standby server" in await refused(encrypted.url("desk:right", "target_session_attrs=standby"))


async def test_nothing_of_the_environment_gets_in_behind_our_order(
    encrypted: Encrypted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncpg reads these by itself where it is not told better; a URL that says everything is not touched by them."""
    passfile = tmp_path / "pass"
    passfile.write_text("*:*:*:*:right\n")
    passfile.chmod(0o600)
    for name, value in {
        "PGHOST": "nowhere.invalid",
        "PGPORT": "1",
        "PGUSER": "nobody",
        "PGDATABASE": "nowhere",
        "PGPASSWORD": "right",
        "PGPASSFILE": str(passfile),
        "PGSSLMODE": "disable",
        "PGSSLNEGOTIATION": "direct",
        "PGSSLROOTCERT": "/nowhere",
        "PGTARGETSESSIONATTRS": "standby",
        "PGKRBSRVNAME": "x",
        "PGGSSLIB": "nonsense",
        "PGSERVICE": "nowhere",
        "SSLKEYLOGFILE": str(tmp_path / "keys"),
    }.items():
        monkeypatch.setenv(name, value)
    async with opened(encrypted.url("desk:right")):
        pass
    # No password anywhere that counts: not the environment's, which this URL was read without.
    assert "refused the password" in await refused(encrypted.url("desk"))
    assert not (tmp_path / "keys").exists()


async def test_a_password_that_cannot_be_had_later_is_a_database_that_is_away_for_a_while(
    encrypted: Encrypted, tmp_path: Path
) -> None:
    kept = tmp_path / "password"
    kept.write_text("right\n")
    url = parse_url(encrypted.url("desk"), environment={}).with_command(f"cat {kept}")
    async with await open_database(url) as database:
        # A pool connects again hours later, in the middle of whatever is done.
        await database.client._pool.expire_connections()
        kept.unlink()
        with pytest.raises(DatabaseUnavailable, match=r"password_command failed \(exit status 1\)") as caught:
            await database.connection.execute_query_dict("SELECT 1 AS one")
        assert "right" not in caught.value.sentence
        kept.write_text("wrong\n")
        with pytest.raises(DatabaseUnavailable, match="refused the user name or the password"):
            await database.connection.execute_query_dict("SELECT 1 AS one")
        kept.write_text("right\n")
        assert await asked(database, "SELECT 1 AS one") == {"one": 1}
    kept.unlink()
    with pytest.raises(OpenError, match="was not asked"):
        await open_database(url)
