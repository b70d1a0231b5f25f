"""What commands print and write while every text in the database is hostile: for a terminal nothing that acts, for a
program every character."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Peopled
from tests.hostile.columns import text_columns
from tests.hostile.rows import USER
from tests.hostile.surroundings import ACTS, moved, surroundings, toml
from tests.hostile.values import hostile as hostile_value
from tests.hostile.values import mark
from tests.hostile.wire import in_text
from tui.sanitise import sanitise

Name = tuple[str, str]
READING = {
    ("users", "list", f"id:{USER}"): [("users", "username"), ("roles", "name")],
    ("users", "show", f"{USER}"): [("users", "full_name"), ("user_sessions", "user_agent"), ("audit_events", "action")],
    ("users", "why", f"{USER}"): [("user_auth_state", "lock_cause"), ("login_attempts", "outcome")],
    ("users", "mfa", "list", f"{USER}"): [("mfa_factors", "kind"), ("mfa_factors", "label")],
    ("roles", "list"): [("roles", "name"), ("role_permissions", "codename")],
    ("views", "list"): [("saved_views", "name"), ("saved_views", "query")],
    ("audit", "list"): [("audit_events", "actor_label"), ("audit_events", "target_label")],
    ("audit", "verify"): [("audit_archives", "file_name")],
}
"""Commands that only read, and columns that each of them shows."""


def _run(people: Peopled, tmp_path: Path, *argv: str) -> tuple[str, str]:
    return _run_in({"SHELLBACK_STATE_DIR": str(tmp_path / "state"), **people.signed_in}, *argv)


def _run_in(environment: Mapping[str, str], *argv: str) -> tuple[str, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "tui", *argv],
        env={"PATH": "/usr/bin", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode in {0, 1, 2}, ended.stderr
    out, error = ended.stdout.decode(), ended.stderr.decode()
    assert "made a mistake" not in error, error
    assert in_text(out) == in_text(error) == []
    return out, error


def _mark(name: Name) -> str:
    return mark(text_columns()[name].number)


@pytest.mark.parametrize("argv", READING, ids=" ".join)
def test_nothing_that_is_printed_acts(argv: tuple[str, ...], hostile: Peopled, tmp_path: Path) -> None:
    printed = "".join(_run(hostile, tmp_path, *argv))
    assert [name for name in READING[argv] if _mark(name) not in printed] == []


def test_no_surroundings_act(hostile: Peopled, tmp_path: Path, dialect: str, request: pytest.FixtureRequest) -> None:
    """What is told of the environment, of the settings and of the database's own name; what an error quotes of them."""
    server = None if dialect == "sqlite" else request.getfixturevalue("postgres_server")
    with moved(hostile, server) as place:
        environment = surroundings(hostile, place, tmp_path)
        printed = "".join(_run_in(environment, "doctor"))
        assert "d00D" in printed
        assert f"home{sanitise(ACTS)}" in printed
        quoted = "".join(_run_in(environment, "--profile", f"p01P{ACTS}", "users", "list"))
        assert {"p00P", "p01P"} == set(re.findall(r"p0\dP", quoted))
        Path(environment["SHELLBACK_CONFIG_DIR"], "config.toml").write_text(f"{toml(f'k00K{ACTS}')} = 1\n")
        assert "k00K" in "".join(_run_in(environment, "users", "list"))
        Path(environment["SHELLBACK_CONFIG_DIR"], "config.toml").write_text(f"k00K{ACTS}")
        assert "config.toml" in "".join(_run_in(environment, "users", "list"))


def test_a_document_has_every_character(hostile: Peopled, tmp_path: Path, dialect: str) -> None:
    out, _ = _run(hostile, tmp_path, "users", "list", f"id:{USER}", "--json")
    [user] = json.loads(out)["users"]
    for name in ("username", "email", "full_name"):
        assert user[name] == _stored(("users", name), dialect)


def test_an_export_for_people_shows_everything_and_one_for_programs_has_it(
    hostile: Peopled, tmp_path: Path, dialect: str
) -> None:
    rows = {}
    for ending in ("csv", "jsonl"):
        path = tmp_path / f"users.{ending}"
        _run(
            hostile, tmp_path, "users", "export", "--ids", f"{USER}", "--columns", "id,full_name", "--output", str(path)
        )
        [rows[ending]] = _rows(path)
    stored = _stored(("users", "full_name"), dialect)
    assert rows["jsonl"]["full_name"] == stored
    assert rows["csv"]["full_name"] == sanitise(stored)
    assert in_text((tmp_path / "users.csv").read_text(encoding="utf-8-sig")) == []


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix == ".csv":
            return list(csv.DictReader(file))
        return [json.loads(line) for line in file]


def _stored(name: Name, dialect: str) -> str:
    column = text_columns()[name]
    value = hostile_value(column.number, column.length, sqlite=dialect == "sqlite")
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
