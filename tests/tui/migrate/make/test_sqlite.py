"""What SQLite cannot alter is built anew, and everything that hung on the table is there afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.migrate.making import CHILD, ITEM, aerich, change, draft_of, files, make_it, start_shop, try_it
from tests.tui.migrate.projects import apply_all, execute, migration, query
from tui.migrate.running.outcome import RunStatus
from tui.migrate.source.project import Project

pytestmark = pytest.mark.sqlite_only

AFTER = ITEM.replace("max_length=50", "max_length=90, default='none'")
HUNG = """
CREATE INDEX by_hand ON item (name, id);
CREATE VIEW names AS SELECT name FROM "item";
CREATE TABLE seen (what text);
CREATE TRIGGER told AFTER INSERT ON item BEGIN INSERT INTO seen VALUES (new.name); END;
CREATE TRIGGER other AFTER INSERT ON line BEGIN UPDATE item SET name = name || '!' WHERE id = new.item_id; END;
"""


async def shop_with_rows(root: Path, url: str) -> Project:
    """Items with lines that go with them, and what hangs on the table, made by a migration of its own."""
    project = await start_shop(root, url, ITEM + CHILD)
    (project.folder / "1_20200101000000_by_hand.py").write_text(_by_hand(project))
    await aerich(project.root, "upgrade")
    await execute(
        url,
        "INSERT INTO item (name) VALUES ('cup'), ('pot'), ('gone'); DELETE FROM item WHERE name = 'gone';"
        "INSERT INTO line (item_id, amount) VALUES (1, 3), (2, 4)",
    )
    return project


def _by_hand(project: Project) -> str:
    (first,) = project.folder.glob("0_*.py")
    state = first.read_text().partition("MODELS_STATE")[2]
    text = migration(HUNG, "DROP VIEW names")
    return text.partition("MODELS_STATE")[0] + "MODELS_STATE" + state


@pytest.mark.parametrize("by", ["shellback", "aerich"])
async def test_a_parent_built_anew_keeps_its_children(tmp_path: Path, empty_url: str, by: str) -> None:
    project = await shop_with_rows(tmp_path / "shop", empty_url)
    change(project, AFTER + CHILD)
    said = await aerich(project.root, "migrate", "--offline", "--no-input", ok=False)
    assert "NotSupportError" in said
    await make_it(project)
    if by == "aerich":
        await aerich(project.root, "upgrade")
    else:
        assert (await apply_all(project)).status is RunStatus.DONE
    await _all_there(empty_url)
    assert "VARCHAR(90)" in (await query(empty_url, "SELECT sql FROM sqlite_master WHERE name = 'item'"))[0][0]
    assert "No changes detected" in await aerich(project.root, "migrate")
    await aerich(project.root, "downgrade", "--yes")
    await _all_there(empty_url, next_id=5)
    assert "VARCHAR(50)" in (await query(empty_url, "SELECT sql FROM sqlite_master WHERE name = 'item'"))[0][0]


async def _all_there(url: str, next_id: int = 4) -> None:
    """Rows, children, index, view, both triggers; and a number that was given once is not given again."""
    assert await query(url, "SELECT item_id, amount FROM line ORDER BY id LIMIT 2") == [(1, 3), (2, 4)]
    assert await query(url, "SELECT name FROM names WHERE name LIKE '%!' ORDER BY 1") == [("cup!",), ("pot!",)]
    objects = {row[0] for row in await query(url, "SELECT name FROM sqlite_master")}
    assert objects >= {"by_hand", "names", "told", "other"}
    assert not {name for name in objects if "__new" in name}
    await execute(url, "INSERT INTO item (name) VALUES ('new')")
    assert await query(url, "SELECT max(id) FROM item") == [(next_id,)]
    assert await query(url, f"SELECT count(*) > 0 FROM seen WHERE rowid = {next_id}") == [(1,)]
    assert await query(url, "PRAGMA foreign_key_check") == []


async def test_a_child_row_that_refers_to_nothing_stops_it(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url, ITEM + CHILD)
    await execute(empty_url, "INSERT INTO item (name) VALUES ('cup'); INSERT INTO line (item_id, amount) VALUES (1, 3)")
    change(project, AFTER + CHILD)
    making = await try_it(
        project, up="PRAGMA foreign_keys = OFF; BEGIN; DELETE FROM item; COMMIT; PRAGMA foreign_keys = ON;"
    )
    assert making.first.trial is not None
    path = project.folder / making.first.trial.version
    path.write_text(making.first.trial.text)
    outcome = await apply_all(project)
    assert outcome.status is RunStatus.FAILED
    assert await query(empty_url, "SELECT count(*) FROM item") == [(1,)]


async def test_a_new_column_that_rows_must_have(tmp_path: Path, empty_url: str) -> None:
    """With a constant default the rows get it; without one nobody invents a value, and the person is told."""
    project = await start_shop(tmp_path / "shop", empty_url)
    await execute(empty_url, "INSERT INTO item (name) VALUES ('cup')")
    change(project, ITEM + "    size = fields.IntField()\n")
    draft = await draft_of(project)
    assert "item.size is NOT NULL and has no default: this fails where the table has rows." in draft.all_notes
    change(project, ITEM.replace("max_length=50", "max_length=60") + "    size = fields.IntField(default=4)\n")
    await make_it(project)
    await aerich(project.root, "upgrade")
    assert await query(empty_url, "SELECT name, size FROM item") == [("cup", 4)]


async def test_only_python_changed_and_aerich_goes_on(tmp_path: Path, empty_url: str) -> None:
    """A description or a default of Python's stops the plain command for ever on SQLite."""
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, ITEM.replace("max_length=50", "max_length=50, default='x', description='what it is called'"))
    assert "NotSupportError" in await aerich(project.root, "migrate", "--offline", "--no-input", ok=False)
    draft = await draft_of(project)
    assert draft.up == ""
    assert draft.is_only_state
    assert "The database stays as it is: this file only writes down the new models." in draft.all_notes
    await make_it(project)
    await aerich(project.root, "upgrade")
    assert "No changes detected" in await aerich(project.root, "migrate")


async def test_a_unique_pair_that_goes(tmp_path: Path, empty_url: str) -> None:
    """It is part of the table there: plain Aerich drops an index of that name, which is none, and says it was done."""
    pair = "\n    class Meta:\n        unique_together = [('name', 'id')]\n"
    project = await start_shop(tmp_path / "shop", empty_url, ITEM + pair)
    change(project, ITEM)
    await make_it(project)
    await aerich(project.root, "upgrade")
    assert "UNIQUE" not in (await query(empty_url, "SELECT sql FROM sqlite_master WHERE name = 'item'"))[0][0]


async def test_files_that_do_not_run_on_an_empty_database(tmp_path: Path, empty_url: str) -> None:
    """As with a database that was there before its first file: the draft is tried on what that says the models were."""
    project = await shop_with_rows(tmp_path / "shop", empty_url)
    (by_hand,) = project.folder.glob("1_*.py")
    by_hand.write_text(by_hand.read_text().replace("CREATE TABLE seen", "CREATE TABLE item"))
    change(project, AFTER + CHILD)
    making = await try_it(project)
    trial = making.first.trial
    assert trial is not None
    assert trial.is_clean
    assert f"made from the models of the last file, since {by_hand.name} does not run on an empty" in trial.how
    assert any("no scratch database could be built" in note for note in making.first.draft.all_notes)
    assert 'CREATE TABLE "item__new"' in making.first.draft.down
    assert len(files(project)) == 2
