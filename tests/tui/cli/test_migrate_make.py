"""`migrate make`: what is to be made, for a person and for CI; asked, edited, written, refused."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tests.tui.migrate.making import CHILD, ITEM, aerich, change, files, start_shop
from tests.tui.migrate.projects import execute, query
from tui.migrate.source.project import Project
from tui.settings import state_dir

AFTER = ITEM + "    colour = fields.CharField(max_length=20, null=True)\n"
RENAMED = ITEM.replace("name", "title")


@pytest.fixture
def project(tmp_path: Path, empty_url: str) -> Project:
    """A shop at its first migration."""
    return asyncio.run(start_shop(tmp_path / "shop", empty_url))


def argv(project: Project, *more: str) -> tuple[str, ...]:
    return ("migrate", "make", "--project", str(project.root), *more)


def test_check_is_for_ci(run: Run, project: Project) -> None:
    assert run(*argv(project, "--check")).code == 0
    change(project, AFTER + CHILD)
    ended = run(*argv(project, "--check"))
    assert ended.code == 2
    assert "item: add colour VARCHAR(20)" in ended.out
    assert "line: create it with 3 columns" in ended.out
    told = run(*argv(project, "--check", "--json"))
    assert told.code == 2
    assert told.document["make"]["changes"] is True
    assert told.document["make"]["operations"][0]["loses"] is False
    assert len(files(project)) == 1


def test_a_file_is_written_and_the_plain_command_goes_on(run: Run, project: Project) -> None:
    change(project, AFTER)
    ended = run(*argv(project, "--name", "add_colour", "--json"))
    assert ended.code == 0, ended.err
    (file,) = ended.document["make"]["files"]
    (path,) = ended.document["make"]["written"]
    assert Path(path).name == file["version"]
    assert file["version"].endswith("_add_colour.py")
    assert file["tried"]
    assert (file["untried"], file["trouble"], file["differences"], file["way_back"]) == (None, None, [], [])
    assert run("migrate", "status", "--project", str(project.root)).code == 2
    asyncio.run(aerich(project.root, "upgrade"))
    again = run(*argv(project))
    assert again.code == 0
    assert "No changes" in again.out
    assert len(files(project)) == 2


def test_a_rename_is_neither_guessed_nor_forgotten(run: Run, project: Project, empty_url: str) -> None:
    change(project, RENAMED)
    open_question = run(*argv(project))
    assert open_question.code == 2
    assert "--rename item.name=title" in open_question.err
    assert "--no-renames" in open_question.err
    assert len(files(project)) == 1
    wrong = run(*argv(project, "--rename", "item.nam=title"))
    assert wrong.code == 2
    assert "item.name=title" in wrong.err
    assert run(*argv(project, "--rename", "item.name=title")).code == 0
    asyncio.run(execute(empty_url, "INSERT INTO item (name) VALUES ('cup')"))
    asyncio.run(aerich(project.root, "upgrade"))
    assert asyncio.run(query(empty_url, "SELECT title FROM item")) == [("cup",)]


def test_a_table_and_then_its_column(run: Run, project: Project) -> None:
    change(project, RENAMED.replace("class Item(", "class Thing("))
    ended = run(*argv(project, "--rename", "item=thing", "--rename", "thing.name=title", "--json"))
    assert ended.code == 0, ended.err
    (file,) = ended.document["make"]["files"]
    assert 'ALTER TABLE "item" RENAME TO "thing"' in file["up"]
    assert 'RENAME COLUMN "name" TO "title"' in file["up"]
    assert "DROP TABLE" not in file["up"]


def test_no_renames_says_what_is_lost(run: Run, project: Project) -> None:
    change(project, RENAMED.replace("max_length=50", "max_length=50, null=True"))
    ended = run(*argv(project, "--no-renames"))
    assert ended.code == 0
    assert "item: drop name with its values  (gone for good)" in ended.out
    assert "drops-data" in ended.err


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (("--name", "a/b"), 2, "Try a_b."),
        (("--name", "x" * 200), 2, "200 characters"),
        (("--empty", "--check"), 2, "--empty compares nothing"),
        (("--edit",), 2, "needs an editor"),
    ],
)
def test_what_cannot_be_typed(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], code: int, says: str
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    change(project, AFTER)
    ended = run(*argv(project, *more))
    assert ended.code == code
    assert says in ended.err
    assert len(files(project)) == 1


def test_nothing_of_the_project_runs_without_consent(run: Run, project: Project) -> None:
    (state_dir() / "projects-that-may-run.json").unlink()
    marker = project.root / "ran"
    change(project, AFTER + f"\nopen({str(marker)!r}, 'w').close()\n")
    ended = run(*argv(project))
    assert ended.code == 3
    assert "add --trust" in ended.err
    assert not marker.exists()
    assert run(*argv(project, "--trust")).code == 0
    assert marker.exists()


def test_the_editor_changes_what_is_tried_and_written(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    change(project, AFTER)
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/VARCHAR(20)/VARCHAR(20) DEFAULT '\"'blue'\"'/' \"$1\"\n")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EDITOR", str(editor))
    ended = run(*argv(project, "--edit", "--json"))
    assert ended.code == 0, ended.err
    (file,) = ended.document["make"]["files"]
    assert "DEFAULT 'blue'" in file["up"]
    assert any("colour" in line for line in file["differences"])
    assert "DEFAULT 'blue'" in Path(ended.document["make"]["written"][0]).read_text()


def test_what_does_not_run_is_not_written(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    change(project, AFTER)
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/ALTER TABLE/ALTER TABEL/' \"$1\"\n")
    editor.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(editor))
    ended = run(*argv(project, "--edit"))
    assert ended.code == 1
    assert "It does not run up" in ended.err
    assert "ALTER TABEL" in ended.err
    assert "nothing was written" in ended.err
    assert len(files(project)) == 1


def test_another_folder(run: Run, project: Project, tmp_path: Path) -> None:
    change(project, AFTER)
    ended = run(*argv(project, "--output", str(tmp_path / "out")))
    assert ended.code == 0
    assert len(files(project)) == 1
    assert [path.suffix for path in (tmp_path / "out").iterdir()] == [".py"]


def test_an_empty_one(run: Run, project: Project) -> None:
    ended = run(*argv(project, "--empty", "--name", "by_hand"))
    assert ended.code == 0
    assert "It cannot be taken back" in ended.err
    (path,) = project.folder.glob("1_*_by_hand.py")
    assert "-- The statements of this migration" in path.read_text()


def test_a_database_ahead_of_the_code(run: Run, project: Project, empty_url: str) -> None:
    change(project, AFTER)
    row = "INSERT INTO aerich (version, app, content) VALUES ('9_20300101000000_later.py', 'models', '{}')"
    asyncio.run(execute(empty_url, row))
    ended = run(*argv(project))
    assert ended.code == 3
    assert "The database is ahead of this code" in ended.err
    assert run(*argv(project, "--check")).code == 2


def test_our_own_models_agree_with_both_trees(run: Run, empty_url: str) -> None:
    ended = run("migrate", "make", "--check", "--url", empty_url)
    assert ended.code == 0, ended.err
    assert "No changes" in ended.out
