"""URLs: what is taken, and what each mistake is told as."""

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.tui.settings.reading import NOTHING, server_of
from tui.settings import SettingsError, parse_url
from tui.settings.tls import context_for


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
        ("mysql://root@localhost/app", "mysql:// is not a database"),
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
        ("postgres://u@h/db?frobnicate=1", "Option 1 of the URL is unknown"),
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


def test_a_password_on_the_command_line_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_url("postgres://u:hunter2@h/db", from_argv=True, environment=NOTHING)
    assert "SHELLBACK_DATABASE_URL" in caught.value.sentence
    assert "hunter2" not in caught.value.sentence
    assert parse_url("postgres://u@h/db", from_argv=True, environment=NOTHING).password is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("postgres://u:hunter2/x@h/db", "%2F"),
        ("postgres://u:5432/hunter2@h/db", "%2F"),
        ("postgres://u:hunter2?x@h/db", "%3F"),
        ("postgres://u:hunter2#x@h/db", "%23"),
        ("postgres://u:hunter2%@h/db", "%25"),
        ("postgres://u:hunter2%zz@h/db", "%25"),
        ("postgres://u:hunter2%ff@h/db", "not UTF-8"),
        ("postgres://u:hunter2%00@h/db", "NUL"),
        ("postgres://u:hunter2 x@h/db", "%20"),
        ("postgres://u:hunter2\nx@h/db", "control character"),
        ("postgres://u:hunter2@[::1/db", "cannot be read"),
        ("postgres://u:hunter2@a:1:2/db", "cannot be read"),
        ("postgres://u:hunter2@a,b/db", "Name one host"),
        ("postgres://u:hunter2@a:5432,b:5433/db", "Name one host"),
        ("postgres://u:hunter2@/db?host=a,b", "Name one host"),
        ("postgres://u:hunter2@a/db?host=b", "says host twice"),
        ("postgres://u:hunter2@a:1/db?port=2", "says port twice"),
        ("postgres://u@a/db?sslpassword=hunter2", "takes no passphrase"),
        ("postgres://u@a/db?hostaddr=10.0.0.1", "by its name"),
        ("postgres://u@a/db?keepalives=0", "its own way"),
        ("postgres://u@a/db?connect_timeout=0", "between 1 and 60"),
        ("postgres://u@a/db?connect_timeout=1e3", "whole number"),
        ("postgres://u@a/db?target_session_attrs=read-wirte", "Did you mean read-write?"),
        ("postgres://u@a/db?pgbouncer=true&schema=crm", "does not go through a pooler"),
        ("postgres://u@a/db?pgbouncer=true&options=-c%20x%3D1", "does not go through a pooler"),
    ],
)
def test_what_would_be_read_as_something_else_is_an_error_that_quotes_no_password(text: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_url(text, environment=NOTHING)
    assert says in caught.value.sentence
    assert "hunter2" not in caught.value.sentence
    assert "\n" not in caught.value.sentence


@pytest.mark.parametrize("sign", [chr(code) for code in range(0x20, 0x7F)] + ["ä", "€", "😀"])
def test_every_sign_goes_round_percent_encoded(sign: str) -> None:
    encoded = quote(f"a{sign}b", safe="")
    parsed = parse_url(f"postgres://{encoded}:{encoded}@h/{encoded}?application_name={encoded}", environment=NOTHING)
    read = server_of(parsed)
    assert {read.user, parsed.password, read.database, read.application_name} == {f"a{sign}b"}


def test_a_socket_keeps_its_letters_and_a_name_has_one_form() -> None:
    for text, host, port, place in (
        ("postgres://u@[::1]:6432/db", "::1", 6432, "[::1]:6432"),
        ("postgres://u@[fe80::1%25eth0]/db?sslmode=verify-full", "fe80::1%eth0", 5432, "[fe80::1%eth0]:5432"),
        ("postgres://u@%2Ftmp%2FMyPg:6000/db", "/tmp/MyPg", 6000, "/tmp/MyPg"),
        ("postgres://u@DB1.Example.org/db", "db1.example.org", 5432, "db1.example.org:5432"),
        ("postgres:///db?host=/run/PG&user=a+b", "/run/PG", 5432, "/run/PG"),
    ):
        read = server_of(parse_url(text, environment=NOTHING))
        assert (read.host, read.port, read.place) == (host, port, place)
    # Two servers with sockets in one directory are two databases.
    sockets = [parse_url(f"postgres://u@/db?host=/tmp/pg&port={port}", environment=NOTHING) for port in (5432, 5433)]
    assert sockets[0].identity != sockets[1].identity
