"""What is done that is no run of a file leaves a row in the log, and says nothing of the files. On both databases."""

from pathlib import Path

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import apply_all, execute, migration, query, start
from tui.cli.commands.migrate import backups as migrate_backups
from tui.migrate.backups import read_backups, restore_backup
from tui.migrate.listing import look
from tui.migrate.past.deeds import Deed, note_deed
from tui.migrate.past.recovery import Unfinished, Verdict
from tui.migrate.past.settling import settle
from tui.migrate.past.ways import Way
from tui.migrate.states import State
from tui.settings import parse_url

ONE = migration("INSERT INTO item (name) VALUES ('one')")
ROWS = "SELECT action, outcome, version, reason FROM shellback_migrations ORDER BY id"


async def test_a_deed_is_a_record_and_changes_no_state(shop: Shop, empty_url: str) -> None:
    project = shop(f1_one=ONE)
    await start(project)
    await apply_all(project)
    before = [(entry.version, entry.state) for entry in (await look(project)).listing.entries]
    assert await note_deed(project, Deed.END, "1_one.py", reason="it hung") == ""
    found = await look(project)
    assert [(entry.version, entry.state) for entry in found.listing.entries] == before
    assert [record.action for record in found.records] == ["apply", "end statement"]
    assert (await query(empty_url, ROWS))[-1] == ("end statement", "done", "1_one.py", "it hung")


async def test_a_run_put_aside_leaves_its_row(shop: Shop, empty_url: str) -> None:
    project = shop()
    await start(project)
    found = Unfinished(Verdict.NOT_BEGUN, "The run was cut off.", (Way.SEEN,), journals=(Path("/nowhere/x-1.jsonl"),))
    assert await settle(project, found, Way.SEEN) == "It is not shown again."
    assert await query(empty_url, ROWS) == [("put aside", "done", "x-1", "The run was cut off.")]


@pytest.mark.sqlite_only
async def test_a_restored_copy_tells_that_it_is_one(shop: Shop, empty_url: str) -> None:
    project = shop(f1_one=ONE)
    await start(project)
    await apply_all(project)
    path = parse_url(empty_url).path
    assert path is not None
    (backup,) = read_backups(path)
    done = await restore_backup(path, backup)
    assert not done.fault
    await migrate_backups._note_restore(project, backup.name)
    assert await query(empty_url, ROWS) == [("restore", "done", backup.name, "")]
    found = await look(project)
    assert [entry.state for entry in found.listing.entries] == [State.APPLIED, State.PENDING]


async def test_a_half_file_that_python_makes_says_why_it_is_not_resumed(shop: Shop, empty_url: str) -> None:
    text = migration("", transaction=False).replace(
        'return """"""', "return ';'.join([\"INSERT INTO item (name) VALUES ('a')\", 'SELECT gone'])", 1
    )
    project = shop(f1_one=text.replace('return """"""', 'return "DELETE FROM item"'))
    await start(project)
    await apply_all(project)
    (unfinished,) = (await look(project)).unfinished
    assert "Python makes its SQL, so that it cannot be resumed" in unfinished.sentence
    assert unfinished.ways[:3] == (Way.MARK, Way.MARK_PENDING, Way.REVERT)


async def test_a_poisoned_row_of_the_log_is_no_record_or_a_harmless_one(
    shop: Shop, empty_url: str, dialect: str
) -> None:
    project = shop(f1_one=ONE)
    await start(project)
    await apply_all(project)
    evil = "E'\\x1b[2J\\u202e'" if dialect == "postgres" else "char(27) || '[2J' || char(8238)"
    huge = "repeat('9', 100000)" if dialect == "postgres" else "hex(zeroblob(50000))"
    texts = "run, app, version, action, outcome, actor, reason, started_at, source, source_sha256, sql"
    columns = f"{texts}, statements, begun, done"
    whens = "'infinity'" if dialect == "postgres" else "'not a time'"
    numbers = "-5, 2147483647, -1" if dialect == "postgres" else "'many', 99999999999999999999, x'ff'"
    for action, outcome in (("apply", "running"), ("apply", "done"), ("drop", "done"), ("restore", "partial")):
        await execute(
            empty_url,
            f"INSERT INTO shellback_migrations ({columns}) VALUES ('r', 'models', '1_one.py', '{action}', '{outcome}',"
            f" {evil}, {huge}, {whens}, '', '', '', {numbers})",
        )
    found = await look(project)
    assert [entry.version for entry in found.listing.entries] == ["0_init.py", "1_one.py"]
    texts = str([entry.note for entry in found.listing.entries]) + str([each.as_json() for each in found.unfinished])
    assert "\x1b" not in texts
    assert "\u202e" not in texts
