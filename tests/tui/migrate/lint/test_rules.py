"""Each of our own rules: SQL that it hits, and SQL like it that it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.migrate.lint.files import EMPTY, LARGE, SMALL, file, lint, only, rules, state
from tui.migrate.lint import Known, Severity
from tui.migrate.lint.catalogue import OWN
from tui.migrate.sizes import Cut

BOOK = state({"book": {"id": "INT", "name": "VARCHAR(50)", "isbn": "VARCHAR(13)"}})
REBUILD = (
    'CREATE TABLE "new_book" ("id" INT); INSERT INTO "new_book" SELECT "id" FROM "book"; '
    'DROP TABLE "book"; ALTER TABLE "new_book" RENAME TO "book";'
)

CASES: list[tuple[str, str, str, str]] = [
    # rule, dialect, hit, no hit
    ("transaction-control", "postgres", "INSERT INTO a VALUES (1); COMMIT", "SAVEPOINT s; RELEASE s"),
    ("transaction-control", "sqlite", "ROLLBACK", "BEGIN; INSERT INTO a VALUES (1); COMMIT"),
    ("not-in-a-transaction", "postgres", "CREATE INDEX CONCURRENTLY i ON a (b)", "CREATE INDEX i ON a (b)"),
    ("not-in-a-transaction", "postgres", "DROP INDEX CONCURRENTLY i", "DROP INDEX i"),
    ("not-in-a-transaction", "postgres", "REINDEX TABLE CONCURRENTLY a", "REINDEX TABLE a"),
    ("not-in-a-transaction", "postgres", "ALTER SYSTEM SET a = 1", "ALTER ROLE a SET b = 1"),
    ("not-in-a-transaction", "postgres", "CREATE DATABASE a", "CREATE SCHEMA a"),
    ("not-in-a-transaction", "postgres", "VACUUM a", "ANALYZE a"),
    ("not-in-a-transaction", "postgres", "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
     "ALTER TABLE a DETACH PARTITION b"),
    ("not-in-a-transaction", "sqlite", "VACUUM", "REINDEX a"),
    ("session-setting", "postgres", "SET search_path = shop", "SET LOCAL search_path = shop"),
    ("open-quote", "postgres", "INSERT INTO a VALUES ('it", "INSERT INTO a VALUES ('it''s')"),
    ("open-quote", "postgres", "DO $a$ BEGIN END $b$", "DO $a$ BEGIN END $a$"),
    ("open-quote", "sqlite", 'SELECT "a', 'SELECT "a""b"'),
    ("quote-in-text", "postgres", "ALTER TABLE a ADD b TEXT DEFAULT 'it's'",
     "ALTER TABLE a ADD b TEXT DEFAULT 'it''s'"),
    ("quote-in-text", "sqlite", "ALTER TABLE a ADD b TEXT DEFAULT 'it's'", "ALTER TABLE a ADD b TEXT DEFAULT 'it''s'"),
    ("quote-in-text", "postgres", "COMMENT ON TABLE a IS 'it's it's'", "COMMENT ON TABLE a IS 'it' \n 's'"),
    ("not-sqlite", "sqlite", "ALTER TABLE a ALTER COLUMN b TYPE INT", "ALTER TABLE a RENAME COLUMN b TO c"),
    ("empty-file", "postgres", "-- nothing", "SELECT 1"),
    ("narrowing-cast", "postgres", "ALTER TABLE book ALTER name TYPE VARCHAR(10) USING name::VARCHAR(10)",
     "ALTER TABLE book ALTER name TYPE VARCHAR(90) USING name::VARCHAR(90)"),
    ("narrowing-cast", "postgres", "ALTER TABLE book ALTER name TYPE VARCHAR(10) USING name::VARCHAR(10)",
     "ALTER TABLE book ALTER name TYPE VARCHAR(10)"),
    ("narrowing-cast", "postgres", "ALTER TABLE x ALTER price TYPE NUMERIC(4,1) USING price::NUMERIC(4,1)",
     "ALTER TABLE x ALTER price TYPE TEXT USING price::TEXT"),
    ("rename-as-drop", "postgres", "CREATE TABLE volume (id INT, name VARCHAR(50), isbn VARCHAR(13)); DROP TABLE book",
     "CREATE TABLE shelf (id INT, room TEXT, side TEXT); DROP TABLE book"),
    ("rename-as-drop", "sqlite", "CREATE TABLE volume (id INT, name VARCHAR(50), isbn VARCHAR(13)); DROP TABLE book",
     REBUILD),
    ("column-rename-as-drop", "postgres", "ALTER TABLE book ADD title VARCHAR(50); ALTER TABLE book DROP name",
     "ALTER TABLE book ADD pages INT; ALTER TABLE book DROP name"),
    ("drops-data", "postgres", "DROP TABLE book", "CREATE TABLE a (id INT); DROP TABLE a"),
    ("drops-data", "postgres", "TRUNCATE book", "DELETE FROM book WHERE id = 1"),
    ("drops-data", "sqlite", "ALTER TABLE book DROP COLUMN name", "DROP INDEX book_name"),
    ("drops-data", "sqlite", "DELETE FROM book", REBUILD),
    ("required-column", "postgres", "ALTER TABLE book ADD pages INT NOT NULL",
     "ALTER TABLE book ADD pages INT NOT NULL DEFAULT 1"),
    ("required-column", "postgres", "ALTER TABLE book ADD pages INT NOT NULL",
     "ALTER TABLE book ADD pages BIGSERIAL NOT NULL"),
    ("required-column", "sqlite", "ALTER TABLE book ADD pages INT NOT NULL", "ALTER TABLE book ADD pages INT"),
    ("updates-every-row", "postgres", "UPDATE book SET name = lower(name)",
     "UPDATE book SET name = '' WHERE name IS NULL"),
    ("updates-every-row", "sqlite", "UPDATE book SET name = 'x'", "UPDATE book SET name = 'x' WHERE id = 1"),
    ("work-under-lock", "postgres", "ALTER TABLE book ADD pages INT; UPDATE book SET pages = 1 WHERE id > 0",
     "ALTER TABLE book ADD pages INT; UPDATE shelf SET room = 1 WHERE id > 0"),
    ("work-under-lock", "postgres", "ALTER TABLE book ADD pages INT; CREATE INDEX i ON book (pages)",
     "CREATE TABLE a (id INT); ALTER TABLE a ADD b INT; CREATE INDEX i ON a (b)"),
    ("drops-with-cascade", "postgres", "DROP TABLE book CASCADE", "DROP TABLE book RESTRICT"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "dialect", "hit", "miss"), CASES)
def test_a_rule_hits_and_leaves_alone(rule: str, dialect: str, hit: str, miss: str, tmp_path: Path) -> None:
    before = file(tmp_path, "SELECT 1", number=0, models=BOOK)
    for sql, there in ((hit, True), (miss, False)):
        this = file(tmp_path, sql)
        report = lint(this, dialect=dialect, every=[before, this])
        assert (rule in rules(report)) is there, [(each.rule, each.sentence) for each in report.hits]


def test_the_rest_of_our_rules_is_tested_below() -> None:
    below = {"mixed-without-transaction", "plain-aerich-fails", "python-body", "broken-state", "irreversible-drop",
             "schema-model", "parent-rebuilt"}  # fmt: skip
    assert {rule.id for rule in OWN} - {case[0] for case in CASES} == below


def test_a_hit_names_the_line_the_statement_and_what_to_write(tmp_path: Path) -> None:
    this = file(
        tmp_path, "\n        SELECT 1;\n        -- why\n        CREATE INDEX CONCURRENTLY i ON book (name);\n    "
    )
    hit = only(lint(this), "not-in-a-transaction")
    assert (hit.version, hit.statement, hit.severity) == ("1_change.py", 2, Severity.ERROR)
    assert hit.line is not None
    assert "CREATE INDEX" in this.path.read_text().splitlines()[hit.line - 1]
    assert hit.rewrite.startswith("RUN_IN_TRANSACTION = False")
    assert hit.place == f"1_change.py:{hit.line}"


def test_without_a_transaction(tmp_path: Path) -> None:
    index = "CREATE INDEX CONCURRENTLY i ON book (name);"
    assert rules(lint(file(tmp_path, index, transaction=False))) == []
    two = lint(file(tmp_path, f"{index} CREATE INDEX CONCURRENTLY j ON book (isbn)", transaction=False))
    assert rules(two) == ["plain-aerich-fails"]
    assert not two.has_errors
    mixed = lint(file(tmp_path, f"{index} INSERT INTO book VALUES (1); INSERT INTO book VALUES (2)", transaction=False))
    assert "mixed-without-transaction" in rules(mixed)
    assert only(mixed, "mixed-without-transaction").sentence.startswith("2 of 3 statements")


def test_a_program_is_said_to_be_one(tmp_path: Path) -> None:
    assert "python-body" in rules(lint(file(tmp_path, "SELECT 1", before="await db.execute_query('SELECT 2')")))
    assert "python-body" not in rules(lint(file(tmp_path, "SELECT 1")))


def test_a_state_that_aerich_cannot_read(tmp_path: Path) -> None:
    assert "broken-state" in rules(lint(file(tmp_path, "SELECT 1", models="bm90IHpsaWI=")))
    assert "broken-state" not in rules(lint(file(tmp_path, "SELECT 1", models=BOOK)))


def test_a_drop_that_nothing_takes_back(tmp_path: Path) -> None:
    assert "irreversible-drop" in rules(lint(file(tmp_path, "DROP TABLE book", "")))
    assert "irreversible-drop" not in rules(lint(file(tmp_path, "DROP TABLE book", "CREATE TABLE book (id INT)")))
    assert "irreversible-drop" not in rules(lint(file(tmp_path, "CREATE TABLE book (id INT)", "")))


def test_a_model_in_a_schema_whose_sql_is_not(tmp_path: Path) -> None:
    known = Known(schemas={"book": "shop"})
    hit = only(lint(file(tmp_path, 'CREATE TABLE "book" ("id" INT)'), known=known), "schema-model")
    assert hit.severity is Severity.ERROR
    assert hit.rewrite == 'CREATE TABLE "shop"."book" ("id" INT)'
    assert "schema-model" not in rules(lint(file(tmp_path, 'CREATE TABLE "shop"."book" ("id" INT)'), known=known))
    assert "schema-model" not in rules(lint(file(tmp_path, 'CREATE TABLE "shelf" ("id" INT)'), known=known))


def test_a_parent_that_is_made_anew(tmp_path: Path) -> None:
    models = state({"book": {"id": "INT"}, "page": {"id": "INT"}}, {"page": ["book"]})
    before = file(tmp_path, "SELECT 1", number=0, models=models)
    this = file(tmp_path, REBUILD)
    hit = only(lint(this, dialect="sqlite", every=[before, this]), "parent-rebuilt")
    assert hit.severity is Severity.WARNING
    assert "page" in hit.sentence
    outside = file(tmp_path, REBUILD, transaction=False)
    assert only(lint(outside, dialect="sqlite", every=[before, outside]), "parent-rebuilt").severity is Severity.ERROR
    careful = file(tmp_path, f"PRAGMA foreign_keys=OFF; {REBUILD}")
    assert "parent-rebuilt" not in rules(lint(careful, dialect="sqlite", every=[before, careful]))
    lonely = file(tmp_path, "SELECT 1", number=0, models=state({"book": {"id": "INT"}}))
    assert "parent-rebuilt" not in rules(lint(this, dialect="sqlite", every=[lonely, this]))


def test_a_rename_is_seen_by_its_way_back_where_there_is_no_state(tmp_path: Path) -> None:
    up = "CREATE TABLE volume (id INT, name TEXT); DROP TABLE book"
    back = "CREATE TABLE book (id INT, name TEXT); DROP TABLE volume"
    hit = only(lint(file(tmp_path, up, back)), "rename-as-drop")
    assert hit.rewrite.endswith('ALTER TABLE "book" RENAME TO "volume";')
    assert "rename-as-drop" not in rules(lint(file(tmp_path, up, "CREATE TABLE book (x INT, y TEXT)")))


def test_a_table_made_again_by_its_name_is_no_rename(tmp_path: Path) -> None:
    again = "DROP TABLE book; CREATE TABLE book (id INT, name TEXT)"
    back = "CREATE TABLE book (id INT, name TEXT)"
    assert rules(lint(file(tmp_path, again, back))) == ["drops-data"]
    kept = f"CREATE TABLE old AS SELECT * FROM book; {again}; INSERT INTO book SELECT * FROM old; DROP TABLE old"
    assert rules(lint(file(tmp_path, kept, back), dialect="sqlite")) == []


NARROW = "ALTER TABLE book ALTER name TYPE VARCHAR(10) USING name::VARCHAR(10)"
CUT = Cut("book", "name", "VARCHAR(10)")


@pytest.mark.parametrize(
    ("counted", "severity", "said"),
    [
        (None, Severity.WARNING, "how many values it would cut is not known"),
        (0, Severity.NOTE, "no value would be cut now"),
        (1, Severity.ERROR, "1 value would be cut"),
        (217, Severity.ERROR, "217 values would be cut"),
        (10_001, Severity.ERROR, "more than 10 000 values would be cut"),
    ],
)
def test_how_grave_a_cut_is_goes_by_the_values(
    counted: int | None, severity: Severity, said: str, tmp_path: Path
) -> None:
    known = Known(cuts={} if counted is None else {CUT: counted})
    hit = only(lint(file(tmp_path, NARROW), known=known), "narrowing-cast")
    assert hit.severity is severity
    assert said in hit.sentence
    assert hit.blocks == "readers and writers of book wait"
    assert "char_length" in hit.rewrite
    assert "USING" not in hit.rewrite


def test_nothing_is_said_of_tables_that_are_new_in_the_plan(tmp_path: Path) -> None:
    make = file(tmp_path, "CREATE TABLE book (id INT, name TEXT)", number=1)
    change = file(
        tmp_path,
        "ALTER TABLE book ADD pages INT NOT NULL; CREATE INDEX i ON book (name); UPDATE book SET name = 'x';"
        "ALTER TABLE book DROP name; DROP TABLE book",
        number=2,
    )
    assert len(rules(lint(change))) > 4
    assert rules(lint(make, change)) == []


def test_nothing_waits_for_a_small_table_but_what_is_lost_is_told(tmp_path: Path) -> None:
    this = file(tmp_path, "CREATE INDEX i ON book (name); UPDATE book SET name = 'x'; ALTER TABLE book DROP isbn")
    assert rules(lint(this, sizes={"book": SMALL})) == ["drops-data"]
    assert rules(lint(this, sizes={"book": EMPTY})) == []
    loud = lint(this, sizes={"book": LARGE})
    assert {"require-concurrent-index-creation", "updates-every-row", "drops-data"} <= set(rules(loud))
    assert "10 000 000 rows" in only(loud, "drops-data").sentence


def test_a_required_column_on_an_empty_table_is_fine_on_postgres_alone(tmp_path: Path) -> None:
    this = file(tmp_path, "ALTER TABLE book ADD pages INT NOT NULL")
    assert "required-column" not in rules(lint(this, sizes={"book": EMPTY}))
    assert "required-column" in rules(lint(this, sizes={"book": SMALL}))
    assert "required-column" in rules(lint(this, sizes={"book": EMPTY}, dialect="sqlite"))


def test_both_sides_are_looked_through(tmp_path: Path) -> None:
    this = file(tmp_path, "SELECT 1", "DROP INDEX CONCURRENTLY i")
    assert rules(lint(this)) == []
    hit = only(lint(this, directions=("up", "down")), "not-in-a-transaction")
    assert hit.direction == "down"
    assert "Plain aerich" in hit.why
