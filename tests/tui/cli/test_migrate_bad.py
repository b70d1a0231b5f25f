"""Bad projects at a prompt: one sentence with the way on, the right exit code, and nothing written anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tests.tui.migrate.projects import init_sql, make_project, migration

SERVER = (
    "TORTOISE_ORM = {'connections': {'default': {'engine': 'tortoise.backends.asyncpg', 'credentials': {'host': "
    "'127.0.0.1', 'port': 1, 'user': 'x', 'password': 's3cr3t-word', 'database': 'app'}}}, 'apps': {'models': "
    "{'models': ['shop', 'aerich.models'], 'default_connection': 'default'}}}\n"
)


@pytest.fixture
def root(tmp_path: Path, empty_url: str, dialect: str) -> Path:
    return make_project(tmp_path / "shop", empty_url, {"0_init.py": migration(init_sql(dialect))}).root


VERBS = (("status",), ("plan",), ("apply", "--yes"), ("revert", "--last", "--yes"), ("drift",), ("check",))


@pytest.mark.parametrize(
    ("name", "text", "code", "said"),
    [
        ("pyproject.toml", None, 1, "has no pyproject.toml, where aerich init writes [tool.aerich]."),
        ("pyproject.toml", "[project]\nname = 'x'\n", 1, "has no [tool.aerich]"),
        ("pyproject.toml", "[tool.aerich]\n\nlocation = = 3\n", 1, "pyproject.toml:3: this is not valid TOML"),
        ("settings.py", "import os\n\nimport no_such_module\n", 1, "No module named 'no_such_module' (settings.py:3)"),
        ("settings.py", SERVER, 5, "No PostgreSQL server answers at 127.0.0.1:1. Is it running?"),
    ],
)
def test_what_is_wrong_with_the_project(
    root: Path, run: Run, name: str, text: str | None, code: int, said: str
) -> None:
    (root / name).unlink() if text is None else (root / name).write_text(text)
    for words in VERBS:
        ended = run("migrate", words[0], "--project", str(root), *words[1:])
        assert (ended.code, said in ended.err) == (code, True), (words, ended)
        assert "Traceback" not in ended.err
        assert "s3cr3t-word" not in ended.err + ended.out
    told = run("migrate", "status", "--project", str(root), "--json").document["error"]
    assert said in told["sentence"]
    assert told["exit"] == code


def test_a_directory_that_others_can_write(root: Path, run: Run) -> None:
    (root / "migrations").chmod(0o777)
    for words in VERBS:
        ended = run("migrate", words[0], "--project", str(root), *words[1:])
        assert ended.code == 1, words
        assert f"Every user of this machine may write to {root / 'migrations'}" in ended.err
        assert "chmod go-w" in ended.err


def test_a_migration_that_is_not_python_names_its_line(root: Path, run: Run) -> None:
    path = root / "migrations" / "models" / "1_bad.py"
    path.write_text(migration("SELECT 1").replace("return", "retrun", 1))
    ended = run("migrate", "status", "--project", str(root))
    assert ended.code == 4
    assert "1_bad.py" in ended.err
    applied = run("migrate", "apply", "--project", str(root), "--yes")
    assert applied.code == 4
    assert "1_bad.py cannot be read" in applied.err + applied.out
    assert run("migrate", "status", "--project", str(root), "--json").document["migrations"][1]["line"] == 7


def test_an_app_that_is_none(root: Path, run: Run) -> None:
    ended = run("migrate", "status", "--project", str(root), "--app", "zoo")
    assert ended.code == 1
    assert "has no migrations of an app 'zoo'; it has models." in ended.err


@pytest.mark.postgres_only
def test_a_state_that_is_not_seen_ends_with_5(root: Path, empty_url: str, run: Run) -> None:
    import asyncio

    from tests.tui.migrate.projects import execute

    assert run("migrate", "apply", "--project", str(root), "--yes").code == 0
    asyncio.run(execute(empty_url, "CREATE SCHEMA hidden; ALTER TABLE aerich SET SCHEMA hidden"))
    for words in VERBS:
        ended = run("migrate", words[0], "--project", str(root), *words[1:])
        assert ended.code == 5, (words, ended)
        assert "which migrations are applied is not known" in ended.err
