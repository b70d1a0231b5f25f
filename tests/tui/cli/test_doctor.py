"""`doctor`: lines for people, a document for programs, and an exit code."""

from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tui.settings import config_dir, state_dir


def test_all_is_well_without_a_session(run: Run, staffed_url: str) -> None:
    ended = run("doctor")

    assert ended.code == 0, ended.out
    lines = ended.out.splitlines()
    assert lines[0].startswith("ok       connection")
    assert lines[-1].endswith(" 0 failed.")
    assert not any(line.startswith("failed") for line in lines)
    assert any("argon2 and bcrypt verify rightly" in line for line in lines)


def test_the_document(run: Run, staffed_url: str) -> None:
    found = run("doctor", "--json").document["doctor"]

    assert found["state"] in ("ok", "warning")
    assert {"connection", "migrations", "configuration", "passwords"} <= {check["name"] for check in found["checks"]}
    assert all(set(check) == {"name", "state", "sentence", "todo", "sql"} for check in found["checks"])


@pytest.mark.sqlite_only
def test_a_database_that_is_not_there_fails_and_the_rest_is_looked_at(run: Run, tmp_path: Path) -> None:
    ended = run("doctor", "--json", "--url", f"sqlite://{tmp_path}/none.sqlite3")

    assert ended.code == 1
    states = {check["name"]: check["state"] for check in ended.document["doctor"]["checks"]}
    assert states["connection"] == "failed"
    assert states["passwords"] == states["state directory"] == "ok"


@pytest.mark.sqlite_only
def test_a_configuration_that_cannot_be_read_is_a_finding(run: Run) -> None:
    config_dir().mkdir(parents=True, mode=0o700)
    (config_dir() / "config.toml").write_text("read_onyl = true\n")
    ended = run("doctor")

    assert ended.code == 1
    assert "failed   configuration" in ended.out
    assert "read_onyl" in ended.out
    assert "ok       passwords" in ended.out


@pytest.mark.sqlite_only
def test_a_kept_session_that_others_can_read_fails(run: Run, maria: str) -> None:
    (kept,) = (state_dir() / "sessions").glob("*.json")
    kept.chmod(0o644)
    ended = run("doctor")

    assert ended.code == 1
    assert "take the tokens in them as known" in ended.out


@pytest.mark.sqlite_only
def test_what_a_name_holds_does_not_act_on_the_terminal(run: Run, tmp_path: Path) -> None:
    ended = run("doctor", "--url", f"sqlite://{tmp_path}/%1b[31mred.sqlite3")

    assert ended.code == 1
    assert "\x1b" not in ended.out
