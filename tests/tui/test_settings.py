"""URLs, profiles and passwords: what is taken, and what each mistake is told as."""

import os
import ssl
import sys
from pathlib import Path

import pytest

from tui.settings import (
    SettingsError,
    choose,
    config_dir,
    data_dir,
    default_database,
    load_settings,
    parse_url,
    state_dir,
)
from tui.settings.passwords import PasswordCommand, checked_passfile
from tui.settings.tls import context_for
from tui.settings.url import DatabaseUrl, Server

NOTHING: dict[str, str] = {}


def server_of(url: DatabaseUrl) -> Server:
    assert url.server is not None
    return url.server


def test_a_sqlite_url_is_a_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse_url("sqlite:///srv/app.db").path == Path("/srv/app.db")
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
        "&statement_cache_size=0&pgbouncer=true",
        environment=NOTHING,
    )
    server = server_of(parsed)
    assert (server.user, server.host, server.port, server.database) == ("al@ice", "db1", 6432, "my app")
    assert (server.schema, server.application_name, server.maxsize) == ("crm", "desk", 3)
    assert (server.statement_cache_size, server.pgbouncer) == (0, True)
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
    for option in (f"sslrootcert={broken}", f"sslcert={broken}", "sslrootcert=/nowhere.pem"):
        with pytest.raises(SettingsError, match="certificate"):
            context_for(server_of(parse_url(f"{far}?{option}", environment=NOTHING)))


def test_the_places_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"SHELLBACK_{name}_DIR", str(tmp_path / name))
    assert (config_dir(), data_dir(), state_dir()) == (tmp_path / "CONFIG", tmp_path / "DATA", tmp_path / "STATE")
    assert default_database() == tmp_path / "DATA" / "shellback.sqlite3"
    monkeypatch.delenv("SHELLBACK_DATA_DIR")
    assert data_dir().name == "shellback"


PROFILES = """
default_profile = "staging"
theme = "nord"

[keys]
"users.search" = "ctrl+f"

[profiles.staging]
url = "postgres://desk@staging.example.org/app"
password_command = "cat /run/secret"
color = "green"
idle_lock = 0

[profiles.production]
url = "postgres://desk@db1.example.org/app"
production = true
read_only = true
color = "red"
theme = "textual-dark"
mouse = false
project = "/srv/app"

[profiles.production.keys]
"users.reset" = "f5"

[profiles.embedded]
"""


def written(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_profiles_are_read_with_what_holds_for_all(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, PROFILES, 0o644))
    production, staging = settings.profile("production"), settings.profile("staging")
    assert (production.production, production.read_only, production.mouse) == (True, True, False)
    assert (production.color, production.theme, production.project) == ("red", "textual-dark", "/srv/app")
    assert production.keys == {"users.search": "ctrl+f", "users.reset": "f5"}
    assert production.idle_lock == 300
    assert (staging.theme, staging.idle_lock, staging.mouse) == ("nord", 0, True)
    with pytest.raises(SettingsError, match="embedded, production, staging"):
        settings.profile("prod")


def test_no_file_is_no_settings() -> None:
    assert load_settings().profiles == {}
    assert choose(load_settings(), environment=NOTHING).embedded


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[profiles.a]\nread_onyl = true\n", 2, "profiles.a.read_onyl is not a setting. Did you mean read_only?"),
        ("\n\nread_only = true\n", 3, "read_only belongs into a profile."),
        ("[profiles.a]\nproduction = 1\n", 2, "profiles.a.production must be true or false."),
        ("idle_lock = true\n", 1, "idle_lock must be a whole number."),
        ("idle_lock = -1\n", 1, "idle_lock is a number of seconds"),
        ("[profiles.a]\ncolor = 'rde'\n", 2, "profiles.a.color is one of red"),
        ("[profiles.a]\nurl = 'mysql://x'\n", 2, "profiles.a.url cannot be followed."),
        ("[profiles.a]\nurl = 'postgres://h/db?sslmod=x'\n", 2, "Did you mean sslmode?"),
        ("[keys]\nx = 5\n", 2, "keys.x must be a key in quotes"),
        ("default_profile = 'b'\n[profiles.a]\n", 1, "default_profile names no profile"),
        ("profiles = 5\n", 1, "profiles is a table of tables"),
        ("[profils.a]\n", None, "profils is not a setting. Did you mean profiles?"),
        ("theme = \n", 1, "is not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_names_file_line_and_key(tmp_path: Path, text: str, line: int | None, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    sentence = caught.value.sentence
    assert str(path) in sentence
    assert says in sentence
    assert line is None or f"line {line}" in sentence


def test_a_file_with_a_password_is_its_owners(tmp_path: Path) -> None:
    secret = "[profiles.a]\nurl = 'postgres://u:hunter2@h/db'\n"
    assert load_settings(written(tmp_path, secret)).profile("a").url
    with pytest.raises(SettingsError, match="chmod 600") as caught:
        load_settings(written(tmp_path, secret, 0o640))
    assert "hunter2" not in caught.value.sentence
    assert "hunter2" not in repr(load_settings(written(tmp_path, secret)))


def test_the_first_that_names_a_database_wins(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, PROFILES))
    environment = {"SHELLBACK_DATABASE_URL": "postgres://u:fine@localhost/env"}
    on_the_line = choose(settings, url="sqlite:///srv/a.db", environment=environment)
    assert (on_the_line.url.label, on_the_line.embedded) == ("/srv/a.db", False)
    assert choose(settings, profile="production", environment=environment).url.label == "desk@db1.example.org:5432/app"
    from_environment = choose(settings, environment=environment)
    assert (from_environment.url.label, from_environment.url.password) == ("u@localhost:5432/env", "fine")
    by_default = choose(settings, environment=NOTHING)
    assert by_default.profile.name == "staging"
    assert by_default.url.password_command == "cat /run/secret"
    embedded = choose(settings, profile="embedded", environment=NOTHING)
    assert (embedded.embedded, embedded.url.path) == (True, default_database())
    with pytest.raises(SettingsError, match="not both"):
        choose(settings, url="sqlite:///a", profile="production", environment=NOTHING)
    with pytest.raises(SettingsError, match="command line"):
        choose(settings, url="postgres://u:hunter2@h/db", environment=NOTHING)


async def test_a_password_command_gives_its_first_line() -> None:
    quoted = f"{sys.executable} -c \"print('p w'); print('second')\""
    assert await PasswordCommand(quoted)() == "p w"
    for command, says in (
        ("/no/such/program", "cannot be run"),
        (f"{sys.executable} -c \"raise SystemExit('s3cret')\"", "no password"),
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
    assert not os.path.exists(checked_passfile(plain))  # noqa: PTH110
    file = tmp_path / ".pgpass"
    file.write_text("*:*:*:*:hunter2\n")
    file.chmod(0o600)
    assert checked_passfile(plain) == str(file)
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        checked_passfile(plain)
    named = server_of(parse_url("postgres://u@localhost/db?passfile=/nowhere", environment=NOTHING))
    with pytest.raises(SettingsError, match="cannot be read"):
        checked_passfile(named)
