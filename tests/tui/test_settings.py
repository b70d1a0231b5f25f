"""URLs, profiles and passwords: what is taken, and what each mistake is told as."""

import ssl
import sys
from pathlib import Path

import pytest

from tui.settings import (
    SettingsError,
    config_dir,
    data_dir,
    default_database,
    parse_url,
    state_dir,
)
from tui.settings.passfile import passfile_of
from tui.settings.passwords import PasswordCommand
from tui.settings.server import Server
from tui.settings.tls import context_for
from tui.settings.url import DatabaseUrl

NOTHING: dict[str, str] = {}


def server_of(url: DatabaseUrl) -> Server:
    assert url.server is not None
    return url.server


def test_a_sqlite_url_is_a_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse_url("sqlite:///srv/app.db").path == Path("/srv/app.db")
    assert parse_url("sqlite:////srv/app.db").path == Path("/srv/app.db")
    assert parse_url("sqlite://app.db").path == tmp_path / "app.db"
    assert parse_url("sqlite://./a/app.db").path == tmp_path / "a/app.db"
    assert parse_url("sqlite://~/app.db").path == tmp_path / "app.db"
    assert parse_url("sqlite:///srv/a%20b%3F%23.db").path == Path("/srv/a b?#.db")
    assert parse_url("sqlite:///srv/app.db").label == "/srv/app.db"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "looks like"),
        ("app.db", "looks like"),
        ("mysql://root@localhost/app", "'mysql'"),
        ("sqlite://", "names no SQLite file"),
        ("sqlite:///srv/", "names no SQLite file"),
        ("sqlite://:memory:", "in memory"),
        ("sqlite:///srv/app.db?mode=ro", "takes no options"),
        ("sqlite:///srv/a%00b", "NUL"),
        ("postgres://u@h:port/db", "port"),
        ("postgres://u@h:99999/db", "port"),
        ("postgres://u@[::1/db", "cannot be read"),
        ("postgres://u@h/db#x", "#"),
        ("postgres://u@h/db?sslmod=require", "Did you mean sslmode?"),
        ("postgres://u@h/db?frobnicate=1", "'frobnicate'"),
        ("postgres://u@h/db?sslmode=verify_full", "Did you mean verify-full?"),
        ("postgres://u@h/db?sslmode=prefer", "switch encryption off"),
        ("postgres://u@h/db?sslmode=require", "--insecure-tls"),
        ("postgres://u@h/db?sslmode=disable", "--insecure-tls"),
        ("postgres://u@/db?host=/tmp&sslmode=require", "socket"),
        ("postgres://u@h/db?host=", "no value"),
        ("postgres://u@h/db?port", "cannot be read"),
        ("postgres://u@h/db?port=1&port=2", "twice"),
        ("postgres://u@h/db?maxsize=many", "whole number"),
        ("postgres://u@h/db?maxsize=0", "between 1 and 100"),
        ("postgres://u@h/db?pgbouncer=yes", "neither true nor false"),
        ("postgres://u@a,b/db", "one host"),
        ("postgres://u@h/db?password=hunter2", "~/.pgpass"),
    ],
)
def test_a_mistake_in_a_url_has_its_sentence(text: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_url(text, environment=NOTHING)
    assert says in caught.value.sentence
    assert caught.value.sentence.endswith((".", "?"))
    assert "hunter2" not in caught.value.sentence


def test_a_postgres_url_is_taken_apart() -> None:
    parsed = parse_url(
        "postgresql://al%40ice:p%3Ass@db1:6432/my%20app?schema=crm&application_name=desk&maxsize=3"
        "&statement_cache_size=0",
        environment=NOTHING,
    )
    server = server_of(parsed)
    assert (server.user, server.host, server.port, server.database) == ("al@ice", "db1", 6432, "my app")
    assert (server.schema, server.application_name, server.maxsize) == ("crm", "desk", 3)
    assert (server.statement_cache_size, server.pgbouncer) == (0, False)
    assert parsed.password == "p:ss"
    assert parsed.label == "al@ice@db1:6432/my app"
    assert "p:ss" not in f"{parsed!r} {parsed}"
    assert "p%3Ass" not in f"{parsed!r} {parsed}"


def test_a_socket_is_local_and_needs_no_tls() -> None:
    parsed = parse_url("postgresql://postgres:@/app?host=/tmp/pg&port=5433", environment=NOTHING)
    server = server_of(parsed)
    assert (server.host, server.port, server.sslmode, server.is_local) == ("/tmp/pg", 5433, "disable", True)
    assert parsed.password is None
    assert context_for(server) is False


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"])
def test_loopback_is_local(host: str) -> None:
    assert server_of(parse_url(f"postgres://u@{host}/db", environment=NOTHING)).sslmode == "disable"
    assert server_of(parse_url(f"postgres://u@{host}/db?sslmode=require", environment=NOTHING)).sslmode == "require"


def test_what_a_url_leaves_out_comes_from_the_environment() -> None:
    environment = {
        "PGHOST": "db9",
        "PGPORT": "6000",
        "PGUSER": "desk",
        "PGDATABASE": "crm",
        "PGPASSWORD": "s3cret",
        "PGSSLROOTCERT": "/ca.pem",
        "PGPASSFILE": "/pass",
    }
    parsed = parse_url("postgres://", environment=environment)
    server = server_of(parsed)
    assert (server.host, server.port, server.user, server.database) == ("db9", 6000, "desk", "crm")
    assert (server.sslrootcert, server.passfile, parsed.password) == ("/ca.pem", "/pass", "s3cret")
    assert parsed.label == "desk@db9:6000/crm"
    with pytest.raises(SettingsError):
        parse_url("postgres://", environment={**environment, "PGSSLMODE": "prefer"})


def test_a_password_on_the_command_line_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_url("postgres://u:hunter2@h/db", from_argv=True, environment=NOTHING)
    assert "SHELLBACK_DATABASE_URL" in caught.value.sentence
    assert "hunter2" not in caught.value.sentence
    assert parse_url("postgres://u@h/db", from_argv=True, environment=NOTHING).password is None


def test_tls_is_verified_unless_asked_otherwise(tmp_path: Path) -> None:
    far = "postgres://u@db.example.org/app"
    full = context_for(server_of(parse_url(far, environment=NOTHING)))
    assert isinstance(full, ssl.SSLContext)
    assert (full.check_hostname, full.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert full.minimum_version >= ssl.TLSVersion.TLSv1_2
    weak = parse_url(far, insecure_tls=True, environment=NOTHING)
    assert weak.insecure_tls
    unverified = context_for(server_of(weak))
    assert isinstance(unverified, ssl.SSLContext)
    assert (unverified.check_hostname, unverified.verify_mode) == (False, ssl.CERT_NONE)
    chosen = parse_url(f"{far}?sslmode=verify-ca", insecure_tls=True, environment=NOTHING)
    ca_only = context_for(server_of(chosen))
    assert isinstance(ca_only, ssl.SSLContext)
    assert (ca_only.check_hostname, ca_only.verify_mode) == (False, ssl.CERT_REQUIRED)
    broken = tmp_path / "ca.pem"
    broken.write_text("not a certificate")
    for option in (f"sslrootcert={broken}", f"sslcert={broken}"):
        with pytest.raises(SettingsError, match="certificate"):
            context_for(server_of(parse_url(f"{far}?{option}", environment=NOTHING)))


def test_the_places_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"SHELLBACK_{name}_DIR", str(tmp_path / name))
    assert (config_dir(), data_dir(), state_dir()) == (tmp_path / "CONFIG", tmp_path / "DATA", tmp_path / "STATE")
    assert default_database() == tmp_path / "DATA" / "shellback.sqlite3"
    monkeypatch.delenv("SHELLBACK_DATA_DIR")
    assert data_dir().name == "shellback"


async def test_a_password_command_gives_its_first_line() -> None:
    quoted = f"{sys.executable} -c \"print('p w'); print('second')\""
    assert await PasswordCommand(quoted)() == "p w"
    for command, says in (
        ("/no/such/program", "cannot be run"),
        (f"{sys.executable} -c \"raise SystemExit('s3cret')\"", "exit status 1"),
        (f"{sys.executable} -c pass", "no password"),
        ("", "empty"),
    ):
        with pytest.raises(SettingsError, match=says) as caught:
            await PasswordCommand(command)()
        assert "s3cret" not in caught.value.sentence


async def test_a_password_command_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.settings.passwords.COMMAND_SECONDS", 0.05)
    with pytest.raises(SettingsError, match="did not end"):
        await PasswordCommand("sleep 60")()


def test_a_password_file_is_its_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    plain = server_of(parse_url("postgres://u@localhost/db", environment=NOTHING))
    assert passfile_of(plain) is None
    file = tmp_path / ".pgpass"
    file.write_text("*:*:*:*:hunter2\n")
    file.chmod(0o600)
    assert passfile_of(plain) == file
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        passfile_of(plain)
    named = server_of(parse_url("postgres://u@localhost/db?passfile=/nowhere", environment=NOTHING))
    with pytest.raises(SettingsError, match="cannot be read"):
        passfile_of(named)
