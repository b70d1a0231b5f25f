"""A script taken apart: where statements end, and which of them would end the transaction around the file."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.migrate.process.sql.scanner import after_blanks, spans, without_comments
from tui.migrate.process.sql.statements import ends_the_transaction, is_held_by_the_session, split


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_statements_keep_their_place_and_comments_are_not_sent(dialect: str) -> None:
    sql = "-- first; not a statement\nCREATE TABLE a (x int); /* ; */ ;\n  INSERT INTO a VALUES (';');\n-- the end"
    statements = split(sql, dialect)
    assert [each.text for each in statements] == ["CREATE TABLE a (x int);", "INSERT INTO a VALUES (';');"]
    assert all(sql[each.offset :].startswith(each.text) for each in statements)


def test_the_body_of_a_trigger_is_one_statement() -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = 1; DELETE FROM b; END;"
    assert [each.text for each in split(f"{trigger} SELECT 1;", "sqlite")] == [trigger, "SELECT 1;"]


def test_dollar_quotes_and_atomic_bodies_are_one_statement() -> None:
    function = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;"
    atomic = "CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;"
    assert [each.text for each in split(f"{function}\n{atomic}", "postgres")] == [function, atomic]


@pytest.mark.parametrize(
    "statement",
    ["BEGIN", "BEGIN IMMEDIATE;", "commit /* done */;", "END TRANSACTION", "PRAGMA foreign_keys = OFF; -- off"],
)
def test_what_the_sqlite_session_does_itself(statement: str) -> None:
    assert is_held_by_the_session(statement)


@pytest.mark.parametrize(
    "statement", ["COMMIT", "ROLLBACK;", "rollback work", "END", "ABORT", "PREPARE TRANSACTION 'a'"]
)
def test_what_would_end_the_transaction(statement: str) -> None:
    assert ends_the_transaction(statement)


@pytest.mark.parametrize(
    "statement", ["ROLLBACK TO one", "ROLLBACK WORK TO SAVEPOINT one", "SAVEPOINT one", "UPDATE a SET x = 'COMMIT'"]
)
def test_savepoints_and_words_in_data_do_not(statement: str) -> None:
    assert not ends_the_transaction(statement)
    assert not is_held_by_the_session(statement)


POSTGRES_PIECES = [
    "SELECT 1",
    "SELECT 'a;b''c'",
    'SELECT 1 AS "a;""b"',
    r"SELECT E'it\'s; \\'",
    "SELECT e'one\\''\n  ';two'",
    "SELECT $$a; 'b$$",
    "SELECT $tag$ $$ ; $tag$",
    "SELECT a$b$c FROM x$y",
    "/* a /* b; */ c; */ SELECT 2",
    "SELECT 1 -- one; two\n + 2",
    "CREATE RULE r AS ON INSERT TO a DO ALSO (INSERT INTO b VALUES (1); DELETE FROM c)",
    "CREATE OR REPLACE /* ; */ FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN 1 = 1 THEN 2 END; SELECT 3; END",
    "CREATE PROCEDURE p(begin_at int) LANGUAGE SQL BEGIN ATOMIC INSERT INTO a VALUES (1); END",
    "CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN 1; END $body$",
    "CREATE TABLE begin_atomic (x int)",
    "DO $$ BEGIN PERFORM 1; END $$",
    "SELECT U&'\\0041;'",
    "SELECT 'ä;' AS ünïcode$x$",
]
SQLITE_PIECES = [
    "SELECT 1",
    "SELECT 'a;b''c', 'back\\'",
    'SELECT 1 AS "a;""b"',
    "SELECT 1 AS [a;b]",
    "SELECT 1 AS `a;b`",
    "/* a /* b; */ SELECT 2",
    "SELECT 1 -- one; two\n + 2",
    "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; DELETE FROM b; END",
    "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT 'END;'; /* ; */ END /* ; */",
    "CREATE /* ; */ TRIGGER IF NOT EXISTS t AFTER INSERT ON a BEGIN SELECT 1; END",
    "CREATE TABLE trigger_end (x int)",
    "PRAGMA foreign_keys = OFF",
]
GAPS = ["", " ", "\n", "-- a; comment\n", "/* ; */", "; ;", "\t-- '\n"]


def script_of(pieces: list[str], *, nested: bool = True) -> st.SearchStrategy[tuple[str, list[tuple[str, int]]]]:
    """A script of some of the pieces, and each statement with its offset."""

    @st.composite
    def build(draw: st.DrawFn) -> tuple[str, list[tuple[str, int]]]:
        script, expected = "", []
        for piece in draw(st.lists(st.sampled_from(pieces), max_size=8)):
            script += draw(st.sampled_from(GAPS))
            lead = after_blanks(piece, 0, nested=nested)
            expected.append((f"{piece[lead:]};", len(script) + lead))
            script += f"{piece};"
        return script + draw(st.sampled_from(GAPS)), expected

    return build()


@given(script_of(POSTGRES_PIECES))
def test_postgres_scripts_fall_apart_where_psql_cuts_them(script: tuple[str, list[tuple[str, int]]]) -> None:
    sql, expected = script
    assert [(each.text, each.offset) for each in split(sql, "postgres")] == expected


@given(script_of(SQLITE_PIECES, nested=False))
def test_sqlite_scripts_fall_apart_where_its_shell_cuts_them(script: tuple[str, list[tuple[str, int]]]) -> None:
    sql, expected = script
    assert [(each.text, each.offset) for each in split(sql, "sqlite")] == expected
    assert all(sqlite3.complete_statement(each.text) for each in split(sql, "sqlite"))


ANY = st.lists(
    st.sampled_from([*";'\"$()[]`-/*\\ \nEeab1ä", "BEGIN", " ATOMIC ", "END", "CREATE FUNCTION ", "CREATE TRIGGER "])
).map("".join)


@given(ANY, st.sampled_from(["sqlite", "postgres"]))
def test_pieces_and_what_stands_between_them_are_the_script(sql: str, dialect: str) -> None:
    position = 0
    for start, end in spans(sql, dialect):
        assert position <= start < end
        assert after_blanks(sql[position:start], 0, nested=dialect != "sqlite") == start - position
        position = end
    assert after_blanks(sql[position:], 0, nested=dialect != "sqlite") == len(sql) - position


def test_a_comment_in_a_comment_does_not_end_it() -> None:
    assert split("/* a /* b; */ c; */ SELECT 1", "postgres")[0].text == "SELECT 1"
    assert without_comments("a /* b /* c */ d */ '/*' -- e", "postgres") == "a   '/*'  "


def test_what_is_not_finished_stays_in_one_piece() -> None:
    assert [each.text for each in split("SELECT 1; SELECT 'a; SELECT 2;", "postgres")] == [
        "SELECT 1;",
        "SELECT 'a; SELECT 2;",
    ]
    assert [each.text for each in split("SELECT $a$; SELECT 2;", "postgres")] == ["SELECT $a$; SELECT 2;"]
    assert split("SELECT 1; /* SELECT 2;", "sqlite")[1:] == []
