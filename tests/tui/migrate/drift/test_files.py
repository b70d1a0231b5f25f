"""What the files have to say: replayed where that can be, else by the state in the last of them; pending ones too."""

import asyncio
import base64
import json
import sys
import zlib
from pathlib import Path

import pytest

from tests.tui.migrate.drift.shelf import MODELS, fill_shelf, make_shelf
from tests.tui.migrate.projects import execute, migration
from tui.migrate.drift import DriftReport, find_drift
from tui.migrate.process.catalogues.described import UnreadableState, unpack_state


def found(report: DriftReport) -> set[tuple[str, str, str]]:
    assert report.fault is None, report.fault
    return {(each.kind, each.table, each.name) for each in report.drift}


MORE = "ALTER TABLE tag ADD COLUMN colour VARCHAR(9); CREATE INDEX by_colour ON tag (colour)"
WITH_MORE = MODELS.replace(
    "word = fields.CharField(max_length=20)",
    "word = fields.CharField(max_length=20)\n    colour = fields.CharField(max_length=9, null=True, db_index=True)",
)


async def test_what_a_pending_file_makes_is_no_drift(tmp_path: Path, empty_url: str) -> None:
    project = make_shelf(tmp_path / "shelf", empty_url, {"1_more.py": MORE}, models=WITH_MORE)
    await fill_shelf(empty_url)
    report = await find_drift(project)
    assert (found(report), report.unmade, report.pending) == (set(), (), ("1_more.py",))
    assert {(each.kind, each.name, each.why) for each in report.benign} >= {
        ("column", "colour", "A pending file does it: apply it."),
        ("index", "(colour)", "A pending file does it: apply it."),
    }


async def test_a_pending_file_that_was_run_by_hand(tmp_path: Path, empty_url: str) -> None:
    project = make_shelf(tmp_path / "shelf", empty_url, {"1_more.py": MORE}, models=WITH_MORE)
    await fill_shelf(empty_url)
    await execute(empty_url, MORE)
    report = await find_drift(project)
    assert found(report) == {("column", "tag", "colour"), ("index", "tag", "(colour)")}
    assert {each.why for each in report.drift} == {
        "The database has it already, though the file that makes it is pending."
    }
    assert report.fix_sql == ""


async def test_a_file_that_was_only_recorded(tmp_path: Path, empty_url: str) -> None:
    project = make_shelf(tmp_path / "shelf", empty_url, {"1_more.py": MORE}, models=WITH_MORE)
    await fill_shelf(empty_url, "1_more.py")
    report = await find_drift(project, tables=["tag"])
    assert found(report) == {("column", "tag", "colour"), ("index", "tag", "(colour)")}
    assert all(each.in_models and each.in_files and each.in_database is None for each in report.drift)


async def test_models_without_a_migration(tmp_path: Path, empty_url: str) -> None:
    project = make_shelf(tmp_path / "shelf", empty_url, models=WITH_MORE)
    await fill_shelf(empty_url)
    report = await find_drift(project)
    expected = {("column", "tag", "colour"), ("index", "tag", "(colour)")}
    assert found(report) == expected
    assert {(each.kind, each.table, each.name) for each in report.unmade} == expected
    assert {each.why for each in report.drift} == {"The models ask for it and no file makes it: make a migration."}


async def test_what_the_files_add_in_sql_is_benign(tmp_path: Path, empty_url: str, dialect: str) -> None:
    trigger = {
        "sqlite": "CREATE TRIGGER watch AFTER INSERT ON tag BEGIN SELECT 1; END",
        "postgres": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER watch BEFORE INSERT ON tag FOR EACH ROW EXECUTE FUNCTION f()",
    }[dialect]
    more = f"CREATE INDEX part ON tag (word) WHERE word > 'a'; CREATE TABLE log (i INT); {trigger};"
    project = make_shelf(tmp_path / "shelf", empty_url, {"1_more.py": more}, models=MODELS)
    path = project.folder / "1_more.py"
    path.write_text(path.read_text().replace("eJyrrgUAAXUA+Q==", state_text(await _described(project.root))))
    await fill_shelf(empty_url, "1_more.py")
    await execute(empty_url, more)
    report = await find_drift(project)
    assert found(report) == set()
    assert {each.kind for each in report.benign} >= {"index", "table", "trigger"}
    # One that is changed by hand afterwards is seen: the files say what it was.
    await execute(empty_url, "DROP INDEX part; CREATE INDEX part ON tag (word) WHERE word > 'b'")
    assert {each.kind for each in (await find_drift(project)).drift} == {"index"}


def state_text(described: dict[str, object]) -> str:
    """As it stands in a file."""
    return base64.b64encode(zlib.compress(json.dumps(described).encode())).decode()


