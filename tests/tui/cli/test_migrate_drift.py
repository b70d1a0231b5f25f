"""`migrate drift` and `migrate check`: what is printed, and the codes that a script goes by."""

import asyncio
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tests.tui.migrate.drift.shelf import MODELS, fill_shelf, make_shelf
from tests.tui.migrate.projects import execute


def do(url: str, sql: str) -> None:
    asyncio.run(execute(url, sql))


@pytest.fixture
def shelf(tmp_path: Path, empty_url: str) -> str:
    """The directory of a project whose models, files and database agree."""
    project = make_shelf(tmp_path / "shelf", empty_url)
    asyncio.run(fill_shelf(empty_url))
    return str(project.root)


def test_no_drift(shelf: str, run: Run) -> None:
    ended = run("migrate", "drift", "--project", shelf)
    assert ended.code == 0, ended.err
    assert "No drift: 5 tables" in ended.out
    told = run("migrate", "drift", "--project", shelf, "--json")
    assert (told.code, told.document["drift"], told.document["differences"]) == (0, False, [])


def test_drift_is_told_with_what_mends_it(shelf: str, run: Run, empty_url: str) -> None:
    do(empty_url, "DROP INDEX idx_book_title_3a1b7e; CREATE TABLE spare (id INT)")
    ended = run("migrate", "drift", "--project", shelf)
    assert ended.code == 3
    assert "it was dropped by hand" in ended.out
    assert "CREATE INDEX" in ended.out
    assert "  table spare" in ended.out
    told = run("migrate", "drift", "--project", shelf, "--json")
    assert told.code == 3
    (index,) = [each for each in told.document["differences"] if each["counts"]]
    assert (index["kind"], index["table"], index["in_database"]) == ("index", "book", None)
    script = run("migrate", "drift", "--project", shelf, "--sql")
    assert script.out.startswith("CREATE INDEX")
    assert "spare" not in script.out
    do(empty_url, script.out.replace(" CONCURRENTLY", ""))
    assert run("migrate", "drift", "--project", shelf).code == 0
    assert run("migrate", "drift", "--project", shelf, "--strict").code == 3


def test_one_table(shelf: str, run: Run, empty_url: str) -> None:
    do(empty_url, "ALTER TABLE tag ADD COLUMN colour INT")
    assert run("migrate", "drift", "--project", shelf, "--table", "book").code == 0
    assert run("migrate", "drift", "--project", shelf, "--table", "book", "--table", "tag").code == 3


def test_terminal_codes_in_names_do_not_act(shelf: str, run: Run, empty_url: str) -> None:
    do(empty_url, 'ALTER TABLE tag ADD COLUMN "x\x1b[31my" INT')
    ended = run("migrate", "drift", "--project", shelf)
    assert "\x1b" not in ended.out + ended.err
    told = run("migrate", "drift", "--project", shelf, "--json")
    assert "\x1b" not in told.out
    assert told.document["differences"][0]["name"] == "x\x1b[31my"


def test_nothing_runs_before_it_was_agreed_to(tmp_path: Path, empty_url: str, run: Run) -> None:
    project = make_shelf(tmp_path / "other", empty_url)
    for state in (tmp_path / "home" / "state").rglob("*"):
        if state.is_file():
            state.unlink()
    (project.root / "settings.py").write_text("raise SystemExit('ran')")
    ended = run("migrate", "drift", "--project", str(project.root))
    assert ended.code == 3
    assert "--trust" in ended.err


def test_what_cannot_be_compared(shelf: str, run: Run) -> None:
    settings = Path(shelf, "settings.py")
    whole = settings.read_text()
    settings.write_text(whole + "\nimport nothing_of_that_name\n")
    ended = run("migrate", "drift", "--project", shelf)
    assert ended.code == 1
    assert "nothing_of_that_name" in ended.err
    assert "Traceback" not in ended.err
    settings.write_text(whole)
    Path(shelf, "migrations", "models", "1_bad.py").write_text("def upgrade(:")
    ended = run("migrate", "drift", "--project", shelf)
    assert (ended.code, "1_bad.py, line 1" in ended.err) == (1, True)


def test_check_is_clean(shelf: str, run: Run) -> None:
    ended = run("migrate", "check", "--project", shelf)
    assert ended.code == 0, ended.out
    told = run("migrate", "check", "--project", shelf, "--json").document
    assert told["code"] == 0
    assert [part["name"] for part in told["parts"]] == ["states", "lint", "models", "drift", "pending"]


def test_check_tells_every_part_and_ends_with_the_gravest(shelf: str, run: Run, empty_url: str) -> None:
    folder = Path(shelf, "migrations", "models")
    second = (folder / "0_init.py").read_text().split("return")[0]
    (folder / "1_more.py").write_text(f'{second}return "ALTER TABLE tag ADD COLUMN extra INT"\n')
    Path(shelf, "shop.py").write_text(
        MODELS.replace("word = ", "extra = fields.IntField(null=True)\n    word = "),
    )
    codes = run("migrate", "check", "--project", shelf, "--json")
    assert {part["name"]: part["code"] for part in codes.document["parts"]} == {
        "states": 0, "lint": 0, "models": 0, "drift": 0, "pending": 2,
    }  # fmt: skip
    assert codes.code == 2
    assert run("migrate", "check", "--project", shelf, "--allow-pending").code == 0
    # A field without a migration, though the table is there.
    Path(shelf, "shop.py").write_text(MODELS.replace("word = ", "forgotten = fields.IntField()\n    word = "))
    ended = run("migrate", "check", "--project", shelf)
    assert ended.code == 3
    assert "shellback migrate make" in ended.out
    assert "pending" in ended.out
    # A row without a file is graver than all that.
    do(empty_url, "INSERT INTO aerich (version, app, content) VALUES ('7_gone.py', 'models', '{}')")
    ended = run("migrate", "check", "--project", shelf)
    assert ended.code == 4
    assert "7_gone.py" in ended.out


def test_check_lints_what_is_pending(shelf: str, run: Run) -> None:
    folder = Path(shelf, "migrations", "models")
    second = (folder / "0_init.py").read_text().split("return")[0]
    (folder / "1_more.py").write_text(f"{second}return \"UPDATE tag SET word = 'it's'; COMMIT\"\n")
    ended = run("migrate", "check", "--project", shelf, "--no-drift")
    assert ended.code == 1, ended.out
    assert "1_more.py" in ended.out


def test_check_on_a_database_made_for_it(tmp_path: Path, empty_url: str, run: Run) -> None:
    """CI starts with an empty one: all is pending, and the models are still held against the files."""
    project = make_shelf(tmp_path / "shelf", empty_url)
    told = run("migrate", "check", "--project", str(project.root), "--json")
    assert told.code == 2
    assert {part["name"]: part["code"] for part in told.document["parts"]}["drift"] == 0
    (project.root / "shop.py").write_text(MODELS.replace("max_length=20", "max_length=30"))
    told = run("migrate", "check", "--project", str(project.root), "--json", "--allow-pending")
    assert told.code == 3
    (part,) = [each for each in told.document["parts"] if each["name"] == "models"]
    assert [(each["kind"], each["table"], each["name"]) for each in part["unmade"]] == [("type", "tag", "word")]


def test_our_own_tables(database_url: str, run: Run) -> None:
    for verb in ("drift", "check"):
        ended = run("migrate", verb, "--url", database_url)
        assert ended.code == 0, ended.out
