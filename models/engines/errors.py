"""The few errors an engine raises, each with one sentence that is true and can be shown.

A sentence says what is the case, what happened to the change, and what to do. It never holds text of the database:
DETAIL can quote a whole row, a password hash with it. The driver's own error is `__cause__`, for logs of its type only.
Mapping the drivers' errors to these lives in `from_asyncpg.py` and `from_sqlite3.py`.
"""

from __future__ import annotations

from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError


class DatabaseError(OperationalError):
    """What the database refused or could not do. `str()` is `sentence`; `code` is the SQLSTATE or SQLite's name."""

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


class DatabaseUnavailable(DatabaseError):
    """No database to speak to, and nothing was changed: safe to repeat."""


class PoolTimeout(DatabaseUnavailable):
    """Every connection of this program is busy. Nothing was sent."""


class StatementTimeout(DatabaseError):
    """A statement did not finish in its time. It, and the transaction around it, were rolled back."""


class Retryable(DatabaseError):
    """Serialization failure, deadlock or lock: rolled back. The whole transaction may be run again."""


class PermissionRefused(DatabaseError):
    """The database role, or the way the database was opened, does not allow this."""


class RoleRefused(PermissionRefused):
    """The role of the connection may not, by a grant, a row policy or a trigger. A standby is none of this."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="42501")


class ConstraintViolated(DatabaseError, IntegrityError):
    """A constraint refused the row. `kind` is one of unique, foreign_key, not_null, check, other.

    `constraint` is the constraint's or index's name where the dialect gives it, else `table.column`; `columns` are the
    columns it is about, as far as the dialect tells.
    """

    def __init__(
        self, sentence: str, *, kind: str, constraint: str | None, columns: tuple[str, ...], code: str | None = None
    ) -> None:
        super().__init__(sentence, code=code)
        self.kind = kind
        self.constraint = constraint
        self.columns = columns


class CommitUnknown(DatabaseError):
    """COMMIT was sent and not answered: the change may have landed or not. Never call it failed, never repeat it.

    `xid` is the transaction's full 64-bit id and `backend_pid` the server process that ran it: what
    `models.engines.settlement` asks about. Both are None on SQLite.
    """

    def __init__(self, *, xid: int | None = None, backend_pid: int | None = None) -> None:
        super().__init__(
            "The database did not confirm the change, so it may or may not have happened. "
            "Look at the record before doing it again."
        )
        self.xid = xid
        self.backend_pid = backend_pid


class WriteOutsideTransaction(TransactionManagementError):
    """A mistake in the program: a statement that may write was sent outside `in_transaction()`. Nothing was sent."""


class TransactionEnded(TransactionManagementError):
    """A mistake in the program: a statement was sent through a transaction that is over. Nothing was sent."""


def constraint_of(error: BaseException) -> str | None:
    """The name of the constraint that refused the row (SQLite: `table.column`), or None for any other error."""
    return error.constraint if isinstance(error, ConstraintViolated) else None


def columns_of(error: BaseException) -> tuple[str, ...]:
    """The columns of the constraint that refused the row, as far as known; () for any other error."""
    return error.columns if isinstance(error, ConstraintViolated) else ()
