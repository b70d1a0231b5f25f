"""Making a migration: the models compared with the files, renames asked about, the same answer each time. On both
databases, beside the plain command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.migrate.making import (
    CHILD,
    ITEM,
    aerich,
    change,
    draft_of,
    files,
    make_it,
    plain_draft,
    start_shop,
    try_it,
)
from tests.tui.migrate.projects import execute, query
from tui.migrate.make.questions import NoSuchRename, answers_of
from tui.migrate.make.whole import begin
from tui.migrate.make.words import operations
from tui.migrate.running import worker

TWO = """class Item(Model):
    id = fields.IntField(primary_key=True)
    one = fields.CharField(max_length=50)
    two = fields.CharField(max_length=50)
"""
OTHER_TWO = TWO.replace("one", "alpha").replace("two", "omega")
COLOUR = "    colour = fields.CharField(max_length=20, null=True)\n"
SIZE = "    size = fields.IntField(null=True)\n"
MANY = """class Item(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50)
    {}


class Line(Model):
    id = fields.IntField(primary_key=True)
    item = fields.ForeignKeyField("models.Item", related_name="lines")
    {}

    class Meta:
        unique_together = [("item", "one"), ("one", "two")]
"""


async def test_what_did_not_change_makes_nothing(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url, ITEM + CHILD)
    making = await begin(project)
    assert making.refusal == ""
    assert not making.has_changes
    assert making.first.draft.questions == ()


async def test_a_new_column_and_a_new_table_go_up_and_down(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, ITEM + "    colour = fields.CharField(max_length=20, null=True, db_index=True)\n" + CHILD)
    path = await make_it(project, name="colour")
    assert path.name.startswith("1_")
    assert path.name.endswith("_colour.py")
    assert "No changes" in await aerich(project.root, "migrate", "--offline")
    await aerich(project.root, "upgrade")
    assert "No changes detected" in await aerich(project.root, "migrate")
    assert await query(empty_url, "SELECT colour FROM item") == []
    await aerich(project.root, "downgrade", "--yes")
    with pytest.raises(Exception, match="line"):
        await query(empty_url, "SELECT * FROM line")


async def test_a_column_is_renamed_only_when_somebody_says_so(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    await execute(empty_url, "INSERT INTO item (name) VALUES ('cup')")
    change(project, ITEM.replace("name", "title"))
    draft = await draft_of(project)
    assert [each.typed for each in draft.likely] == ["item.name=title"]
    assert "RENAME COLUMN" not in draft.up
    assert [each.words for each in operations(draft.up, draft.dialect, draft.rebuilt) if each.loses] == [
        "drop name with its values"
    ]
    chosen = answers_of(["name=title"], draft.questions)
    again = await draft_of(project, *chosen)
    assert again.up == 'ALTER TABLE "item" RENAME COLUMN "name" TO "title";\n'
    assert again.down == 'ALTER TABLE "item" RENAME COLUMN "title" TO "name";\n'
    await make_it(project, *chosen)
    await aerich(project.root, "upgrade")
    assert await query(empty_url, "SELECT title FROM item") == [("cup",)]
    assert "No changes detected" in await aerich(project.root, "migrate")


async def test_a_rename_beside_another_change_of_the_same_column(tmp_path: Path, empty_url: str) -> None:
    """Aerich takes only what differs in nothing but the name; the rest loses its values."""
    project = await start_shop(tmp_path / "shop", empty_url)
    await execute(empty_url, "INSERT INTO item (name) VALUES ('cup')")
    change(project, ITEM.replace("name = fields.CharField(max_length=50)", "title = fields.CharField(max_length=90)"))
    await make_it(project, *answers_of(["item.name=title"], (await draft_of(project)).questions))
    await aerich(project.root, "upgrade")
    assert await query(empty_url, "SELECT title FROM item") == [("cup",)]


async def test_a_model_and_its_table_renamed_together(tmp_path: Path, empty_url: str) -> None:
    models = ITEM + "    tags = fields.ManyToManyField('models.Tag')\n" + CHILD
    models += (
        "\n\nclass Tag(Model):\n    id = fields.IntField(primary_key=True)\n    word = fields.CharField(max_length=9)\n"
    )
    project = await start_shop(tmp_path / "shop", empty_url, models)
    await execute(
        empty_url,
        "INSERT INTO item (name) VALUES ('cup'); INSERT INTO tag (word) VALUES ('red');"
        "INSERT INTO line (item_id, amount) VALUES (1, 3); INSERT INTO item_tag (item_id, tag_id) VALUES (1, 1)",
    )
    change(project, models.replace("class Item(", "class Thing(").replace("models.Item", "models.Thing"))
    draft = await draft_of(project)
    assert 'DROP TABLE IF EXISTS "item"' in draft.up
    assert [each.typed for each in draft.likely] == ["item=thing"]
    path = await make_it(project, *answers_of(["item=thing"], draft.questions))
    assert "DROP TABLE" not in path.read_text()
    await aerich(project.root, "upgrade")
    assert "No changes detected" in await aerich(project.root, "migrate")
    assert await query(empty_url, "SELECT name FROM thing JOIN line ON item_id = thing.id") == [("cup",)]
    assert await query(empty_url, "SELECT thing_id, tag_id FROM thing_tag") == [(1, 1)]
    await aerich(project.root, "downgrade", "--yes")
    assert await query(empty_url, "SELECT name FROM item JOIN item_tag ON item_id = item.id") == [("cup",)]


async def test_another_model_on_the_same_table_drops_nothing(tmp_path: Path, empty_url: str) -> None:
    """Plain Aerich creates the table IF NOT EXISTS and drops it then."""
    project = await start_shop(tmp_path / "shop", empty_url)
    await execute(empty_url, "INSERT INTO item (name) VALUES ('cup')")
    renamed = ITEM.replace("class Item(", "class Thing(") + "    colour = fields.CharField(max_length=9, null=True)\n"
    change(project, renamed + "\n    class Meta:\n        table = 'item'\n")
    assert 'DROP TABLE IF EXISTS "item"' in await plain_draft(project.root, project.folder)
    await make_it(project)
    await aerich(project.root, "upgrade")
    assert await query(empty_url, "SELECT name, colour FROM item") == [("cup", None)]


async def test_a_field_under_another_name_on_the_same_column_is_nothing(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, ITEM.replace("name = fields.CharField(", "title = fields.CharField(source_field='name', "))
    draft = await draft_of(project)
    assert draft.up == ""


async def test_the_same_answer_under_any_hash_seed_and_twice(
    tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = "\n    ".join(
        f"{name} = fields.CharField(max_length=20, default='x')" for name in ("one", "two", "three")
    )
    project = await start_shop(tmp_path / "shop", empty_url, MANY.format("a = fields.IntField(null=True)", columns))
    more = (
        columns.replace("three", "four")
        + "\n    five = fields.IntField(null=True)\n    six = fields.IntField(null=True)"
    )
    after = MANY.format("b = fields.IntField(null=True)\n    c = fields.IntField(null=True)", more)
    change(project, after.replace('[("item", "one"), ("one", "two")]', '[("one", "five"), ("two", "six")]'))
    usual = worker._environment()
    seen = set()
    for seed in range(4):
        monkeypatch.setattr(worker, "_environment", lambda seed=seed: usual | {"PYTHONHASHSEED": str(seed)})
        for _ in range(2 if seed == 0 else 1):
            draft = await draft_of(project)
            seen.add((draft.up, draft.down, draft.state, tuple(each.id for each in draft.questions)))
    assert len(seen) == 1
    (only,) = seen
    # In the order of the model.
    assert only[0].index('"four"') < only[0].index('"five"') < only[0].index('"six"')


async def test_the_plain_command_guesses_by_the_seed(tmp_path: Path, empty_url: str) -> None:
    """Why renames are asked: the same change swaps two columns or does not."""
    project = await start_shop(tmp_path / "shop", empty_url, TWO)
    change(project, OTHER_TWO)
    seen = {await plain_draft(project.root, project.folder, seed) for seed in range(8)}
    assert len(seen) > 1
    assert len((await draft_of(project)).likely) == 4


async def test_made_twice_before_anything_is_applied(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, ITEM + "    colour = fields.CharField(max_length=20, null=True)\n")
    first = await make_it(project)
    text = first.read_text()
    assert not (await begin(project)).has_changes
    change(
        project,
        ITEM + "    colour = fields.CharField(max_length=20, null=True)\n    size = fields.IntField(null=True)\n",
    )
    second = await make_it(project)
    # The pending one is still there: the plain command asks to remove it, or removes it.
    assert first.read_text() == text
    assert second.name.startswith("2_")
    assert "colour" not in second.read_text().partition("MODELS_STATE")[0]
    await aerich(project.root, "upgrade")
    assert "No changes detected" in await aerich(project.root, "migrate")


async def test_a_default_with_a_quote(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    await execute(empty_url, "INSERT INTO item (name) VALUES ('cup')")
    change(project, ITEM + '    motto = fields.CharField(max_length=20, default="it\'s \\\\ fine")\n')
    await make_it(project)
    await aerich(project.root, "upgrade")
    assert await query(empty_url, "SELECT motto FROM item") == [("it's \\ fine",)]


async def test_the_plain_command_writes_a_broken_default(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, ITEM + '    motto = fields.CharField(max_length=20, default="it\'s")\n')
    await aerich(project.root, "migrate", "--offline", "--no-input")
    await aerich(project.root, "upgrade", ok=False)


async def test_on_delete_and_the_default_of_a_column_are_followed(tmp_path: Path, empty_url: str) -> None:
    """The plain command says that it ignores the one, and writes nothing useful of the other."""
    models = ITEM + "    size = fields.IntField(db_default=1)\n" + CHILD
    project = await start_shop(tmp_path / "shop", empty_url, models)
    change(project, models.replace("fields.CASCADE", "fields.RESTRICT").replace("db_default=1", "db_default=7"))
    await make_it(project)
    await aerich(project.root, "upgrade")
    assert "No changes detected" in await aerich(project.root, "migrate")
    await execute(empty_url, "INSERT INTO item (name) VALUES ('cup')")
    assert await query(empty_url, "SELECT size FROM item") == [(7,)]


async def test_a_model_that_goes_comes_back_on_the_way_back(tmp_path: Path, empty_url: str) -> None:
    extra = CHILD + "\n    class Meta:\n        indexes = [('amount', 'item_id')]\n"
    extra += "        unique_together = [('item', 'amount')]\n"
    project = await start_shop(tmp_path / "shop", empty_url, ITEM + extra)
    change(project, ITEM)
    making = await try_it(project)
    trial = making.first.trial
    assert trial is not None
    assert trial.is_clean, trial.sentences
    assert [hit.rule for hit in trial.hits if hit.rule == "drops-data"]


async def test_a_table_that_refers_to_itself(tmp_path: Path, empty_url: str) -> None:
    """Tortoise makes it; plain Aerich calls it a cycle."""
    project = await start_shop(tmp_path / "shop", empty_url)
    node = "\n\nclass Node(Model):\n    id = fields.IntField(primary_key=True)\n"
    change(project, ITEM + node + '    up = fields.ForeignKeyField("models.Node", null=True, related_name="below")\n')
    assert "cyclic" in await aerich(project.root, "migrate", "--offline", "--no-input", ok=False)
    await make_it(project)


async def test_a_draft_that_does_not_run_is_told_with_its_statement(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, ITEM + "    colour = fields.CharField(max_length=20, null=True)\n")
    making = await try_it(project, up="ALTER TABLE nowhere ADD x int;", down="SELECT 1;")
    trial = making.first.trial
    assert trial is not None
    assert not making.is_ok
    assert "does not run up" in trial.trouble
    assert "nowhere" in trial.trouble
    assert trial.statement.startswith("ALTER TABLE nowhere")
    assert files(project) == files(project)


async def test_a_way_back_that_is_not_whole_is_told(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, ITEM + "    colour = fields.CharField(max_length=20, null=True)\n")
    draft = await draft_of(project)
    making = await try_it(project, up=f"{draft.up}CREATE TABLE left_over (id int);", down="DROP TABLE left_over;")
    trial = making.first.trial
    assert trial is not None
    assert "does not run up again" in trial.trouble
    making = await try_it(
        project, up=draft.up.replace("20", "30"), down=f"{draft.down}CREATE TABLE IF NOT EXISTS left_over (id int);"
    )
    trial = making.first.trial
    assert trial is not None
    assert making.is_ok
    assert any("left_over" in line for line in trial.back)
    assert any("VARCHAR(30)" in line.upper() or "30" in line for line in trial.differences)


async def test_renames_that_cannot_be(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url, TWO)
    change(project, OTHER_TWO)
    questions = (await draft_of(project)).questions
    with pytest.raises(NoSuchRename, match="one=alpha"):
        answers_of(["nothing=alpha"], questions)
    with pytest.raises(NoSuchRename, match="OLD=NEW"):
        answers_of(["one"], questions)
    both = answers_of(["one=alpha", "two=alpha"], questions)
    assert "alpha was given for two renames" in (await begin(project, both)).refusal


async def test_two_branches_that_were_merged(tmp_path: Path, empty_url: str) -> None:
    """Plain Aerich makes again what the first branch has made, since the last file does not know of it."""
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, ITEM + COLOUR + CHILD)
    first = await make_it(project, name="first")
    text = first.read_text()
    first.unlink()
    change(project, ITEM + SIZE)
    second = await make_it(project, name="second")
    second.rename(second.with_name(second.name.replace("1_", "2_", 1)))
    first.write_text(text)
    await aerich(project.root, "upgrade")
    change(project, ITEM + COLOUR + SIZE + CHILD)
    assert '"colour"' in await plain_draft(project.root, project.folder)
    draft = await draft_of(project)
    assert draft.up == ""
    assert draft.is_only_state
    assert any("item.colour, which 1_" in note for note in draft.all_notes)
    assert any("line, which 1_" in note for note in draft.all_notes)
    change(project, ITEM + COLOUR + SIZE + "    weight = fields.IntField(null=True)\n" + CHILD)
    path = await make_it(project, name="third")
    assert "colour" not in path.read_text().partition("MODELS_STATE")[0]
    await aerich(project.root, "upgrade")
    assert "No changes detected" in await aerich(project.root, "migrate")
    change(project, ITEM + COLOUR + "    weight = fields.IntField(null=True)\n" + CHILD)
    assert not any("branches" in note for note in (await draft_of(project)).all_notes)
