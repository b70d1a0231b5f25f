"""What a statement does, told from its text alone."""

from __future__ import annotations

import pytest

from tui.migrate.process.sql.ddl import Change, Kind, Verb, touched, what_does


@pytest.mark.parametrize(
    ("sql", "kind", "tables", "columns"),
    [
        ('CREATE TABLE IF NOT EXISTS "a" ("id" INT, "a b" TEXT, UNIQUE ("id"))', "create table", ["a"], ["id", "a b"]),
        ("CREATE TABLE Shop.Book AS SELECT 1", "create table", ["shop.book"], []),
        ("/* why */ ALTER -- what\n TABLE ONLY book ADD a INT", "alter table", ["book"], ["a"]),
        ('DROP TABLE IF EXISTS "A", b CASCADE', "drop table", ["A", "b"], []),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON b USING btree (a, lower(x), c)", "create index", ["b"], ["a", "c"]),
        ("INSERT INTO book (a) SELECT x FROM other", "insert", ["book"], ["a"]),
        ("UPDATE ONLY book SET a = 1, (b, c) = (2, 3) WHERE a > 0", "update", ["book"], ["a", "b", "c"]),
        ("DELETE FROM book USING other WHERE true", "delete", ["book"], []),
        ("WITH n AS (SELECT 1 FROM other) INSERT INTO book SELECT * FROM n", "insert", ["book"], []),
        ("TRUNCATE a, b", "truncate", ["a", "b"], []),
        ("GRANT SELECT ON TABLE a, b TO app", "grant", ["a", "b"], []),
        ("COMMENT ON COLUMN book.a IS 'x'", "comment", ["book"], ["a"]),
        ("CREATE TRIGGER t BEFORE UPDATE ON book EXECUTE FUNCTION f()", "create trigger", ["book"], []),
        ("LOCK TABLE a, b IN EXCLUSIVE MODE", "lock table", ["a", "b"], []),
        ("DO $$ BEGIN DROP TABLE x; END $$", "do block", [], []),
        ("COMMIT", "transaction", [], []),
        ("ALTER SYSTEM SET a = 1", "database", [], []),
        ("gibberish ( [ '", "other", [], []),
        ("", "other", [], []),
    ],
)  # fmt: skip
def test_the_kind_the_tables_and_the_columns(sql: str, kind: str, tables: list[str], columns: list[str]) -> None:
    deed = what_does(sql, "postgres")
    assert (deed.kind, list(deed.tables), list(deed.columns)) == (kind, tables, columns)


def _changes(sql: str) -> tuple[Change, ...]:
    return what_does(f"ALTER TABLE book {sql}", "postgres").changes


def test_the_changes_of_an_alter_table() -> None:
    add, drop, key = _changes(
        "ADD COLUMN IF NOT EXISTS price NUMERIC(10, 2) DEFAULT round(1, 2) NOT NULL UNIQUE, DROP old CASCADE, "
        'ADD CONSTRAINT "fk" FOREIGN KEY ("x") REFERENCES shop.other ("id") ON DELETE SET NULL NOT VALID'
    )
    assert (add.verb, add.column, add.type) == (Verb.ADD_COLUMN, "price", "NUMERIC(10, 2)")
    assert (add.default, add.not_null, add.unique) == ("round(1, 2)", True, True)
    assert (drop.verb, drop.column) == (Verb.DROP_COLUMN, "old")
    assert (key.verb, key.column, key.references) == (Verb.ADD_CONSTRAINT, "fk", "shop.other")


def test_a_cast_is_told_with_its_expression() -> None:
    (change,) = _changes('ALTER "name" TYPE VARCHAR(10) USING "name"::VARCHAR(10)')
    assert (change.verb, change.column, change.type) == (Verb.SET_TYPE, "name", "VARCHAR(10)")
    assert change.using == '"name"::VARCHAR(10)'
    (change,) = _changes("ALTER COLUMN at SET DATA TYPE TIMESTAMP WITH TIME ZONE")
    assert (change.type, change.using) == ("TIMESTAMP WITH TIME ZONE", "")


@pytest.mark.parametrize(
    ("sql", "verb", "column", "to"),
    [
        ("RENAME TO volume", Verb.RENAME_TABLE, "", "volume"),
        ("RENAME COLUMN a TO b", Verb.RENAME_COLUMN, "a", "b"),
        ("RENAME a TO b", Verb.RENAME_COLUMN, "a", "b"),
        ("ALTER a SET NOT NULL", Verb.SET_NOT_NULL, "a", ""),
        ("ALTER a DROP NOT NULL", Verb.DROP_NOT_NULL, "a", ""),
        ("ALTER a DROP DEFAULT", Verb.DROP_DEFAULT, "a", ""),
        ("DROP CONSTRAINT IF EXISTS c", Verb.DROP_CONSTRAINT, "c", ""),
        ("VALIDATE CONSTRAINT c", Verb.VALIDATE, "c", ""),
        ("SET SCHEMA other", Verb.SET_SCHEMA, "", "other"),
        ("ENABLE ROW LEVEL SECURITY", Verb.OTHER, "", ""),
    ],
)
def test_each_change_by_itself(sql: str, verb: Verb, column: str, to: str) -> None:
    (change,) = _changes(sql)
    assert (change.verb, change.column, change.to) == (verb, column, to)


