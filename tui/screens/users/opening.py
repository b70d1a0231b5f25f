"""Opening the list of users: with its columns, in its order; why that cannot be is an answer, not an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from models.engines.errors import StatementTimeout
from tui.browse.lists.orders import Order, OrderBy, OrderError
from tui.browse.lists.pages import UserSource, open_source
from tui.browse.search.query import Query, QueryError
from tui.database.replica.reads import Reads

ORDER_OF: Final[Mapping[str, OrderBy]] = {
    "id": OrderBy.ID,
    "username": OrderBy.USERNAME,
    "email": OrderBy.EMAIL,
    "created_at": OrderBy.CREATED,
    "last_login_at": OrderBy.LAST_LOGIN,
    "deleted_at": OrderBy.DELETED,
    "locked_until": OrderBy.LOCKED_UNTIL,
}
"""The orders by the column whose title shows them."""

Refusal: TypeAlias = QueryError | OrderError | StatementTimeout
"""Why a list cannot be opened: what it names is not there, no index serves its order, or it takes too long."""


async def open_list(query: Query, order: Order, extras: Sequence[str], reads: Reads) -> UserSource | Refusal:
    """Return the list with what some columns need beyond the rest, or why there is none."""
    try:
        return replace(await open_source(query, order, reads), extras=tuple(extras))
    except (QueryError, OrderError, StatementTimeout) as refusal:
        return refusal


def column_of(order: Order) -> str:
    """Return the column whose title shows an order."""
    return next((name for name, by in ORDER_OF.items() if by is order.by), "")


def titled_order(column: str, present: Order) -> Order | None:
    """Return the order that the title of a column stands for: the present one turned round where it is that already.

    None: no index serves an order by it.
    """
    by = ORDER_OF.get(column)
    if by is None:
        return None
    return present.reversed() if present.by is by else Order(by)
