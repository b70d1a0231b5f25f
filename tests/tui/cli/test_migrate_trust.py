"""What others wrote executes nothing: a poisoned row through every verb, a hostile project before it is agreed to, and
no project touches another one's database. Beside each, what plain Aerich does."""

from __future__ import annotations

import base64
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tests.tui.migrate.plain_aerich import aerich
from tests.tui.migrate.projects import configuration, init_sql, make_project, migration
from tui.migrate.source.project import Project, load_project

SHADOW = Path(__file__).parents[2] / "projects" / "shadow"
A = migration('ALTER TABLE "item" ADD COLUMN "colour" INT', 'ALTER TABLE "item" DROP COLUMN "colour";')

EVERY_VERB = (
    ("status",),
    ("plan",),
    ("sql",),
    ("lint",),
    ("apply", "--dry-run"),
    ("apply", "--yes"),
    ("history",),
    ("check",),
    ("drift",),
    ("make", "--no-renames"),
    ("stamp", "1", "--undo", "--reason", "a test", "--yes"),
    ("stamp", "1", "--reason", "a test", "--yes"),
    ("revert", "--last", "--dry-run"),
    ("revert", "--last", "--yes"),
    ("recover",),
    ("backups",),
)


class Bomb:
    """Unpickled, it makes a folder."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (str(self.marker),)


def poisoned(marker: Path) -> str:
    """What Aerich would unpickle where it stands in `aerich.content`."""
    value = base64.b64encode(pickle.dumps(Bomb(marker))).decode()
    return json.dumps({"models.Item": {"indexes": [{"type": "index", "val": value}]}})


def execute(url: str, sql: str) -> None:
    """A script from outside of any loop."""
    import asyncio

    from tests.tui.migrate.projects import execute as go

    asyncio.run(go(url, sql))


@pytest.fixture
def project(tmp_path: Path, empty_url: str, dialect: str) -> Project:
    """One file applied, one pending."""
    files = {"0_init.py": migration(init_sql(dialect)), "1_colour.py": A}
    made = make_project(tmp_path / "shop", empty_url, files)
    execute(empty_url, init_sql(dialect))
    execute(empty_url, "INSERT INTO aerich (version, app, content) VALUES ('0_init.py', 'models', '{}')")
    return made


def test_a_poisoned_row_executes_nothing_by_any_verb(
    project: Project, empty_url: str, run: Run, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    execute(empty_url, f"UPDATE aerich SET content = '{poisoned(marker)}'")
    for words in EVERY_VERB:
        ended = run("migrate", words[0], "--project", str(project.root), *words[1:])
        assert not marker.exists(), words
        assert "Traceback" not in ended.err + ended.out
        assert "Try: shellback --help" not in ended.err
        assert ended.code in (0, 1, 2, 3, 4), (words, ended.err)
    # Plain Aerich runs it as soon as it looks.
    aerich(project, "heads")
    assert marker.exists()


@pytest.mark.parametrize("content", ["not json", "[]", "null", '{"type": "index", "val": 3}'])
def test_a_damaged_row_stops_nobody(project: Project, empty_url: str, run: Run, dialect: str, content: str) -> None:
    if dialect == "postgres" and content == "not json":
        pytest.skip("a JSONB column does not take it")
    execute(empty_url, f"UPDATE aerich SET content = '{content}'")
    assert run("migrate", "status", "--project", str(project.root)).code == 2
    assert run("migrate", "apply", "--project", str(project.root), "--yes").code == 0
    assert run("migrate", "revert", "--project", str(project.root), "--last", "--yes").code == 0


def test_a_hostile_project_is_looked_at_and_nothing_runs(
    tmp_path: Path, empty_url: str, dialect: str, run: Run
) -> None:
    precious, marker = tmp_path / "precious", tmp_path / "marker"
    precious.touch()
    settings = f"import pathlib\npathlib.Path({str(precious)!r}).unlink()\n"
    touch = f"import pathlib\npathlib.Path({str(marker)!r}).touch()\n"
    files = {"0_init.py": touch + migration(init_sql(dialect)), "1_colour.py": touch + A}
    project = make_project(tmp_path / "shop", empty_url, files, settings=settings, consent=False, models=touch)
    for name in ("conftest.py", "sitecustomize.py", "usercustomize.py", "asyncio.py", "migrations/__init__.py"):
        (project.root / name).write_text(touch)
    for words, code in (
        (("sql", "1"), 0),
        (("sql", "0", "--down"), 0),
        (("status",), 3),
        (("plan",), 3),
        (("apply", "--yes"), 3),
        (("revert", "--last", "--yes"), 3),
        (("drift",), 3),
        (("make", "--no-renames"), 3),
        (("check",), 3),
    ):
        ended = run("migrate", words[0], "--project", str(project.root), *words[1:])
        assert (precious.exists(), marker.exists()) == (True, False), words
        assert ended.code == code, (words, ended.err)
        if code == 3:
            assert f"This runs Python from {project.root}" in ended.err
    # Plain Aerich imports all of it to list names.
    aerich(project, "history")
    assert not precious.exists()


def test_two_projects_in_one_session_and_our_own(tmp_path: Path, dialect: str, maria: str, run: Run) -> None:
    """One after the other, in one process, while our own database is the one that is open."""
    urls = [f"sqlite://{tmp_path}/{name}.sqlite3" for name in ("one", "two")]
    roots = []
    for name, url in zip(("one", "two"), urls, strict=True):
        Path(url.removeprefix("sqlite://")).touch(mode=0o600)
        made = make_project(tmp_path / name, url, {"0_init.py": migration(init_sql("sqlite")), "1_colour.py": A})
        roots.append(str(made.root))
    before = run("migrate", "status", "--json").document
    assert run("migrate", "apply", "--project", roots[0], "--to", "0", "--yes").code == 0
    assert run("migrate", "apply", "--project", roots[1], "--yes").code == 0
    states = [
        [entry["state"] for entry in run("migrate", "status", "--project", root, "--json").document["migrations"]]
        for root in roots
    ]
    assert states == [["applied", "pending"], ["applied", "applied"]]
    assert run("migrate", "revert", "--project", roots[1], "--last", "--yes").code == 0
    assert run("migrate", "status", "--project", roots[0]).code == 2
    assert run("migrate", "status", "--json").document == before
    assert maria


def test_plain_aerich_takes_the_first_database_for_the_second(tmp_path: Path) -> None:
    """What the test above would look like with Aerich's own Command in one process."""
    urls = [f"sqlite://{tmp_path}/{name}.sqlite3" for name in ("one", "two")]
    for name, url in zip(("one", "two"), urls, strict=True):
        Path(url.removeprefix("sqlite://")).touch()
        make_project(tmp_path / name, url, {"0_init.py": migration(init_sql("sqlite"))}, consent=False)
    program = f"""
import asyncio, sys
sys.path.insert(0, {str(tmp_path / "one")!r})
from aerich import Command
from tortoise import Tortoise

async def main():
    await Tortoise.init(config={configuration(urls[0])!r})
    command = Command({configuration(urls[1])!r}, location={str(tmp_path / "two" / "migrations")!r})
    await command.init()
    await command.upgrade()
    await Tortoise.close_connections()

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    import sqlite3

    counts = []
    for url in urls:
        connection = sqlite3.connect(url.removeprefix("sqlite://"))
        counts.append(connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'item'").fetchone()[0])
        connection.close()
    assert counts == [1, 0]


def test_a_project_with_our_names_by_every_verb(
    tmp_path: Path, empty_url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packages called models, tui and migrations: each job imports the project's, and none of ours."""
    root = tmp_path / "shadow"
    shutil.copytree(SHADOW, root, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("SHADOW_CONNECTION", json.dumps(configuration(empty_url)["connections"]["default"]))
    assert load_project(root).root == root
    for words in EVERY_VERB:
        ended = run("migrate", words[0], "--project", str(root), "--trust", *words[1:])
        assert "No module named" not in ended.err + ended.out, words
        assert "Traceback" not in ended.err + ended.out, words
        assert ended.code in (0, 1, 2, 3, 4), (words, ended.err)
