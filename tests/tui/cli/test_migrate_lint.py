"""`migrate lint` and `migrate sql --output`: fit for CI, with and without a database, and never over a file."""

from __future__ import annotations

import asyncio
import re
import stat
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tests.tui.migrate.own import COUNT
from tests.tui.migrate.projects import execute, init_sql, make_project, migration
from tests.tui.migrate.projects import start as begin
from tui.migrate.listing import pending_preview
from tui.migrate.running.apply import apply_plan
from tui.migrate.source.project import Project
from tui.settings import parse_url

DROP = "1_drop.py"


@pytest.fixture
def project(tmp_path: Path, empty_url: str, dialect: str) -> Project:
    """0 makes a table, 1 drops it, 2 cannot run in a transaction."""
    files = {
        "0_init.py": migration(init_sql(dialect)),
        DROP: migration('\n        SELECT 1;\n        DROP TABLE "item";', 'CREATE TABLE "item" ("id" INT);'),
        "2_outside.py": migration("VACUUM", "SELECT 1"),
    }
    return make_project(tmp_path / "project", empty_url, files, consent=False)


def test_it_is_fit_for_ci(project: Project, run: Run) -> None:
    where = ("--project", str(project.root))
    ended = run("migrate", "lint", *where, "1", "--offline")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert len(lines) == 1
    assert re.fullmatch(rf".*/{DROP}:9: warning drops-data: The table item is dropped, with all its values\.", lines[0])
    assert "not checked: The database was not asked" in ended.err
    assert "1 warning in 1 file." in ended.err
    everything = run("migrate", "lint", *where, "--offline")
    assert everything.code == 1
    assert ":7: error not-in-a-transaction: VACUUM" in everything.out
    up_to = run("migrate", "lint", *where, "--offline", "--to", "1")
    assert up_to.code == 0
    assert "not-in-a-transaction" not in up_to.out


def test_as_json_and_explained(project: Project, run: Run) -> None:
    where = ("--project", str(project.root), "--offline")
    ended = run("migrate", "lint", *where, "--json", "--to", "2")
    assert ended.code == 1
    told = ended.document["lint"]
    assert told["versions"] == ["0_init.py", DROP, "2_outside.py"]
    assert told["worst"] == "error"
    (hit,) = told["hits"]
    assert (hit["rule"], hit["line"], hit["statement"]) == ("not-in-a-transaction", 7, 1)
    assert hit["path"].endswith("2_outside.py")
    explained = run("migrate", "lint", *where, "2", "--explain")
    assert "    instead: RUN_IN_TRANSACTION = False" in explained.out


def test_a_project_that_was_not_agreed_to_is_linted_without_its_database(project: Project, run: Run) -> None:
    marker = project.root / "ran"
    with (project.root / "settings.py").open("a") as file:
        file.write(f"open({str(marker)!r}, 'w').close()\n")
    ended = run("migrate", "lint", "--project", str(project.root))
    assert ended.code == 1
    assert "was not agreed to" in ended.err
    assert not marker.exists()


async def test_with_its_database_it_looks_at_what_is_pending(project: Project, dialect: str, run: Run) -> None:
    await begin(project)
    await execute((project.root / "url").read_text(), "INSERT INTO item (name) VALUES ('a'), ('b')")
    if dialect == "postgres":
        await execute((project.root / "url").read_text(), "ANALYZE item")

    ended = await asyncio.to_thread(run, "migrate", "lint", "--project", str(project.root), "--trust", "--to", "1")
    assert ended.code == 0
    assert "The table item is dropped, about 2 rows." in ended.out
    assert "not checked" not in ended.err


def test_what_is_not_there_and_what_cannot_be_read(project: Project, run: Run) -> None:
    where = ("--project", str(project.root), "--offline")
    missing = run("migrate", "lint", *where, "99")
    assert (missing.code, "There is no migration 99" in missing.err) == (1, True)
    (project.folder / "3_broken.py").write_text("async def upgrade(db:\n")
    broken = run("migrate", "lint", *where, "3")
    assert broken.code == 1
    assert "3_broken.py cannot be read: This is not Python" in broken.err


@pytest.mark.parametrize("tree", ["sqlite", "postgres"])
def test_our_own_files_have_no_error_together_and_one_by_one(run: Run, tree: str) -> None:
    numbers = [str(number) for number in range(COUNT)]
    for chosen in ([], *([number] for number in numbers)):
        ended = run("migrate", "lint", *chosen, "--offline", "--down", "--dialect", tree, "--json")
        report = ended.document["lint"]
        assert (ended.code, report["worst"] != "error") == (0, True), report["hits"]
        assert all(f"/{tree}/" in hit["path"] for hit in report["hits"])
        assert len(report["versions"]) == (1 if chosen else COUNT)


async def test_our_own_database_has_no_error_before_it_is_brought_up_to_date(empty_url: str, run: Run) -> None:
    assert (await apply_plan((await pending_preview(parse_url(empty_url))).look.plan("0"))).is_ok
    await execute(empty_url, "INSERT INTO users (username, hashed_password) VALUES ('maria', 'x')")
    ended = await asyncio.to_thread(run, "migrate", "lint", "--url", empty_url)
    assert (ended.code, " error" in ended.out) == (0, False), ended.out


def test_sql_goes_to_a_new_file_that_only_you_may_read(project: Project, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "drop.sql"
    argv = ("migrate", "sql", "1", "--project", str(project.root), "--output", str(target))
    ended = run(*argv)
    assert (ended.code, ended.out) == (0, "")
    assert "1 migration written to" in ended.err
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    text = target.read_text()
    assert text.startswith("-- shop: 1 migration, up.\n-- Running this records nothing in Aerich's table")
    assert f"-- {DROP} (sha256 " in text
    assert text.endswith('DROP TABLE "item";\n')
    target.write_text("mine")
    again = run(*argv)
    assert again.code == 1
    assert "is there already, and was left alone" in again.err
    assert target.read_text() == "mine"
    link = tmp_path / "link.sql"
    link.symlink_to(tmp_path / "elsewhere.sql")
    assert run(*argv[:-1], str(link)).code == 1
    assert not (tmp_path / "elsewhere.sql").exists()
    down = tmp_path / "down.sql"
    assert run(*argv[:-1], str(down), "--down", "--json").document["direction"] == "down"
    assert 'CREATE TABLE "item"' in down.read_text()
