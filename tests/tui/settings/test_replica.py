"""The URL of a read replica: where it is named, what it must be, and that its password is kept as the primary's is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.test_profiles import written
from tui.settings import SettingsError, choose, load_settings
from tui.settings.children import environment_of_children

BOTH = """
read_lag = 3

[profiles.a]
url = "postgres://desk@db1.example.org/app"
read_url = "postgres://desk@db2.example.org/app"
password_command = "pass app"

[profiles.b]
url = "postgres://desk@db1.example.org/app"
"""
URL, READ_URL = "postgres://u@localhost/app", "postgres://u:fine@localhost:5433/app"


def test_it_is_named_where_the_database_is(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, BOTH))
    environment = {"SHELLBACK_DATABASE_URL": URL, "SHELLBACK_READ_URL": READ_URL}
    chosen = choose(settings, profile="a", environment=environment)
    assert chosen.read_url is not None
    assert (chosen.read_url.label, chosen.profile.read_lag) == ("desk@db2.example.org:5432/app", 3)
    assert chosen.read_url.password_command == "pass app"
    assert chosen.read_url.server is not None
    assert chosen.read_url.server.sslmode == "verify-full"
    named = choose(settings, environment=environment).read_url
    assert named is not None
    assert (named.label, named.password) == ("u@localhost:5433/app", "fine")
    # A variable that belongs to another database is not taken for this one's.
    assert choose(settings, profile="b", environment=environment).read_url is None
    assert choose(settings, url=URL, environment=environment).read_url is None
    on_the_line = choose(settings, profile="a", read_url="postgres://desk@db3.example.org/app", environment={}).read_url
    assert on_the_line is not None
    assert on_the_line.label == "desk@db3.example.org:5432/app"


@pytest.mark.parametrize(
    ("url", "read_url", "says"),
    [
        ("sqlite:///srv/a.db", READ_URL.replace(":fine", ""), "an SQLite file has no replica"),
        (URL, "sqlite:///srv/a.db", "an SQLite file has no replica"),
        (URL, "postgres://u@localhost/other", "another database or schema"),
        (URL, "postgres://u@localhost/app?schema=x", "another database or schema"),
        (URL, "postgres://u:hunter2@localhost/app", "command line"),
        (URL, "postgres://u@db2.example.org/app?sslmode=require", "verify-full"),
        (URL, "postgres://u@localhost/app?sslmod=disable", "Did you mean sslmode?"),
    ],
)
def test_what_it_cannot_be(url: str, read_url: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        choose(load_settings(tmp_path / "none.toml"), url=url, read_url=read_url, environment={})
    assert says in caught.value.sentence
    assert "hunter2" not in caught.value.sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[profiles.a]\nurl = 'sqlite:///srv/a.db'\nread_url = 'postgres://u@h/db'\n",
            "an SQLite file has no replica.",
        ),
        ("[profiles.a]\nproduction = true\nread_url = 'postgres://u@h/db'\n", "an SQLite file has no"),
        (
            "[profiles.a]\nurl = 'postgres://u@h/db'\nread_url = 'mysql://h'\n",
            "profiles.a.read_url cannot be followed.",
        ),
        ("read_lag = 3601\n\n[profiles.a]\n", "line 1: read_lag is a number of seconds up to 3600."),
        ("read_url = 'postgres://u@h/db'\n\n[profiles.a]\n", "line 1: read_url belongs into a profile."),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(written(tmp_path, text))
    assert says in caught.value.sentence
    assert "line " in caught.value.sentence


def test_its_password_is_kept_as_the_primarys_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[profiles.a]\nurl = 'postgres://u@h/db'\nread_url = 'postgres://u:hunter2@r/db'\n"
    assert "hunter2" not in repr(load_settings(written(tmp_path, text)))
    with pytest.raises(SettingsError, match="chmod 600") as caught:
        load_settings(written(tmp_path, text, 0o640))
    assert "hunter2" not in caught.value.sentence
    monkeypatch.setenv("SHELLBACK_READ_URL", READ_URL)
    assert "SHELLBACK_READ_URL" not in environment_of_children()
