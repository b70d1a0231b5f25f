"""The configuration file: what is taken, what each mistake is told as, and which database is chosen."""

from pathlib import Path

import pytest

from tui.settings import SettingsError, choose, default_database, load_settings

NOTHING: dict[str, str] = {}

PROFILES = """
default_profile = "staging"
theme = "nord"

[keys]
"list.search" = "ctrl+f"

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
    assert production.keys == {"list.search": "ctrl+f", "users.reset": "f5"}
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
        ('[profiles.a]\naudit_anchors = "a\\u0000"\n', 2, "profiles.a.audit_anchors holds a NUL character."),
        ("idle_lock = true\n", 1, "idle_lock must be a whole number."),
        ("idle_lock = -1\n", 1, "idle_lock is a number of seconds"),
        ("[profiles.a]\ncolor = 'rde'\n", 2, "profiles.a.color is one of red"),
        ("[profiles.a]\nurl = 'mysql://x'\n", 2, "profiles.a.url cannot be followed."),
        ("[profiles.a]\nurl = 'postgres://h/db?sslmod=x'\n", 2, "Did you mean sslmode?"),
        ("[keys]\n'users.edit' = 5\n", 2, "keys.users.edit must be a key in quotes"),
        ("[keys]\n'users.edti' = 'E'\n", 2, "keys.users.edti is not a setting. Did you mean users.edit?"),
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
