"""A script taken apart: where statements end, and which of them would end the transaction around the file."""

import pytest

from tui.migrate.process.statements import ends_the_transaction, is_held_by_the_session, split


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
