# ruff: noqa: PT012 - what raises is the end of the `async with`, not one of its statements
"""The drivers' errors, told as ours: one kind and one sentence each, and none of the driver's text."""

import sqlite3

import asyncpg
import pytest

from models.engines import from_asyncpg, from_sqlite3
from models.engines.autocommit import is_read
from models.engines.errors import (
    ConstraintViolated,
    DatabaseError,
    DatabaseUnavailable,
    PermissionRefused,
    Retryable,
    RoleRefused,
    StatementTimeout,
    columns_of,
    constraint_of,
)
from models.engines.postgres_transaction import _server_refused
from models.engines.sqlite_script import statements


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (asyncpg.SerializationError("x"), Retryable),
        (asyncpg.DeadlockDetectedError("x"), Retryable),
        (asyncpg.LockNotAvailableError("x"), Retryable),
        (asyncpg.QueryCanceledError("x"), StatementTimeout),
        (asyncpg.InsufficientPrivilegeError("x"), RoleRefused),
        (asyncpg.ReadOnlySQLTransactionError("x"), PermissionRefused),
        (asyncpg.TooManyConnectionsError("x"), DatabaseUnavailable),
        (asyncpg.CannotConnectNowError("x"), DatabaseUnavailable),
        (asyncpg.AdminShutdownError("x"), DatabaseUnavailable),
        (asyncpg.ConnectionDoesNotExistError("x"), DatabaseUnavailable),
        (asyncpg.InterfaceError("x"), DatabaseUnavailable),
        (asyncpg.exceptions._base.DataError("x"), DatabaseError),
        (asyncpg.DiskFullError("x"), DatabaseError),
        (asyncpg.UndefinedTableError("x"), DatabaseError),
        (ConnectionResetError(), DatabaseUnavailable),
        (TimeoutError(), StatementTimeout),
    ],
)
def test_postgres_errors_are_told_as_few(raised: Exception, kind: type[DatabaseError]) -> None:
    told = from_asyncpg.translated(raised)
    assert type(told) is kind
    assert str(told) == told.sentence
    assert str(told).endswith(".")


def test_why_the_server_ended_a_session_is_told() -> None:
    """asyncpg says that the connection was closed; what the server said is the cause."""
    closed = asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation: x")
    assert "was lost" in str(from_asyncpg.translated(closed))
    closed.__cause__ = asyncpg.AdminShutdownError("x")
    told = from_asyncpg.translated(closed)
    assert isinstance(told, DatabaseUnavailable)
    assert told.code == "57P01"
    assert "ended this session" in told.sentence


@pytest.mark.parametrize("raised", [ConnectionRefusedError(), FileNotFoundError(), asyncpg.ConnectionFailureError("x")])
def test_what_was_never_connected_was_not_lost(raised: Exception) -> None:
    told = from_asyncpg.not_connected(raised)
    assert type(told) is DatabaseUnavailable
    assert "No connection to the database could be made" in str(told) or told.code == "08006"


def test_the_detail_of_a_violation_gives_columns_and_no_values() -> None:
    raised = asyncpg.UniqueViolationError("duplicate key")
    raised.detail = 'Schlüssel »(tenant, "lower"(email::text))=(7, hash$2b$12)« existiert bereits.'
    raised.constraint_name = "uq"
    told = from_asyncpg.translated(raised)
    assert isinstance(told, ConstraintViolated)
    assert constraint_of(told) == "uq"
    assert columns_of(told)[0] == "tenant"
    assert "hash" not in str(told)


def test_what_is_no_drivers_error_stays_itself() -> None:
    mistake = KeyError("x")
    assert from_asyncpg.translated(mistake) is mistake
    assert from_sqlite3.translated(mistake) is mistake
    assert constraint_of(mistake) is None
    assert columns_of(mistake) == ()


@pytest.mark.parametrize(
    ("schema", "statement", "constraint", "columns"),
    [
        ("CREATE TABLE t (a, b, UNIQUE (a, b))", "INSERT INTO t VALUES (1, 2)", "t.a, t.b", ("a", "b")),
        ("CREATE TABLE t (a); CREATE UNIQUE INDEX low ON t (lower(a))", "INSERT INTO t VALUES ('x')", "low", ()),
        ("CREATE TABLE t (a NOT NULL)", "INSERT INTO t VALUES (NULL)", "t.a", ("a",)),
        ("CREATE TABLE t (a CONSTRAINT small CHECK (a < 5))", "INSERT INTO t VALUES (7)", "small", ()),
        (
            "CREATE TABLE t (a); CREATE TRIGGER g BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'secret'); END",
            "INSERT INTO t VALUES (7)",
            None,
            (),
        ),
    ],
)
def test_sqlite_names_columns_or_an_index(
    schema: str, statement: str, constraint: str | None, columns: tuple[str, ...]
) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(schema)
    with pytest.raises(sqlite3.IntegrityError) as caught:
        for _ in range(2):
            connection.execute(statement)
    connection.close()
    told = from_sqlite3.translated(caught.value)
    assert constraint_of(told) == constraint
    assert columns_of(told) == columns
    assert "secret" not in str(told)


def test_a_script_is_cut_where_sqlite_would() -> None:
    script = (
        "SELECT ';'; -- a;b\n\nSELECT 2;;\n/* c; */ ; CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END; SELECT 3"
    )
    assert statements(script) == [
        "SELECT ';';",
        "-- a;b\n\nSELECT 2;",
        "CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END;",
        "SELECT 3",
    ]
    assert statements("-- nothing\n ; ") == []


@pytest.mark.parametrize(
    ("query", "reads"),
    [
        ("(SELECT 1) UNION (SELECT 2)", True),
        ("select 1", True),
        ("-- UPDATE\nSELECT 1", True),
        ("/* SELECT */ UPDATE t SET a = 1", False),
        ("SELECTED", False),
    ],
)
def test_the_first_word_decides(query: str, reads: bool) -> None:
    assert is_read(query) is reads


@pytest.mark.parametrize(
    ("severity", "code", "refused"),
    [
        ("ERROR", "40001", True),
        ("ERROR", "23503", True),
        ("ERROR", "53100", True),
        ("ERROR", "40003", False),
        ("FATAL", "57P01", False),
        ("FATAL", "25P03", False),
        ("PANIC", "58030", False),
        ("ERROR", "08P01", False),
        ("ERROR", "XX000", False),
    ],
)
def test_what_a_server_answers_to_a_commit_that_says_no(severity: str, code: str, refused: bool) -> None:
    answer = asyncpg.PostgresError.new({"S": severity, "V": severity, "C": code, "M": "words"})
    assert _server_refused(answer) is refused
