"""Files that end their transaction, fail before it, or lose the database's file under it. On both databases."""

import sqlite3
from pathlib import Path

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import apply_all, execute, init_sql, migration, query, start, url_of, versions
from tui.migrate.listing import look
from tui.migrate.running.apply import RunStatus, apply_plan
from tui.settings import parse_url

ONE = "INSERT INTO item (name) VALUES ('one');"
OUTCOMES = "SELECT version, outcome FROM shellback_migrations ORDER BY id"


@pytest.mark.parametrize("word", ["COMMIT", "/* so */ end", "ROLLBACK"])
async def test_the_python_of_a_file_cannot_end_its_transaction(shop: Shop, empty_url: str, word: str) -> None:
    before = f'await db.execute_query("{ONE}"); await db.execute_query("{word}")'
    project = shop(f1_one=migration(ONE, before=before))
    await start(project)
    outcome = await apply_all(project)
    assert outcome.sentence == "0 stays applied; 1 was rolled back."
    assert "would end the transaction" in outcome.message
    assert await query(empty_url, "SELECT name FROM item") == []


@pytest.mark.sqlite_only
async def test_nothing_is_sent_once_the_transaction_is_over(shop: Shop, empty_url: str) -> None:
    """Behind the back of ours: each further statement would stay, whatever becomes of the file."""
    project = shop(f1_one=migration(f"{ONE}; {ONE}", before="await db._connection.rollback()"))
    await start(project)
    outcome = await apply_all(project)
    assert outcome.sentence == "0 stays applied; 1 was rolled back."
    assert "was over before its end" in outcome.message
    assert await query(empty_url, "SELECT name FROM item") == []


@pytest.mark.parametrize("words", ["raise RuntimeError('no')", "import sys; sys.exit(3)", "import gone"])
async def test_a_file_that_is_not_even_imported_leaves_its_row(shop: Shop, empty_url: str, words: str) -> None:
    project = shop(f1_one=migration(ONE))
    await start(project)
    (project.root / "migrations" / "models" / "1_one.py").write_text(f"{migration(ONE)}\n{words}\n")
    outcome = await apply_all(project)
    assert (outcome.status, outcome.failed) == (RunStatus.FAILED, "1_one.py")
    assert await query(empty_url, OUTCOMES) == [("1_one.py", "failed")]


@pytest.mark.sqlite_only
async def test_a_database_replaced_while_a_file_runs_is_not_called_migrated(shop: Shop, empty_url: str) -> None:
    path, copy = str(parse_url(empty_url).path), f"{parse_url(empty_url).path}2"
    before = f"import os, shutil; shutil.copy({path!r}, {copy!r}); os.replace({copy!r}, {path!r})"
    project = shop(f1_one=migration(ONE, before=before))
    await start(project)
    outcome = await apply_all(project)
    assert outcome.status is RunStatus.FAILED
    assert "is not the file that was opened any more" in outcome.message
    assert await versions(empty_url) == ["0_init.py"]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("caught", [False, True])
async def test_a_full_disk_in_the_middle_of_a_file_leaves_nothing(shop: Shop, empty_url: str, caught: bool) -> None:
    limit = "import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
    much = "INSERT INTO item (name) VALUES (hex(randomblob(400000)))"
    before = "" if not caught else f'try: await db.execute_query("{much}")\n    except Exception: pass'
    project = shop(settings=limit, f1_one=migration(ONE if caught else f"{ONE} {much}; {ONE}", before=before))
    await start(project)
    outcome = await apply_all(project)
    assert await versions(empty_url) == (["0_init.py", "1_one.py"] if outcome.is_ok else ["0_init.py"])
    if not caught:
        assert outcome.status is RunStatus.FAILED
        assert outcome.sentence == "0 stays applied; 1 was rolled back."
        assert await query(empty_url, "SELECT name FROM item") == []


@pytest.mark.sqlite_only
async def test_a_row_that_cannot_be_written_elsewhere_is_told(shop: Shop, empty_url: str, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    settings = (
        "TORTOISE_ORM['connections']['other'] = "
        f"{{'engine': 'tortoise.backends.sqlite', 'credentials': {{'file_path': {str(other)!r}}}}}\n"
        "TORTOISE_ORM['apps'] = {'models': {'models': ['shop'], 'default_connection': 'default'},"
        " 'books': {'models': ['aerich.models'], 'default_connection': 'other'}}\n"
    )
    project = shop(settings=settings, f1_one=migration(ONE))
    await execute(url_of(project), 'CREATE TABLE "item" ("id" INTEGER PRIMARY KEY, "name" TEXT)')
    connection = sqlite3.connect(other)
    connection.executescript(
        f"{init_sql('sqlite')} INSERT INTO aerich (version, app, content) VALUES ('0_init.py', 'models', '{{}}');"
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p (id));"
        "CREATE TRIGGER t AFTER INSERT ON aerich BEGIN INSERT INTO c VALUES (99); END"
    )
    connection.close()
    outcome = await apply_plan((await look(project)).plan())
    assert outcome.status is RunStatus.FAILED
    assert outcome.sentence == ("0 is applied. 1 did not end, and what it did is there; it is not recorded as applied.")
    assert outcome.message.startswith("Its row could not be written to Aerich's table, which is in another database: ")
    assert await query(empty_url, "SELECT name FROM item") == [("one",)]
    again = await look(project)
    assert "PARTIAL" in str([entry.state.name for entry in again.listing.entries])