def test_names_are_as_the_database_knows_them() -> None:
    assert what_does('DROP TABLE Book, "Book", "a""b", "s"."T"', "postgres").tables == ("book", "Book", 'a"b', "s.T")
    assert what_does("DROP TABLE `a b`", "sqlite").tables == ("a b",)
    assert what_does("DROP TABLE [Book]", "sqlite").tables == ("Book",)


def test_what_loses_rows_or_values() -> None:
    lose = ["DROP TABLE a", "TRUNCATE a", "DELETE FROM a", "ALTER TABLE a DROP b", "DROP SCHEMA a",
            "ALTER TABLE a ALTER b TYPE INT USING b::INT"]  # fmt: skip
    keep = ["CREATE TABLE a (b INT)", "ALTER TABLE a ADD b INT", "DROP INDEX a", "UPDATE a SET b = 1",
            "ALTER TABLE a DROP CONSTRAINT b", "CREATE SCHEMA a"]  # fmt: skip
    assert all(what_does(sql, "postgres").is_destructive for sql in lose)
    assert not any(what_does(sql, "postgres").is_destructive for sql in keep)


def test_a_quote_without_an_end_is_seen() -> None:
    assert what_does("ALTER TABLE a ADD b TEXT DEFAULT 'it's'", "postgres").is_open
    assert not what_does("ALTER TABLE a ADD b TEXT DEFAULT 'it''s' /* ' */", "postgres").is_open
    assert what_does("DO $a$ BEGIN", "postgres").is_open
    # A backslash is nothing special outside of E'...'.
    assert not what_does(r"SELECT 'a\'", "postgres").is_open
    assert what_does(r"SELECT E'a\'", "postgres").is_open


def test_a_program_may_touch_more_than_it_says() -> None:
    assert what_does("DO $$ BEGIN END $$", "postgres").is_opaque
    assert what_does("SELECT mend_all()", "postgres").is_opaque
    assert not what_does("SELECT count(*) FROM a", "postgres").is_opaque


def test_a_rebuilt_table_is_neither_created_nor_dropped() -> None:
    sql = """
        CREATE TABLE "new_book" ("id" INT);
        INSERT INTO "new_book" SELECT "id" FROM "book";
        DROP TABLE "book";
        ALTER TABLE "new_book" RENAME TO "book";
        CREATE TABLE "author" ("id" INT);
        CREATE TABLE helper (a INT); DROP TABLE helper;
        CREATE TEMP TABLE other (a INT); INSERT INTO other SELECT 1; DROP TABLE other;
        ALTER TABLE "shelf" RENAME TO "rack";
        DROP TABLE "gone"
    """
    found = touched(sql, "sqlite")
    assert found.rebuilt == {"book"}
    assert found.created == {"author"}
    assert found.dropped == {"gone"}
    assert found.changed == {"book"}
    assert found.renamed == (("shelf", "rack"),)
    assert found.tables == {"book", "author", "gone", "shelf", "rack"}


def test_a_table_made_again_by_its_name_is_rebuilt_when_its_rows_come_back() -> None:
    sql = """
        CREATE TABLE "kept" AS SELECT "id" FROM "book";
        DROP TABLE "book";
        CREATE TABLE "book" ("id" INT, "name" TEXT);
        INSERT INTO "book" ("id") SELECT "id" FROM "kept";
        DROP TABLE "kept";
    """
    found = touched(sql, "sqlite")
    assert found.rebuilt == found.changed == {"book"}
    assert not found.created | found.dropped
    # Rows of another table are not its own.
    for other in ('SELECT 1 AS "id"', 'SELECT "id" FROM "shelf"'):
        found = touched(sql.replace('SELECT "id" FROM "book"', other), "sqlite")
        assert not found.rebuilt
        assert found.dropped == {"book"}
    assert touched(sql.replace("INSERT", "-- INSERT"), "sqlite").dropped == {"book"}


@pytest.mark.parametrize("sql", ["(" * 200_000, "CREATE TABLE a (" * 20_000, "ALTER TABLE a " + "ADD b INT," * 20_000,
                                 "'" * 200_001, "/*" * 100_000, "WITH a AS (" * 20_000])  # fmt: skip
def test_a_hostile_statement_is_read_in_one_pass(sql: str) -> None:
    assert what_does(sql, "postgres").kind in Kind
    assert what_does(sql, "sqlite").kind in Kind
