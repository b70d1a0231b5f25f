"""Each kind of difference is found, and told with what would mend it; running that mends it."""

from pathlib import Path

import pytest

from tests.tui.migrate.drift.shelf import fill_shelf, make_shelf
from tests.tui.migrate.projects import execute, query
from tui.migrate.drift import DriftReport, find_drift
from tui.settings import parse_url

Found = set[tuple[str, str, str]]


def found(report: DriftReport) -> Found:
    assert report.fault is None, report.fault
    return {(each.kind, each.table, each.name) for each in report.differences}


async def mend(url: str, report: DriftReport) -> None:
    """Runs what the report proposes, as a person would by pasting it."""
    unknown = [each.fix_sql for each in report.unknown_objects]
    text = "\n".join([*unknown, report.fix_sql])
    statements = [text] if parse_url(url).dialect == "sqlite" else text.replace(" CONCURRENTLY", "").split(";\n")
    for statement in filter(str.strip, statements):
        await execute(url, f"{statement};")


async def drift_after(tmp_path: Path, url: str, sql: str) -> tuple[DriftReport, DriftReport]:
    """What is told after somebody ran `sql` by hand, and what is told after its own mending was run."""
    project = make_shelf(tmp_path / "shelf", url)
    await fill_shelf(url)
    await execute(url, sql)
    report = await find_drift(project)
    await mend(url, report)
    return report, await find_drift(project)


async def test_nothing_differs(tmp_path: Path, empty_url: str) -> None:
    project = make_shelf(tmp_path / "shelf", empty_url)
    await fill_shelf(empty_url)
    report = await find_drift(project)
    assert (report.fault, report.differences, report.drift) == (None, (), ())
    assert report.tables == 5
    assert report.sentence == "No drift: 5 tables of the models compared."
    assert report.is_exact
    assert "scratch schema" in report.models or "in memory" in report.models
    assert report.files.startswith("their SQL run again")


BOTH = {
    "a dropped table": ("DROP TABLE book_tag", {("table", "book_tag", "")}),
    "a dropped index": ("DROP INDEX idx_book_title_3a1b7e", {("index", "book", "(title, price)")}),
    "a dropped unique index": (
        "DROP INDEX uidx_book_tag_book_id_29db39",
        {("unique", "book_tag", "(book_id, tag_id)")},
    ),
    "a column more": ("ALTER TABLE tag ADD COLUMN colour VARCHAR(10)", {("column", "tag", "colour")}),
    "an index more": ("CREATE INDEX mine ON tag (word)", {("index", "tag", "(word)")}),
    "a table more": ("CREATE TABLE backup_of_tag (id INT)", {("table", "backup_of_tag", "")}),
    "a view": ("CREATE VIEW cheap AS SELECT id FROM book WHERE title = 'a'", {("view", "cheap", "")}),
    "a renamed column": (
        "ALTER TABLE tag RENAME COLUMN word TO term",
        {("column", "tag", "word"), ("column", "tag", "term")},
    ),
}


@pytest.mark.parametrize("what", BOTH)
async def test_on_both(what: str, tmp_path: Path, empty_url: str) -> None:
    sql, expected = BOTH[what]
    report, afterwards = await drift_after(tmp_path, empty_url, sql)
    assert found(report) == expected
    assert all(each.fix_sql for each in report.differences)
    if what != "a renamed column":
        # NOT NULL without a value cannot be added to rows that are there: the fix says so.
        assert found(afterwards) == set()


