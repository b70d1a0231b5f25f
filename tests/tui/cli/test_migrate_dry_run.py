"""`migrate apply --dry-run`: measured, printed, and nothing left. Its exit codes are an interface."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tests.tui.migrate.dry_catalogue import catalogue_hash
from tests.tui.migrate.projects import migration
from tests.tui.screens.migrations.project import BROKEN, FAILING, INDEX, write_project


@pytest.fixture
def root(tmp_path: Path, empty_url: str) -> Path:
    return write_project(tmp_path / "project", empty_url)


def test_what_is_measured_is_printed(root: Path, empty_url: str, run: Run) -> None:
    before = asyncio.run(catalogue_hash(empty_url))
    ended = run("migrate", "apply", "--project", str(root), "--dry-run")
    assert ended.code == 2
    assert ended.out.startswith(run("migrate", "plan", "--project", str(root)).out)
    assert "0, 1 and 2 run through in " in ended.out
    assert 'CREATE INDEX "item_name" ON "item" ("name")' in ended.out
    told = run("migrate", "apply", "--project", str(root), "--to", "1", "--dry-run", "--json").document["dry_run"]
    assert told["status"] == "measured"
    assert [file["version"][0] for file in told["files"]] == ["0", "1"]
    assert told["files"][1]["statements"][0]["ms"] > 0
    assert asyncio.run(catalogue_hash(empty_url)) == before


def test_what_would_fail_fails(tmp_path: Path, empty_url: str, run: Run) -> None:
    root = write_project(tmp_path / "project", empty_url, {BROKEN: FAILING})
    ended = run("migrate", "apply", "--project", str(root), "--dry-run", "--json")
    told = ended.document["dry_run"]
    assert (ended.code, told["status"], told["stopped"]) == (1, "failed", BROKEN)
    assert told["place"].endswith(f"{BROKEN}:10")
    assert [file["version"] for file in told["files"]][-2:] == [INDEX, BROKEN]


def test_files_without_a_transaction_are_named(tmp_path: Path, empty_url: str, run: Run) -> None:
    root = write_project(tmp_path / "project", empty_url, {"3_loose.py": migration("SELECT 1", transaction=False)})
    ended = run("migrate", "apply", "--project", str(root), "--dry-run")
    assert ended.code == 1
    assert "3_loose.py does not run in a transaction" in ended.out


def test_python_has_to_be_agreed_to(tmp_path: Path, empty_url: str, run: Run) -> None:
    marker = tmp_path / "ran"
    text = migration("SELECT 1", before=f"open({str(marker)!r}, 'w').close()")
    root = write_project(tmp_path / "project", empty_url, {"3_python.py": text})
    ended = run("migrate", "apply", "--project", str(root), "--dry-run")
    assert ended.code == 2
    assert "3_python.py runs Python" in ended.err
    assert not marker.exists()
    assert run("migrate", "apply", "--project", str(root), "--dry-run", "--yes").code == 2
    assert marker.exists()


def test_when_all_is_applied_there_is_nothing_to_try(root: Path, run: Run) -> None:
    assert run("migrate", "apply", "--project", str(root), "--yes").code == 0
    ended = run("migrate", "apply", "--project", str(root), "--dry-run")
    assert (ended.code, ended.out) == (0, "Nothing is pending.\n")
