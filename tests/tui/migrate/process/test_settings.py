"""The settings that a look reads without Tortoise are those that Tortoise's own clients would have."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tui.migrate.process.settings import PostgresSettings, SqliteSettings, read_settings

AERICH = {"models": ["app.models", "aerich.models"], "default_connection": "default"}

PLAIN: dict[str, Any] = {
    "a URL of a file": "sqlite:///var/lib/app/db.sqlite3?journal_mode=DELETE",
    "a file": {"engine": "tortoise.backends.sqlite", "credentials": {"file_path": "db.sqlite3", "foreign_keys": "OFF"}},
    "a URL": "postgres://ada:p%40ss@db1.internal:6432/app?schema=shop&statement_cache_size=0&ssl=true&maxsize=3",
    "a URL of asyncpg": "asyncpg://ada@/app?host=/run/postgresql&port=5433&application_name=web",
    "a URL with brackets": "postgres://a[d]a:p[1]@[::1]/app",
    "credentials": {
        "engine": "tortoise.backends.asyncpg",
        "credentials": {
            "host": "db1",
            "port": "5433",
            "user": "ada",
            "password": "secret",
            "database": "app",
            "schema": "shop",
            "server_settings": {"jit": "off"},
            "command_timeout": 5,
            "minsize": 2,
        },
    },
}

TORTOISE = """
import json, sys
from tortoise.backends.asyncpg import client_class as postgres
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.backends.sqlite import client_class as sqlite

given = json.loads(sys.argv[1])
given = expand_db_url(given) if isinstance(given, str) else given
kind = sqlite if given["engine"].endswith("sqlite") else postgres
client = kind(**given["credentials"], connection_name="default")
if kind is sqlite:
    print(json.dumps([client.filename]))
else:
    names = ("user", "password", "database", "host", "port", "schema", "server_settings")
    known = ("ssl", "statement_cache_size", "command_timeout", "timeout")
    extra = {name: value for name, value in client.extra.items() if name in known}
    print(json.dumps([*(getattr(client, name) for name in names), extra]))
"""


def write(root: Path, config: object, *, before: str = "") -> dict[str, Any]:
    """A project's configuration; returns the order of a look at it."""
    name = f"settings_{root.name}"
    (root / f"{name}.py").write_text(f"{before}\nTORTOISE_ORM = {config!r}\n")
    return {"tortoise_orm": f"{name}.TORTOISE_ORM", "src": str(root), "app": None}


@pytest.fixture
def root(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory whose name is that of no other test's, since modules stay imported."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    folder = tmp_path / f"p{abs(hash(request.node.name))}"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("given", PLAIN.values(), ids=PLAIN)
def test_they_are_tortoises(root: Path, given: Any) -> None:
    place = read_settings(write(root, {"connections": {"default": given}, "apps": {"models": AERICH}}))
    assert place is not None
    assert place.app == "models"
    assert place.connection == place.rows
    done = subprocess.run(
        [sys.executable, "-c", TORTOISE, json.dumps(given)], capture_output=True, text=True, check=True
    )
    theirs = json.loads(done.stdout)
    ours = place.connection
    if isinstance(ours, SqliteSettings):
        assert [ours.filename] == theirs
        return
    known = ("ssl", "statement_cache_size", "command_timeout", "timeout")
    extra = {name: value for name, value in ours.extra.items() if name in known}
    values = [ours.user, ours.password, ours.database, ours.host, ours.port, ours.schema, dict(ours.server_settings)]
    assert [*values, extra] == theirs


def test_aerichs_table_may_be_in_another_database(root: Path) -> None:
    config = {
        "connections": {"default": "sqlite://a.sqlite3", "second": "postgres://ada@db1/app"},
        "apps": {"one": {**AERICH}, "two": {"models": ["two.models"], "default_connection": "second"}},
    }
    place = read_settings({**write(root, config), "app": "two"})
    assert place is not None
    assert isinstance(place.connection, PostgresSettings)
    assert place.rows == SqliteSettings("default", "a.sqlite3")


UNUSUAL: dict[str, Any] = {
    "no app": {"connections": {}, "apps": {}},
    "no connection of that name": {"connections": {}, "apps": {"models": AERICH}},
    "another driver": {"connections": {"default": "psycopg://ada@db1/app"}, "apps": {"models": AERICH}},
    "another scheme": {"connections": {"default": "nosuch://db1"}, "apps": {"models": AERICH}},
    "no model of Aerich": {
        "connections": {"default": "sqlite://a.sqlite3"},
        "apps": {"a": {"models": ["a"]}, "b": {"models": ["b"]}},
    },
    "its model twice": {"connections": {"default": "sqlite://a.sqlite3"}, "apps": {"a": AERICH, "b": AERICH}},
}


@pytest.mark.parametrize("config", UNUSUAL.values(), ids=UNUSUAL)
def test_what_is_not_plain_is_left_to_tortoise(root: Path, config: object) -> None:
    assert read_settings(write(root, config)) is None


@pytest.mark.parametrize("before", ["raise ValueError('no')", "import sys; sys.exit(3)", "this is not Python"])
def test_an_error_in_it_is_left_to_tortoise(root: Path, before: str) -> None:
    assert read_settings(write(root, {}, before=before)) is None


def test_tortoise_is_whole_afterwards(root: Path) -> None:
    """Its module for URLs was imported without the package: whoever imports that later gets all of it."""
    order = write(root, {"connections": {"default": "sqlite://a.sqlite3"}, "apps": {"models": AERICH}})
    program = (
        "import json, sys\nfrom tui.migrate.process.settings import read_settings\n"
        "assert read_settings(json.loads(sys.argv[1])) is not None\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] in ('tortoise', 'aerich')]\n"
        "from tortoise import Tortoise, fields\nfrom tortoise.models import Model\n"
    )
    subprocess.run([sys.executable, "-c", program, json.dumps(order)], check=True)