POSTGRES = {
    "a longer text": (
        "ALTER TABLE author ALTER COLUMN name TYPE VARCHAR(80)",
        {("type", "author", "name")},
    ),
    "NULL allowed": ("ALTER TABLE book ALTER COLUMN title DROP NOT NULL", {("null", "book", "title")}),
    "NULL forbidden": ("ALTER TABLE author ALTER COLUMN born SET NOT NULL", {("null", "author", "born")}),
    "a unique key gone": (
        "ALTER TABLE author DROP CONSTRAINT author_name_key",
        {("unique", "author", "(name)")},
    ),
    "a unique key of two gone": (
        'ALTER TABLE book DROP CONSTRAINT "uid_book_author__6a5a1d"',
        {("unique", "book", "(author_id, title)")},
    ),
    "ON DELETE": (
        (
            "ALTER TABLE book DROP CONSTRAINT book_author_id_fkey, ADD CONSTRAINT book_author_id_fkey"
            " FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE RESTRICT"
        ),
        {("foreign key", "book", "(author_id) to author")},
    ),
    "a key gone": (
        "ALTER TABLE book DROP CONSTRAINT book_author_id_fkey",
        {("foreign key", "book", "(author_id) to author")},
    ),
    "a key not validated": (
        (
            "ALTER TABLE book DROP CONSTRAINT book_author_id_fkey, ADD CONSTRAINT book_author_id_fkey"
            " FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE CASCADE NOT VALID"
        ),
        {("foreign key", "book", "(author_id) to author")},
    ),
    "a primary key gone": ("ALTER TABLE tag DROP CONSTRAINT tag_pkey CASCADE", None),
    "a default by hand": ("ALTER TABLE tag ALTER COLUMN word SET DEFAULT 'x'", {("default", "tag", "word")}),
    "numbers no more": ("ALTER TABLE tag ALTER COLUMN id DROP DEFAULT", None),
    "a check": (
        "ALTER TABLE author ADD CONSTRAINT alive CHECK (born > 0)",
        {("check", "author", "CHECK ((born > 0))")},
    ),
    "a trigger": (
        (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
            "CREATE TRIGGER watch BEFORE INSERT ON tag FOR EACH ROW EXECUTE FUNCTION f()"
        ),
        {("trigger", "tag", "watch")},
    ),
    "another method": (
        "DROP INDEX idx_author_born_0e6a3a; CREATE INDEX idx_author_born_0e6a3a ON author USING hash (born)",
        {("index", "author", "(born)"), ("index", "author", "USING hash (born)")},
    ),
    "an invalid index": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_book_title_3a1b7e'::regclass",
        {("index", "book", "(title, price)")},
    ),
    "a partial index": (
        "CREATE INDEX mine ON author (born) WHERE born > 1900",
        {("index", "author", "USING btree (born) WHERE (born > 1900)")},
    ),
    "an index by an expression": (
        "CREATE UNIQUE INDEX mine ON author (lower(name))",
        {("index", "author", "UNIQUE USING btree (lower((name)::text))")},
    ),
    "a sequence": ("CREATE SEQUENCE spare", {("sequence", "spare", "")}),
    "an enum": ("CREATE TYPE mood AS ENUM ('good', 'bad')", {("enum", "mood", "")}),
    "a generated column": (
        "ALTER TABLE author ADD COLUMN age INT GENERATED ALWAYS AS (2000 - born) STORED",
        {("column", "author", "age")},
    ),
    "another collation": (
        'ALTER TABLE tag ALTER COLUMN word TYPE VARCHAR(20) COLLATE "C"',
        {("collation", "tag", "word")},
    ),
}


@pytest.mark.postgres_only
@pytest.mark.parametrize("what", POSTGRES)
async def test_on_postgres(what: str, tmp_path: Path, empty_url: str) -> None:
    sql, expected = POSTGRES[what]
    report, afterwards = await drift_after(tmp_path, empty_url, sql)
    if expected is None:
        assert report.drift
    else:
        assert found(report) == expected
    assert found(afterwards) == set(), report.fix_sql


def rebuilt(table: str, old: str, new: str) -> str:
    """The table as somebody made it again by hand."""
    from tests.tui.migrate.drift.shelf import shelf_sql

    made = next(text for text in shelf_sql("sqlite").split(";") if f'CREATE TABLE "{table}"' in text)
    assert old in made
    return f"PRAGMA foreign_keys = OFF; DROP TABLE {table}; {made.replace(old, new, 1)};"


