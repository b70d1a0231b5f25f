"""`migrate stamp`: recorded and not run, taken out again, and the baseline of what was there before."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tests.tui.migrate.projects import execute, init_sql, versions
from tests.tui.screens.migrations.project import COLOUR, INDEX, INIT, write_project

WHY = ("--reason", "made by hand")


@pytest.fixture
def root(tmp_path: Path, empty_url: str, dialect: str) -> Path:
    """The table of the first file is there, and no row says so."""
    asyncio.run(execute(empty_url, init_sql(dialect).partition('CREATE TABLE "aerich"')[0]))
    return write_project(tmp_path / "project", empty_url)


def rows(url: str) -> list[str]:
    return asyncio.run(versions(url))


def test_the_baseline_is_found_and_stamped(root: Path, empty_url: str, run: Run) -> None:
    here = ("migrate", "stamp", "--project", str(root))
    shown = run(*here, "--baseline", "--dry-run", "--json").document
    assert (shown["baseline"]["proposed"], shown["baseline"]["differences"]) == (INIT, [])
    assert [file["version"] for file in shown["plan"]["files"]] == [INIT]
    ended = run(*here, "--baseline", *WHY, "--yes")
    assert (ended.code, rows(empty_url)) == (0, [INIT])
    assert f"The database is what the files make up to {INIT}." in ended.err
    again = run(*here, "--baseline", *WHY, "--yes")
    assert again.code == 1
    assert "recorded already" in again.err
    assert run("migrate", "apply", "--project", str(root), "--yes").code == 0


def test_a_baseline_that_differs_has_to_be_named(root: Path, empty_url: str, run: Run) -> None:
    asyncio.run(execute(empty_url, "ALTER TABLE item ADD COLUMN odd INT"))
    here = ("migrate", "stamp", "--project", str(root), "--baseline", *WHY, "--yes")
    ended = run(*here)
    assert ended.code == 1
    assert "item.odd: column: files –, database" in ended.err
    assert "Name the file with --to" in ended.err
    named = run(*here, "--to", "0")
    assert (named.code, rows(empty_url)) == (0, [INIT])
    assert "rift in " in named.out


def test_one_up_to_and_undone(root: Path, empty_url: str, run: Run) -> None:
    here = ("migrate", "stamp", "--project", str(root))
    assert run(*here, "--to", "1", *WHY, "--yes", "--json").document["outcome"]["applied"] == [INIT, COLOUR]
    assert run(*here, "2", *WHY, "--yes", "--no-drift").code == 0
    assert rows(empty_url) == [INIT, COLOUR, INDEX]
    states = run("migrate", "status", "--project", str(root), "--json").document["migrations"]
    assert [entry["state"] for entry in states] == ["FAKED"] * 3
    ended = run(*here, "1", "--undo", *WHY, "--yes")
    assert (ended.code, rows(empty_url)) == (0, [INIT, INDEX])
    assert "runs it again" in ended.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "Which one?"),
        (("1",), "Say why"),
        (("1", "--to", "2", *WHY), "Name one NUMBER"),
        (("--undo", "--to", "2", *WHY), "--undo takes the NUMBER"),
    ],
)
def test_what_is_not_said_clearly_is_not_done(root: Path, run: Run, argv: tuple[str, ...], said: str) -> None:
    ended = run("migrate", "stamp", "--project", str(root), *argv, "--yes")
    assert ended.code == 2
    assert said in ended.err


def test_what_is_refused_says_why(root: Path, run: Run) -> None:
    ended = run("migrate", "stamp", "--project", str(root), "0", "--undo", *WHY, "--yes")
    assert (ended.code, ended.out) == (1, f"refused: {INIT} has no row to forget: it is pending.\n")
