"""What cannot be opened: one sentence, the right exit code, no traceback, and nothing made by mistake."""

import os
import sqlite3
from pathlib import Path

import pytest

from tests.ended import Ended
from tests.postgres import PostgresServer
from tests.tui.cli.conftest import Run
from tui.cli import tokens
from tui.cli.arguments import build_parser
from tui.cli.place import locate


def _signed_in_to(url: str) -> None:
    """A session that was kept for this URL, so that the database is what is looked at."""
    place = locate(build_parser().parse_args(["--url", url]))
    tokens.keep(place.state, place.identity, "a-token", "maria")


def _one_sentence(ended: Ended, code: int) -> None:
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith("shellback: ")
    assert len(ended.err.splitlines()) == 1
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "looks like"),
        ("mysql://u@h/d", "sqlite:// or postgres://"),
        ("sqlite://", "names no SQLite file"),
        ("sqlite:///tmp/x?mode=rwc", "no options"),
        ("postgres://u@h:port/d", "port"),
        ("postgres://u@h/d?sslmod=require", "sslmode"),
        ("postgres://u:hunter2@h/d", "command line"),
        ("postgres://u@h/d?password=hunter2", "pgpass"),
        ("", "profile"),
    ],
)
def test_a_wrong_url(url: str, said: str, run: Run) -> None:
    ended = run("users", "list", "--profile", "nonsense") if not url else run("users", "list", "--url", url)
    _one_sentence(ended, 2)
    assert said in ended.err
    assert "hunter2" not in ended.err


def test_a_mistyped_path_makes_nothing(run: Run, tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/mistyped.sqlite3"
    _signed_in_to(url)
    for argv in (("users", "list"), ("init", "--yes"), ("migrate", "status"), ("logout",)):
        ended = run(*argv, "--url", url)
        _one_sentence(ended, 5)
        assert "There is no database at" in ended.err
    assert not (tmp_path / "mistyped.sqlite3").exists()


def test_a_directory(run: Run, tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}"
    _signed_in_to(url)
    ended = run("users", "list", "--url", url)
    _one_sentence(ended, 5)
    assert "is a directory" in ended.err


@pytest.mark.parametrize(
    "content", [b"hello, this is a text and no database\n" * 40, b"SQLite format 3\x00" + b"x" * 5000]
)
def test_a_file_that_is_no_database(content: bytes, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(content)
    path.chmod(0o600)
    url = f"sqlite://{path}"
    _signed_in_to(url)
    ended = run("users", "list", "--url", url)
    _one_sentence(ended, 5)
    assert path.read_bytes() == content


def test_a_database_of_another_application(empty_url: str, run: Run, dialect: str) -> None:
    if dialect == "sqlite":
        with sqlite3.connect(empty_url.removeprefix("sqlite://")) as connection:
            connection.execute("CREATE TABLE invoices (id INTEGER PRIMARY KEY)")
        connection.close()
    else:
        _on_postgres(empty_url, "CREATE TABLE invoices (id int PRIMARY KEY)")
    _signed_in_to(empty_url)
    ended = run("users", "list", "--url", empty_url)
    _one_sentence(ended, 5)
    assert "another application" in ended.err


def test_an_empty_database_says_how_to_begin(empty_url: str, run: Run) -> None:
    _signed_in_to(empty_url)
    ended = run("users", "list", "--url", empty_url)
    _one_sentence(ended, 5)
    assert "shellback init" in ended.err


def test_a_database_ahead_of_the_code(maria: str, run: Run, dialect: str) -> None:
    insert_row(maria, dialect, "99_20990101000000_later.py")
    ended = run("users", "list")
    _one_sentence(ended, 5)
    assert "newer than this Shellback" in ended.err
    assert "99_20990101000000_later.py" in ended.err


@pytest.mark.sqlite_only
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write every file")
def test_a_read_only_file_is_read(maria: str, run: Run) -> None:
    Path(maria.removeprefix("sqlite://")).chmod(0o400)
    assert run("users", "list").code == 0
    ended = run("users", "deactivate", "alice", "--yes")
    assert ended.code == 3
    assert "read-only" in ended.err


def test_no_server(run: Run, tmp_path: Path) -> None:
    url = f"postgres://nobody@/nothing?host={tmp_path}&port=5999"
    _signed_in_to(url)
    ended = run("users", "list", "--url", url, "--json")
    assert ended.code == 5
    assert ended.document["error"]["kind"] == "unavailable"
    _one_sentence(Ended(ended.code, "", ended.err), 5)


@pytest.mark.postgres_only
def test_a_database_that_is_not_there(postgres_server: PostgresServer, run: Run) -> None:
    url = postgres_server.url("no_such_database")
    _signed_in_to(url)
    _one_sentence(run("users", "list", "--url", url), 5)


def test_a_configuration_that_is_wrong_names_its_line(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "config.toml").write_text("[profiles.a]\nread_onyl = true\n")
    ended = run("users", "list")
    _one_sentence(ended, 2)
    assert "line 2" in ended.err


def insert_row(url: str, dialect: str, version: str) -> None:
    """A row of Aerich's table, as a newer program would have left it."""
    row = f"INSERT INTO aerich (version, app, content) VALUES ('{version}', 'models', '{{}}')"
    if dialect == "sqlite":
        with sqlite3.connect(url.removeprefix("sqlite://")) as connection:
            connection.execute(row)
        connection.close()
    else:
        _on_postgres(url, row)


def _on_postgres(url: str, sql: str) -> None:
    from urllib.parse import parse_qs, urlsplit

    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    port = int(parse_qs(parts.query).get("port", [parts.port or 5432])[0])
    PostgresServer(host, port, parts.username or "").execute(sql, parts.path.removeprefix("/"))