async def _described(root: Path) -> dict[str, object]:
    """The models as Aerich would keep them, in a process of its own: one process knows one set of models."""
    program = (
        "import asyncio, json, settings\n"
        "from tortoise import Tortoise\nfrom aerich.utils import get_models_describe\n"
        "from aerich.coder import encoder\n"
        "async def go():\n    await Tortoise.init(config=settings.TORTOISE_ORM)\n"
        "    print(encoder(get_models_describe('models')))\n    await Tortoise.close_connections()\nasyncio.run(go())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, cwd=root, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    described: dict[str, object] = json.loads(told)
    return described


UNABLE = {
    "a program": ("makes its SQL with Python", None),
    "a schema": ("it names a schema", 'CREATE TABLE "public"."log" (i INT)'),
    "the path": (
        "it depends on the search path",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = public AS 'SELECT 1'",
    ),
    "a role": ("something outside of its schema", "CREATE ROLE shellback_nobody"),
}


@pytest.mark.postgres_only
@pytest.mark.parametrize("what", UNABLE)
async def test_what_cannot_be_replayed_is_said_and_the_state_asked(what: str, tmp_path: Path, empty_url: str) -> None:
    why, sql = UNABLE[what]
    project = make_shelf(tmp_path / "shelf", empty_url, {"1_odd.py": sql or ""})
    if sql is None:
        (project.folder / "1_odd.py").write_text(migration("").replace('return """"""', "return str(db) and ''", 1))
    path = project.folder / "1_odd.py"
    path.write_text(path.read_text().replace("eJyrrgUAAXUA+Q==", state_text(await _described(project.root))))
    await fill_shelf(empty_url, "1_odd.py")
    report = await find_drift(project)
    assert found(report) == set(), report.differences
    assert why in report.files
    assert "by the models' state" in report.files
    # The state still tells what was changed by hand from what has no migration.
    await execute(empty_url, "ALTER TABLE tag ALTER COLUMN word TYPE VARCHAR(30)")
    (word,) = (await find_drift(project)).drift
    assert (word.in_models, word.in_files, word.in_database) == (
        "character varying(20)", "character varying(20)", "character varying(30)",
    )  # fmt: skip
    assert "by hand" in word.why


async def test_a_row_without_a_file(tmp_path: Path, empty_url: str) -> None:
    project = make_shelf(tmp_path / "shelf", empty_url)
    await fill_shelf(empty_url, "9_gone.py")
    report = await find_drift(project)
    assert "9_gone.py is applied and has no file" in report.files
    assert found(report) == set()


async def test_replaying_reaches_nothing_of_the_application(tmp_path: Path, empty_url: str) -> None:
    """A file that changes a table which no file makes: not run on the real one, not even for a moment."""
    project = make_shelf(tmp_path / "shelf", empty_url, {"1_more.py": "ALTER TABLE elsewhere ADD COLUMN x INT"})
    await fill_shelf(empty_url, "1_more.py")
    await execute(empty_url, "CREATE TABLE elsewhere (id INT)")
    report = await find_drift(project)
    assert "1_more.py could not be run apart" in report.files
    assert "elsewhere" in report.files
    assert ("table", "elsewhere", "A file names it; the models cannot say it.") in {
        (each.kind, each.table, each.why) for each in report.benign
    }


@pytest.mark.sqlite_only
async def test_sqlite_leaves_other_files_alone(tmp_path: Path, empty_url: str) -> None:
    other = tmp_path / "other.sqlite3"
    sql = f"CREATE TABLE x AS SELECT 1; ATTACH '{other}' AS o; CREATE TABLE o.y (i INT)"
    project = make_shelf(tmp_path / "shelf", empty_url, {"1_more.py": sql})
    await fill_shelf(empty_url, "1_more.py")
    report = await find_drift(project)
    assert "could not be run apart" in report.files
    assert not other.exists()


async def test_two_models_in_a_circle(tmp_path: Path, empty_url: str) -> None:
    """Tortoise itself cannot make their schema; a migration can, and drift must."""
    models = MODELS.replace(
        "born = ", 'best = fields.ForeignKeyField("models.Book", related_name="best_of", null=True)\n    born = '
    )
    column = 'ALTER TABLE author ADD COLUMN "best_id" INT REFERENCES "book" ("id") ON DELETE CASCADE'
    project = make_shelf(tmp_path / "shelf", empty_url, {"1_best.py": column}, models=models)
    await fill_shelf(empty_url, "1_best.py")
    await execute(empty_url, column)
    report = await find_drift(project)
    assert (found(report), report.unmade) == (set(), ())


@pytest.mark.sqlite_only
async def test_a_state_that_would_fill_the_memory_is_not_unpacked() -> None:
    bomb = base64.b64encode(zlib.compress(b"[" * (70 * 1024 * 1024), 9)).decode()
    with pytest.raises(UnreadableState, match="larger than"):
        unpack_state(bomb)
    for bad in ("", "%%%", "abcd", base64.b64encode(zlib.compress(b"[1]")).decode(), base64.b64encode(b"x").decode()):
        with pytest.raises(UnreadableState):
            unpack_state(bad)
