"""What a database refuses without a word. Zero rows is never success.

A row policy hides rows from a statement, and a trigger can leave them as they are: all that is heard of it is a number
of rows. Every row is locked and compared before it is written, so that fewer than expected means just that, and not
that somebody was quicker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import Account
from models.engines.errors import RoleRefused
from models.operations.transactions import connection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tortoise.backends.base.client import BaseDBAsyncClient
    from tortoise.queryset import QuerySet


def row_refused() -> RoleRefused:
    """Return the error of a statement that did not reach every row that is there: it undoes the transaction."""
    role = str(getattr(connection(), "role", ""))
    whom = f"The database refuses this to the role {role}" if role else "The database refuses this"
    return RoleRefused(
        f"{whom}: it did not let this connection write every row, by a row policy or a trigger. "
        "Nothing was changed. Use a connection whose role may, or ask who runs the database."
    )


def written_all(written: int, wanted: int) -> None:
    """Raise `RoleRefused` unless as many rows were written as were locked for it."""
    if written != wanted:
        raise row_refused()


def written_once(rows: int) -> None:
    """Raise `RoleRefused` unless exactly one row was written."""
    written_all(rows, 1)


async def none_left(rows: QuerySet[Any]) -> None:
    """Raise `RoleRefused` where a statement that was to change or delete all of these has left some as they are."""
    if await rows.exists():
        raise row_refused()


async def all_locked(client: BaseDBAsyncClient, wanted: Iterable[int], locked: Iterable[int]) -> None:
    """Raise `RoleRefused` where users are there that could not be locked: a policy lets this role see them, and not
    write them. Those that are not there at all were deleted, which is another answer."""
    missing = set(wanted) - set(locked)
    if missing and await Account.filter(id__in=sorted(missing)).using_db(client).exists():
        raise row_refused()
