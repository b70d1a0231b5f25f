"""What Aerich does without a word, and what ours says before anything is done: files and rows that do not tell the same
story."""

from tests.tui.migrate.plain.conftest import MakePair
from tests.tui.migrate.projects import execute, migration

INSERT = "INSERT INTO item (name) VALUES ('{}')"
ROW = "INSERT INTO aerich (version, app, content) VALUES ('{}', 'models', '{{}}')"


def one(name: str) -> str:
    return migration(INSERT.format(name), f"DELETE FROM item WHERE name = '{name}'")


async def test_a_row_without_a_file(pair: MakePair) -> None:
    """Another branch was applied here: its columns are there, and the next file was written without knowing them."""
    found = pair(f1_a=one("a"))
    for copy in (found.plain, found.ours):
        await execute(copy.url, ROW.format("7_of_another_branch.py"))
    plain = found.plain.aerich("upgrade")
    assert (plain.code, "7_of" in plain.text) == (0, False)

    status = found.ours.shellback("status", "--json")
    assert status.code == 4
    states = {each["version"]: each["state"] for each in status.document["migrations"]}
    assert states["7_of_another_branch.py"] == "MISSING"
    refused = found.ours.shellback("apply", "--yes")
    assert refused.code == 4
    assert "ahead of this code" in refused.text
    assert await found.ours.names() == []


async def test_the_same_number_twice(pair: MakePair) -> None:
    found = pair(f1_a=one("a"), f1_b=one("b"))
    assert found.plain.aerich("heads").out.split() == ["1_a.py", "1_b.py"]

    status = found.ours.shellback("status", "--json")
    assert status.code == 4
    states = {each["version"]: each["state"] for each in status.document["migrations"]}
    assert states["1_a.py"] == states["1_b.py"] == "SAME NUMBER"


async def test_a_file_out_of_order(pair: MakePair) -> None:
    """Written on a branch, and merged when a later one was applied already."""
    found = pair(f1_late=one("late"), f2_b=one("b"))
    for copy in (found.plain, found.ours):
        await execute(copy.url, ROW.format("2_b.py"))
    assert found.plain.aerich("heads").out.split() == ["1_late.py"]

    planned = found.ours.shellback("plan", "--json")
    assert planned.code == 2
    (caution,) = planned.document["plan"]["cautions"]
    assert caution["version"] == "1_late.py"
    assert "written for an older schema" in caution["sentence"]


async def test_files_of_an_older_aerich(pair: MakePair) -> None:
    found = pair()
    for copy in (found.plain, found.ours):
        (copy.folder / "1_20200101000000_old.sql").write_text("CREATE TABLE old (id INT);")
    assert "old" not in found.plain.aerich("history").text

    status = found.ours.shellback("status", "--json")
    old = status.document["migrations"][-1]
    assert (old["version"], old["state"]) == ("1_20200101000000_old.sql", "IGNORED")
    assert "before 0.6" in old["note"]


async def test_names_with_leading_zeros(pair: MakePair) -> None:
    """Aerich orders by the number and then looks for its digits as text."""
    found = pair(f007_a=one("a"), f010_b=one("b"))
    assert found.plain.aerich("upgrade").code == 0
    plain = found.plain.aerich("downgrade", "-v", "7", "--yes")
    assert "No specified version found" in plain.text
    assert await found.plain.names() == ["a", "b"]

    ours = found.ours.shellback("apply", "--yes", "--to", "7")
    assert ours.code == 0, ours.text
    assert await found.ours.names() == ["a"]
    ours = found.ours.shellback("apply", "--yes", "--to", "010")
    assert ours.code == 0, ours.text
    assert await found.ours.applied() == ["0_init.py", "007_a.py", "010_b.py"]
