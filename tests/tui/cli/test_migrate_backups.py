"""`migrate backups`: the list, and a copy put back from a prompt."""

import sqlite3
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tests.tui.migrate.projects import init_sql, make_project, migration
from tui.settings import parse_url


@pytest.fixture
def shop(tmp_path: Path, empty_url: str) -> str:
    """A project with two files that are applied, one after the other."""
    files = {
        "0_init.py": migration(init_sql(parse_url(empty_url).dialect)),
        "1_rows.py": migration("INSERT INTO item (name) VALUES ('one')"),
    }
    return str(make_project(tmp_path / "shop", empty_url, files).root)


def names(url: str) -> list[tuple[str]]:
    path = parse_url(url).path
    assert path is not None
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT name FROM item").fetchall()
    finally:
        connection.close()


@pytest.mark.sqlite_only
def test_a_backup_is_listed_and_put_back(shop: str, empty_url: str, run: Run) -> None:
    assert run("migrate", "apply", "--project", shop, "--next", "--yes").code == 0
    assert run("migrate", "backups", "--project", shop, "--json").document["backups"] == []
    assert run("migrate", "apply", "--project", shop, "--yes").code == 0
    (backup,) = run("migrate", "backups", "--project", shop, "--json").document["backups"]
    assert backup["applied"] == ["0_init.py"]
    argv = ("migrate", "backups", "--project", shop, "--restore", backup["name"])
    assert run(*argv).code == 2
    assert "is copied first" in run(*argv, "--dry-run").out
    assert names(empty_url) == [("one",)]
    ended = run(*argv, "--yes")
    assert ended.code == 0
    assert names(empty_url) == []
    newest, older = run("migrate", "backups", "--project", shop, "--json").document["backups"]
    assert newest["applied"] == ["0_init.py", "1_rows.py"]
    assert older == backup
    assert run("migrate", "backups", "--project", shop, "--restore", "latest", "--yes").code == 0
    assert names(empty_url) == [("one",)]
    assert "There is no backup nothing" in run(*argv[:-1], "nothing", "--yes").err


@pytest.mark.postgres_only
def test_postgres_is_left_to_its_own_tools(shop: str, run: Run) -> None:
    ended = run("migrate", "backups", "--project", shop)
    assert ended.code == 1
    assert "for PostgreSQL" in ended.err
