"""TLS on the way to the server: each certificate that a server can be met with, and what is said of it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tortoise.context import get_current_context

from tests.faults.proxy import Fault, FaultProxy
from tests.postgres import PostgresServer
from tests.tls import tls_front
from tests.tls.certificates import DAY, Authority, Pair
from tui.database import Database, OpenError, open_database
from tui.doctor.check import State
from tui.doctor.database import check_database
from tui.settings import SettingsError, parse_url
from tui.settings.server import is_local

pytestmark = pytest.mark.postgres_only


@pytest.fixture(scope="module")
def good(authority: Authority) -> Pair:
    return authority.issue("good", ["localhost", "127.0.0.1"])


def url_of(server: PostgresServer, port: int, options: str, host: str = "127.0.0.1") -> str:
    return f"postgres://{server.user}@{host}:{port}/postgres?sslmode=verify-full&{options}"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    async with await open_database(parse_url(url)) as database:
        assert await database.connection.execute_query_dict("SELECT 1 AS one") == [{"one": 1}]
        yield database


async def refused(url: str) -> str:
    """The sentence; nothing stays open."""
    with pytest.raises(OpenError) as caught:
        await (await open_database(parse_url(url))).close()
    assert get_current_context() is None
    return caught.value.sentence


async def test_the_right_server_by_name_and_by_address(
    postgres_server: PostgresServer, authority: Authority, good: Pair
) -> None:
    async with tls_front(postgres_server, good) as port:
        for host in ("localhost", "127.0.0.1"):
            async with opened(url_of(postgres_server, port, f"sslrootcert={authority.roots}", host)) as database:
                assert database.way is not None
                assert database.way.ours.startswith("TLSv1.3 ")
                # The tests' server has no TLS: the front ends it, and the server tells.
                assert "certificate verified to the name; it ends before the server" in database.way.sentence(
                    database.url.server  # type: ignore[arg-type]
                )


async def test_another_server_than_the_one_that_was_named(
    postgres_server: PostgresServer, authority: Authority, good: Pair
) -> None:
    elsewhere = authority.issue("elsewhere", ["db.example.org", "*.example.org"])
    nameless = authority.issue("nameless")
    roots = f"sslrootcert={authority.roots}"
    async with tls_front(postgres_server, good) as port:
        assert "it has other addresses" in await refused(url_of(postgres_server, port, roots, "127.0.0.2"))
        weaker = url_of(postgres_server, port, roots, "127.0.0.2").replace("verify-full", "verify-ca")
        async with opened(weaker):
            pass
        # As for libpq: where the authority is named, `require` asks for its signature too.
        async with opened(weaker.replace("verify-ca", "require")):
            pass
    for pair in (elsewhere, nameless):
        async with tls_front(postgres_server, pair) as port:
            assert "it has other names" in await refused(url_of(postgres_server, port, roots, "localhost"))


async def test_a_certificate_that_proves_nothing(
    postgres_server: PostgresServer, authority: Authority, good: Pair, tmp_path: Path
) -> None:
    itself = authority.issue("itself", ["127.0.0.1"], by_itself=True)
    stranger = Authority(tmp_path, "stranger")
    cases = (
        (good, f"sslrootcert={stranger.roots}"),
        (good, "sslrootcert=system"),
        (itself, f"sslrootcert={authority.roots}"),
    )
    for pair, roots in cases:
        async with tls_front(postgres_server, pair) as port:
            sentence = await refused(url_of(postgres_server, port, roots))
            assert "no authority that is known here has signed it" in sentence
            strict = url_of(postgres_server, port, roots).replace("verify-full", "verify-ca")
            assert "no authority" in await refused(strict)
    async with (
        tls_front(postgres_server, itself) as port,
        # Without named roots `require` encrypts and proves nothing, which only a local server is let have.
        opened(f"postgres://{postgres_server.user}@127.0.0.1:{port}/postgres?sslmode=require"),
    ):
        pass


@pytest.mark.parametrize(
    ("begins", "ends", "says"),
    [(-2 * DAY, -DAY, "has expired"), (DAY, 2 * DAY, "is not valid yet")],
)
async def test_a_certificate_out_of_its_time(
    postgres_server: PostgresServer, authority: Authority, begins: timedelta, ends: timedelta, says: str
) -> None:
    pair = authority.issue("late", ["127.0.0.1"], begins=begins, ends=ends)
    async with tls_front(postgres_server, pair) as port:
        assert says in await refused(url_of(postgres_server, port, f"sslrootcert={authority.roots}"))


async def test_revoked_certificates(
    postgres_server: PostgresServer, authority: Authority, good: Pair, tmp_path: Path
) -> None:
    bad = authority.issue("bad", ["127.0.0.1"])
    revoked = authority.revoke("revoked", bad)
    old = authority.revoke("old", ends=-DAY)
    foreign = Authority(tmp_path, "foreign").revoke("foreign")
    roots = f"sslrootcert={authority.roots}"
    async with tls_front(postgres_server, bad) as port:
        assert "was revoked" in await refused(url_of(postgres_server, port, f"{roots}&sslcrl={revoked}"))
        async with opened(url_of(postgres_server, port, roots)):
            pass
    async with tls_front(postgres_server, good) as port:
        async with opened(url_of(postgres_server, port, f"{roots}&sslcrl={revoked}")):
            pass
        assert "has expired" in await refused(url_of(postgres_server, port, f"{roots}&sslcrl={old}"))
        assert "is not of the authority" in await refused(url_of(postgres_server, port, f"{roots}&sslcrl={foreign}"))


async def test_versions_of_the_protocol(postgres_server: PostgresServer, authority: Authority, good: Pair) -> None:
    roots = f"sslrootcert={authority.roots}"
    async with (
        tls_front(postgres_server, good, newest=ssl.TLSVersion.TLSv1_2) as port,
        opened(url_of(postgres_server, port, roots)) as database,
    ):
        assert database.way is not None
        assert database.way.ours.startswith("TLSv1.2 ")
    async with (
        tls_front(postgres_server, good) as port,
        opened(url_of(postgres_server, port, f"{roots}&ssl_max_protocol_version=TLSv1.2")) as database,
    ):
        assert database.way is not None
        assert database.way.ours.startswith("TLSv1.2 ")


async def test_a_server_that_refuses_tls_or_goes_away_in_the_handshake(
    postgres_server: PostgresServer, good: Pair
) -> None:
    async with FaultProxy(postgres_server) as proxy:
        assert "offers no TLS" in await refused(f"{proxy.url('postgres')}?sslmode=require")
        proxy.fault = Fault.REFUSE
        assert "before it was encrypted" in await refused(f"{proxy.url('postgres')}?sslmode=require")
    async with tls_front(postgres_server, good, cut=True) as port:
        assert "before it was encrypted" in await refused(url_of(postgres_server, port, "sslrootcert=system"))


async def test_files_that_cannot_be_used(authority: Authority, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no certificate\n")
    client = authority.issue("client", client="desk")
    other = authority.issue("other", client="desk")
    loose = authority.issue("loose", client="desk")
    loose.key.chmod(0o644)
    locked = authority.issue("locked", client="desk", passphrase=b"hunter2")
    leaf = authority.issue("leaf", ["127.0.0.1"])
    for options, says in (
        ("sslrootcert=/nowhere.pem", "There is no file where sslrootcert says"),
        (f"sslrootcert={tmp_path}", "cannot be read: Is a directory"),
        (f"sslrootcert={text}", "holds no root certificates"),
        (f"sslrootcert={leaf.certificate}", "has no certificate of an authority"),
        (f"sslrootcert={authority.roots}&sslcrl={text}", "holds no revoked certificates"),
        (f"sslcert={client.certificate}&sslkey={other.key}", "do not belong together"),
        (f"sslcert={text}&sslkey={client.key}", "not in the PEM format"),
        (f"sslcert={client.certificate}&sslkey=/nowhere.key", "There is no file where sslkey says"),
        (f"sslcert={loose.certificate}&sslkey={loose.key}", f"run chmod 600 {loose.key}"),
        (f"sslcert={locked.certificate}&sslkey={locked.key}", "is encrypted, and Shellback asks for no passphrase"),
        (f"sslkey={client.key}", "no sslcert names its certificate"),
    ):
        with pytest.raises(SettingsError) as caught:
            await open_database(parse_url(f"postgres://u@127.0.0.1/db?sslmode=verify-full&{options}"))
        assert says in caught.value.sentence
        assert get_current_context() is None


@pytest.fixture
def far() -> str:
    """An address of this machine that is no loopback address: to Shellback it is another machine's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no address but the loopback's")
        address = str(probe.getsockname()[0])
    if is_local(address):
        pytest.skip("this machine has no address but the loopback's")
    return address


async def test_a_server_that_is_not_this_machine_is_proven_unless_that_is_given_up_twice(
    postgres_server: PostgresServer, authority: Authority, far: str
) -> None:
    pair = authority.issue("far", [far])
    async with tls_front(postgres_server, pair) as port:
        url = f"postgres://{postgres_server.user}@{far}:{port}/postgres"
        assert "no authority that is known here" in await refused(f"{url}?sslrootcert=system")
        async with opened(f"{url}?sslrootcert={authority.roots}") as database:
            assert database.warnings == ()
        for mode in ("disable", "require", "verify-ca"):
            with pytest.raises(SettingsError, match="--insecure-tls"):
                parse_url(f"{url}?sslmode={mode}")
        weak = parse_url(f"{url}?sslrootcert=system", insecure_tls=True)
        async with await open_database(weak) as database:
            assert database.warnings == (f"Another server could pose as {far}: its name is not checked.",)
        (check,) = [check for check in await check_database(weak) if check.name == "encryption"]
        assert check.state is State.WARNING
        assert "certificate not verified" in check.sentence
