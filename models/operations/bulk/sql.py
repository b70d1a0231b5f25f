"""How a bulk speaks to both dialects: what all raw statements share (`statements`), frozen rows, counts by user."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

from models.operations.refused import row_refused
from models.operations.statements import Values as Values
from models.operations.statements import execute as execute
from models.operations.statements import fetch as fetch
from models.operations.statements import ids_in as ids_in
from models.operations.statements import numbers as numbers
from models.operations.statements import stored as stored
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

VERSION_BITS: Final = 31
"""On SQLite a frozen row travels as one number: its id above its version."""


async def count_by_user(client: BaseDBAsyncClient, sql: str, *values: object) -> dict[int, int]:
    """Return how many rows of each user a statement that ends in RETURNING user_id wrote; users without are left out.

    Tortoise asks PostgreSQL for the rows of a SELECT only.
    """
    if is_postgres(client):
        counted = f"WITH w AS ({sql}) SELECT user_id, count(*) FROM w GROUP BY user_id"
        return {row[0]: row[1] for row in await fetch(client, counted, *values)}
    return dict(Counter(row[0] for row in await fetch(client, sql, *values)))


async def nothing_left(
    client: BaseDBAsyncClient, table: str, ids: Sequence[int], still: str = "", live_at: object = None
) -> None:
    """Raise `RoleRefused` where a statement that was to reach every row of these users in `table` left one of those
    for which `still` holds; with `live_at`, of those that do not expire before it."""
    values = Values()
    conditions = [ids_in(client, "user_id", values(numbers(client, ids)))]
    if still:
        conditions.append(still)
    if live_at is not None:
        conditions.append(f"expires_at > {values(live_at)}")
    found = await fetch(
        client, f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(conditions)})", *values.given
    )
    if found[0][0]:
        raise row_refused()


def frozen(client: BaseDBAsyncClient, values: Values, ids: Sequence[int], versions: Sequence[int]) -> str:
    """Return the FROM item `f(id, version)` of these frozen rows, with its values added."""
    if is_postgres(client):
        return f"unnest({values(list(ids))}::int[], {values(list(versions))}::int[]) AS f(id, version)"
    packed = json.dumps([(one << VERSION_BITS) | seen for one, seen in zip(ids, versions, strict=True)])
    mask = (1 << VERSION_BITS) - 1
    return f"(SELECT value >> {VERSION_BITS} AS id, value & {mask} AS version FROM json_each({values(packed)})) AS f"
