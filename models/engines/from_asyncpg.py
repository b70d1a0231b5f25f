"""asyncpg's errors, told as the few of `errors.py`. Pure: no connection is touched."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import asyncpg

from models.engines.errors import (
    ConstraintViolated,
    DatabaseError,
    DatabaseUnavailable,
    PermissionRefused,
    Retryable,
    RoleRefused,
    StatementTimeout,
)
from models.engines.pooler import said_by_pooler

_RETRY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "40001": "Somebody else changed the same rows at the same time. Nothing was changed; try again.",
        "40P01": "Two changes waited for each other, and this one gave way. Nothing was changed; try again.",
        "55P03": "Another session holds the rows this needs. Nothing was changed; try again in a moment.",
    }
)

_UNAVAILABLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "53300": "The database has no free connection: too many clients. Nothing was changed; try again in a moment.",
        "57P01": "The database is shutting down or ended this session. Nothing was changed.",
        "57P02": "The database server crashed and is restarting. Nothing was changed.",
        "57P03": "The database is starting up and takes no connections yet. Nothing was changed.",
        "57P05": "The database ended this session because it was idle. Nothing was changed.",
        "25P03": "The database ended the transaction because it stood still for too long. Nothing was changed.",
        "25P04": "The database ended the transaction because it took too long. Nothing was changed.",
        "28P01": "The database refused the user name or the password.",
        "28000": "The database does not let this user in from here.",
        "3D000": "The server has no database of this name.",
    }
)

_REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "25006": "The database takes no changes here: it is a standby, or was opened read-only. Nothing was changed.",
    }
)

_OTHER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "53100": "The database server's disk is full. Nothing was changed; its administrator must make room.",
        "53400": "A limit of the database server is reached, as that of its temporary files. Nothing was changed.",
        "53200": "The database server is out of memory. Nothing was changed; try again later.",
        "26000": "A pooler between here and the server mixes sessions: add pgbouncer=true to the database URL.",
        "42P05": "A pooler between here and the server mixes sessions: add pgbouncer=true to the database URL.",
        "25P02": "An earlier statement of this transaction failed. Nothing was changed.",
    }
)

_CONSTRAINTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "23505": ("unique", "Another record has this value already. Nothing was changed."),
        "23503": ("foreign_key", "This refers to a record that is not there, or is referred to. Nothing was changed."),
        "23502": ("not_null", "A value that must be there is missing. Nothing was changed."),
        "23514": ("check", "A value breaks a rule of the table. Nothing was changed."),
    }
)

# The words of the message differ by language; `(columns)=(values)` does not.
_DETAIL_COLUMNS = re.compile(r"\(((?:[^()]|\([^()]*\))+)\)=\(")
_MOST_DETAIL: Final = 500
"""Characters of DETAIL that are looked through: a trigger may write megabytes into it."""
_ENDING: Final = frozenset({"FATAL", "PANIC"})
"""Severities with which the server ends a session."""

LOST: Final = (ConnectionError, OSError, asyncpg.PostgresConnectionError, asyncpg.InternalClientError)


def translated(error: Exception, role: str = "") -> Exception:
    """The error to raise instead of `error`; an error that is not the driver's, or a mistake of ours, stays itself.

    `role` is whom the server knows the connection as: a refusal names it.
    """
    # asyncpg says of a session that the server ends that it was closed; why is the cause.
    if isinstance(error, asyncpg.ConnectionDoesNotExistError) and isinstance(error.__cause__, asyncpg.PostgresError):
        error = error.__cause__
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return refused_to(role)
    if isinstance(error, asyncpg.PostgresError):
        return _from_server(error)
    if isinstance(error, TimeoutError):
        return StatementTimeout("The database did not answer in time. The transaction was rolled back.")
    if isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError):
        return DatabaseError("A value does not fit the column it is for. Nothing was changed.")
    if isinstance(error, ssl.SSLError):
        return DatabaseUnavailable("The encrypted connection to the database could not be made. Nothing was changed.")
    if isinstance(error, (*LOST, asyncpg.InterfaceError)):
        return DatabaseUnavailable("The connection to the database was lost. Nothing was changed.")
    return error


def not_connected(error: Exception) -> Exception:
    """The error to raise where no connection could be made: none was lost, and nothing was sent."""
    raised = translated(error)
    if not isinstance(raised, DatabaseUnavailable) or raised.code is not None or isinstance(error, ssl.SSLError):
        return raised
    return DatabaseUnavailable(
        "No connection to the database could be made: its server is down, or the way to it is. Nothing was changed."
    )


def refused_to(role: str) -> RoleRefused:
    """The refusal of the server, by a grant or a row policy, with whom it refuses and the way on."""
    whom = f"the role {role}" if role else "the role of this connection"
    return RoleRefused(
        f"The database refuses this to {whom}. Nothing was changed. Use a connection whose role may, "
        "or ask who runs the database."
    )


def _from_server(error: asyncpg.PostgresError) -> DatabaseError:
    code = str(error.sqlstate or "")
    said = said_by_pooler(str(error)) if code in ("08P01", "08003") else None
    if said is not None:
        return DatabaseUnavailable(said[1], code=said[0])
    if isinstance(error, asyncpg.InvalidCachedStatementError):
        return Retryable("The tables were changed a moment ago. Nothing was changed; try again.", code=code)
    # A trigger may raise any code. That the session is over is believed of an error that ends it, and of asyncpg's own.
    ends = (getattr(error, "severity_en", None) or getattr(error, "severity", None) or "FATAL") in _ENDING
    for table, kind in ((_RETRY, Retryable), (_UNAVAILABLE, DatabaseUnavailable), (_REFUSED, PermissionRefused)):
        if code in table and (ends or table is not _UNAVAILABLE):
            return kind(table[code], code=code)
    if code in _OTHER:
        return DatabaseError(_OTHER[code], code=code)
    if code.startswith("23"):
        return _violated(error, code)
    if code == "57014":
        return StatementTimeout("The database stopped the statement: it took too long. Nothing was changed.", code=code)
    if isinstance(error, asyncpg.PostgresConnectionError) and ends:
        return DatabaseUnavailable("The connection to the database was lost. Nothing was changed.", code=code)
    return DatabaseError(
        f"The database refused the statement (code {code or 'unknown'}). Nothing was changed.", code=code
    )


def _violated(error: asyncpg.PostgresError, code: str) -> ConstraintViolated:
    kind, sentence = _CONSTRAINTS.get(code, ("other", "The database refused the row. Nothing was changed."))
    column = error.column_name
    found = _DETAIL_COLUMNS.search((error.detail or "")[:_MOST_DETAIL])
    columns: tuple[str, ...] = (str(column),) if column else ()
    if found and not columns:
        columns = tuple(part.strip().strip('"') for part in found.group(1).split(","))
    name = error.constraint_name or (f"{error.table_name}.{column}" if column else None)
    return ConstraintViolated(sentence, kind=kind, constraint=str(name) if name else None, columns=columns, code=code)
