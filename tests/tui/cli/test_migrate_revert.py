"""`migrate revert` at a prompt: what is printed before anything is asked, what is run, and how it ends."""

from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tests.tui.migrate.projects import init_sql, make_project, migration

A = migration('ALTER TABLE "item" ADD COLUMN "colour" INT', 'ALTER TABLE "item" DROP COLUMN "colour";')
B = migration("INSERT INTO item (name, colour) VALUES ('bolt', 3)", "DELETE FROM item WHERE name = 'bolt'")


@pytest.fixture
def project(tmp_path: Path, empty_url: str, dialect: str, run: Run) -> tuple[str, str]:
    files = {"0_init.py": migration(init_sql(dialect)), "1_a.py": A, "2_b.py": B}
    root = make_project(tmp_path / "shop", empty_url, files).root
    words = ("--project", str(root))
    assert run("migrate", "apply", *words, "--yes").code == 0
    return words


def test_what_it_would_do_is_printed(project: tuple[str, str], run: Run) -> None:
    ended = run("migrate", "revert", *project, "--to", "0", "--dry-run")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0].startswith("revert 2 and 1 on ")
    assert lines[0].endswith(", in one transaction. 0 stays applied.")
    assert lines[1:6] == [
        "  2_b.py",
        "  1_a.py",
        "lost for good:",
        "  item: 1 row is deleted.",
        "  item.colour: 1 value is dropped.",
    ]
    assert lines[6:] == [
        "-- 2_b.py, down",
        "DELETE FROM item WHERE name = 'bolt'",
        "-- 1_a.py, down",
        'ALTER TABLE "item" DROP COLUMN "colour";',
    ]
    assert run("migrate", "status", *project).code == 0


def test_the_document(project: tuple[str, str], run: Run) -> None:
    plan = run("migrate", "revert", *project, "--last", "--reason", "too early", "--dry-run", "--json").document["plan"]
    assert (plan["action"], [file["version"] for file in plan["files"]]) == ("revert", ["2_b.py"])
    assert plan["stays"] == "0 and 1 stay applied."
    assert plan["sql"] == {"2_b.py": "DELETE FROM item WHERE name = 'bolt'"}
    assert [(loss["lost"], loss["table"], loss["count"]) for loss in plan["loss"]["losses"]] == [("deleted", "item", 1)]


def test_reverted_and_applied_again(project: tuple[str, str], run: Run) -> None:
    done = run("migrate", "revert", *project, "--to", "1", "--yes", "--json")
    assert (done.code, done.document["outcome"]["status"]) == (0, "done")
    listing = run("migrate", "status", *project, "--json").document
    assert [entry["state"] for entry in listing["migrations"]] == ["applied", "applied", "pending"]
    told = run("migrate", "revert", *project, "--last", "--yes")
    assert told.code == 0
    assert "1_a.py reverted" in told.err
    assert "item.colour" not in told.err
    assert told.out == "0 is applied.\n"
    assert run("migrate", "apply", *project, "--yes").code == 0


def test_nobody_to_ask(project: tuple[str, str], run: Run) -> None:
    ended = run("migrate", "revert", *project, "--last")
    assert (ended.code, ended.out) == (2, "")
    assert "--yes" in ended.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ("--to", "2"),
            1,
            "refused: Nothing is applied behind 2_b.py: it is the last one. Choose the one to go back to.",
        ),
        (("--to", "9"), 1, "refused: There is no migration '9'."),
        (("--all",), 1, "refused: 0_init.py cannot be taken back: it has no downgrade, or an empty one."),
    ],
)
def test_what_cannot_be_reverted(
    project: tuple[str, str], run: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    ended = run("migrate", "revert", *project, *words, "--yes")
    assert (ended.code, ended.out.strip()) == (code, said)
    assert run("migrate", "revert", *project, *words, "--yes", "--json").document["plan"]["refusals"]
    assert run("migrate", "status", *project).code == 0


@pytest.mark.parametrize("words", [(), ("--to", "1", "--last")])
def test_one_place_to_stop_is_named(project: tuple[str, str], run: Run, words: tuple[str, ...]) -> None:
    assert run("migrate", "revert", *project, *words, "--yes").code == 2


def test_a_missing_file_ends_with_4(project: tuple[str, str], run: Run) -> None:
    (Path(project[1]) / "migrations" / "models" / "2_b.py").unlink()
    ended = run("migrate", "revert", *project, "--last", "--yes")
    assert ended.code == 4
    assert "2_b.py cannot be taken back" in ended.out
    # What stands before it cannot be reached either, and nothing was changed.
    assert run("migrate", "revert", *project, "--to", "0", "--yes").code == 4
    assert run("migrate", "status", *project).code == 4


def test_our_own_tree_can_go_back(empty_url: str, run: Run) -> None:
    url = ("--url", empty_url)
    assert run("migrate", "apply", *url, "--yes").code == 0
    planned = run("migrate", "revert", *url, "--last", "--dry-run")
    assert planned.code in (0, 1)
    assert planned.out