SQLITE = {
    "a longer text": (rebuilt("tag", "VARCHAR(20)", "VARCHAR(80)"), {("type", "tag", "word")}),
    "NULL allowed": (rebuilt("tag", "VARCHAR(20) NOT NULL", "VARCHAR(20)"), {("null", "tag", "word")}),
    "a check": (
        rebuilt("tag", '"word" VARCHAR(20) NOT NULL', "\"word\" VARCHAR(20) NOT NULL CHECK (word <> '')"),
        {("check", "tag", "CHECK (word <> '')")},
    ),
    "numbers given twice": (rebuilt("tag", "AUTOINCREMENT ", ""), {("identity", "tag", "id")}),
    "another collation": (
        rebuilt("tag", '"word" VARCHAR(20)', '"word" VARCHAR(20) COLLATE NOCASE'),
        {("collation", "tag", "word")},
    ),
    "ON DELETE": (
        rebuilt("book_tag", "ON DELETE CASCADE", "ON DELETE RESTRICT")
        + 'CREATE UNIQUE INDEX "uidx_book_tag_book_id_29db39" ON "book_tag" ("book_id", "tag_id")',
        {("foreign key", "book_tag", "(book_id) to book")},
    ),
    "a unique key gone": (
        rebuilt("author", "VARCHAR(50) NOT NULL UNIQUE", "VARCHAR(50) NOT NULL")
        + 'CREATE INDEX "idx_author_born_0e6a3a" ON "author" ("born")',
        {("unique", "author", "(name)")},
    ),
    "a trigger": (
        "CREATE TRIGGER watch AFTER INSERT ON tag WHEN NEW.word <> '' BEGIN SELECT 1; END",
        {("trigger", "tag", "watch")},
    ),
    "a partial index": (
        "CREATE INDEX mine ON author (born) WHERE born > 1900",
        {("index", "author", "(born) where born > 1900")},
    ),
    "an index by an expression": (
        "CREATE UNIQUE INDEX mine ON author (lower(name))",
        {("index", "author", "UNIQUE (lower (name))")},
    ),
    "a generated column": (
        "ALTER TABLE author ADD COLUMN age INT GENERATED ALWAYS AS (2000 - born) VIRTUAL",
        {("column", "author", "age")},
    ),
    "a default by hand": (
        rebuilt("tag", "VARCHAR(20) NOT NULL", "VARCHAR(20) NOT NULL DEFAULT 'x'"),
        {("default", "tag", "word")},
    ),
}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("what", SQLITE)
async def test_on_sqlite(what: str, tmp_path: Path, empty_url: str) -> None:
    sql, expected = SQLITE[what]
    report, afterwards = await drift_after(tmp_path, empty_url, sql)
    assert found(report) == expected
    assert found(afterwards) == set(), report.fix_sql


async def test_only_some_tables(tmp_path: Path, empty_url: str) -> None:
    project = make_shelf(tmp_path / "shelf", empty_url)
    await fill_shelf(empty_url)
    await execute(empty_url, "DROP TABLE book_tag; ALTER TABLE tag ADD COLUMN colour INT; CREATE VIEW v AS SELECT 1")
    assert found(await find_drift(project, tables=["tag"])) == {("column", "tag", "colour")}
    assert found(await find_drift(project, tables=["author"])) == set()


async def test_what_nobody_knows_is_told_apart(tmp_path: Path, empty_url: str) -> None:
    project = make_shelf(tmp_path / "shelf", empty_url)
    await fill_shelf(empty_url)
    await execute(empty_url, "CREATE TABLE spatial (id INT); ALTER TABLE tag ADD COLUMN colour INT")
    report = await find_drift(project)
    spatial, colour = sorted(report.differences, key=lambda each: each.kind, reverse=True)
    assert (spatial.is_unknown_object, spatial.is_only_there, spatial.counts) == (True, True, False)
    assert (colour.is_unknown_object, colour.is_only_there, colour.counts) == (False, True, True)
    assert report.drift == (colour,)
    assert report.unknown_objects == (spatial,)


async def test_hostile_names(tmp_path: Path, empty_url: str) -> None:
    project = make_shelf(tmp_path / "shelf", empty_url)
    await fill_shelf(empty_url)
    table, column = 'a"b\n[red]; DROP TABLE tag; --', 'c"d\x1b[31m'
    quoted = table.replace('"', '""')
    await execute(empty_url, f'CREATE TABLE "{quoted}" (id INT)')
    await execute(empty_url, 'ALTER TABLE tag ADD COLUMN "{}" INT'.format(column.replace('"', '""')))
    await execute(empty_url, f'CREATE INDEX "i{quoted}" ON "tag" ("{column.replace(chr(34), chr(34) * 2)}")')
    report = await find_drift(project)
    assert {("table", table, ""), ("column", "tag", column)} <= found(report)
    for each in report.differences:
        assert "\n" not in each.sentence()
        assert "\x1b" not in each.sentence()
    await mend(empty_url, report)
    assert found(await find_drift(project)) == set()
    assert await query(empty_url, "SELECT * FROM tag") == []
