"""What the list says when it is not the whole truth: a database ahead of the code, a state not seen, bad projects."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.tui.migrate.projects import execute, init_sql, make_project, migration, query
from tests.tui.screens.migrations.project import write_project
from tests.tui.screens.migrations.test_list import opened, until_asked, until_listed, until_over
from tests.tui.screens.user.writing import until_said
from tests.tui.waiting import screen_text, until_shown
from tui.database import Database
from tui.screens.migrations.screen import MigrationsScreen

LATER = "1_later.py"


def git(directory: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=directory, check=True, capture_output=True)


@pytest.fixture
async def ahead(tmp_path: Path, empty_url: str, dialect: str) -> Path:
    """On main, without the file that `feature/later` has and that is applied."""
    project = make_project(tmp_path / "shop", empty_url, {"0_init.py": migration(init_sql(dialect))})
    git(project.root, "init", "-q")
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "one")
    git(project.root, "checkout", "-q", "-b", "feature/later")
    (project.folder / LATER).write_text(migration("SELECT 1", "SELECT 2"))
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "two")
    git(project.root, "checkout", "-q", "main")
    await execute(empty_url, init_sql(dialect))
    for version in ("0_init.py", LATER):
        await execute(empty_url, f"INSERT INTO aerich (version, app, content) VALUES ('{version}', 'models', '{{}}')")
    return project.root


async def test_the_branch_that_has_the_missing_file_is_named(ahead: Path) -> None:
    async with opened(ahead) as pilot:
        await until_listed(pilot, "ahead of this code: it has 1_later.py")
        await until_shown(pilot, "feature/later holds it.")
        shown = screen_text(pilot)
        assert "Applying and making are off" in " ".join(shown.split())
        for key, said in (
            ("A", "ahead of this code"),
            ("a", "ahead of this code"),
            ("m", "ahead of this code"),
            ("r", "cannot be taken back"),
        ):
            await pilot.press("g", key)
            await until_said(pilot, said)
            assert isinstance(pilot.app.screen, MigrationsScreen)
        # The row says it as well, where the cursor is.
        await pilot.press("G")
        await until_shown(pilot, "feature/later holds it")


@pytest.mark.postgres_only
async def test_a_state_that_is_not_seen_is_no_list_of_pending_files(tmp_path: Path, empty_url: str) -> None:
    root = write_project(tmp_path / "project", empty_url)
    await execute(empty_url, f"{init_sql('postgres')} CREATE SCHEMA hidden; ALTER TABLE aerich SET SCHEMA hidden")
    async with opened(root) as pilot:
        await until_listed(pilot, "in the schema hidden")
        await until_said(pilot, "which migrations are applied is not known")
        await until_shown(pilot, "○ unknown")
        for key in ("a", "A", "u", "r"):
            await pilot.press(key)
            await until_said(pilot, "Which migrations the database has is not known")
            assert isinstance(pilot.app.screen, MigrationsScreen)


async def test_a_syntax_error_shows_its_line(tmp_path: Path, empty_url: str) -> None:
    bad = migration("SELECT 1").replace("return", "retrun", 1)
    root = write_project(tmp_path / "project", empty_url, {"3_bad.py": bad})
    async with opened(root, size=(120, 40)) as pilot:
        await until_listed(pilot, "UNREADABLE 3_bad.py")
        await pilot.press("G")
        await until_shown(pilot, "line 7: This is not Python")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("toml", "toml:2: this is not valid TOML"),
        ("none", "has no [tool.aerich]"),
        ("writable", "Every user of this machine may write to"),
        ("gone", "There is no directory"),
    ],
)
async def test_a_project_that_cannot_be_listed_says_why(tmp_path: Path, empty_url: str, damage: str, said: str) -> None:
    root = write_project(tmp_path / "project", empty_url)
    if damage == "toml":
        (root / "pyproject.toml").write_text("[tool.aerich]\nlocation = = 3\n")
    elif damage == "none":
        (root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    elif damage == "writable":
        root.chmod(0o777)
    else:
        root = root / "elsewhere"
    async with opened(root) as pilot:
        await until_said(pilot, said)
        await until_shown(pilot, "ctrl+r tries again")


async def test_an_import_error_points_into_the_project(tmp_path: Path, empty_url: str) -> None:
    root = write_project(tmp_path / "project", empty_url)
    (root / "settings.py").write_text("import os\n\nimport no_such_module\n")
    async with opened(root) as pilot:
        await until_said(pilot, "No module named 'no_such_module'")
        await until_said(pilot, "settings.py:3")


async def test_a_server_that_is_not_there_is_a_sentence(tmp_path: Path, empty_url: str) -> None:
    root = write_project(tmp_path / "project", empty_url)
    credentials = {"host": "127.0.0.1", "port": 1, "user": "x", "password": "s3cr3t-word", "database": "app"}
    connection = {"engine": "tortoise.backends.asyncpg", "credentials": credentials}
    apps = {"models": {"models": ["shop", "aerich.models"], "default_connection": "default"}}
    (root / "settings.py").write_text(f"TORTOISE_ORM = { ({'connections': {'default': connection}, 'apps': apps})!r}\n")
    async with opened(root) as pilot:
        await until_said(pilot, "No PostgreSQL server answers at 127.0.0.1:1")
        assert "s3cr3t-word" not in screen_text(pilot)


async def test_our_own_open_database_is_left_alone(tmp_path: Path, database: Database) -> None:
    """A project is applied and reverted beside it: ours has the same rows, and its connection still answers."""
    path = tmp_path / "theirs.sqlite3"
    path.touch(mode=0o600)
    url = f"sqlite://{path}"
    files = {"0_init.py": migration(init_sql("sqlite")), "1_a.py": migration("CREATE TABLE a (id INT)", "DROP TABLE a")}
    root = make_project(tmp_path / "theirs", url, files).root
    ours = "SELECT version FROM aerich ORDER BY id"
    before = await database.connection.execute_query_dict(ours)
    async with opened(root, database=database) as pilot:
        await until_listed(pilot, "2 pending")
        await pilot.press("A")
        await until_asked(pilot)
        await pilot.press("y")
        await until_over(pilot)
        await pilot.press("escape")
        await until_listed(pilot, "2 applied")
        assert await database.connection.execute_query_dict(ours) == before
    assert await query(url, ours) == [("0_init.py",), ("1_a.py",)]
    assert await database.connection.execute_query_dict(ours) == before
