"""Aerich's own table written to: made where it is missing, as Aerich would make it, and rows taken out of it."""

from __future__ import annotations

from typing import Any

from aerich.models import Aerich

from ..work import Work

Rows = list[tuple[str, str]]


async def make_table(work: Work) -> None:
    """Makes the table where there is none, by Tortoise's generator from Aerich's model: as `aerich init-db` does."""
    if await work.rows.applied() is None:
        client = work.rows.client
        generator: Any = client.schema_generator(client)
        await client.execute_query(generator._get_table_sql(Aerich, safe=True)["table_creation_string"])


async def forget(work: Work, version: str, *, but_one: bool) -> None:
    """Takes the rows of a version out. `but_one`: where there are several, the oldest stays."""
    ours = Aerich.filter(app=work.target.app, version=version)
    # Never whole rows: Aerich decodes `content` when it reads one.
    ids: Any = await ours.order_by("id").values_list("id", flat=True)
    if but_one and len(ids) > 1:
        ids = ids[1:]
    await Aerich.filter(id__in=list(ids)).delete()


def without(rows: Rows, app: str, version: str, *, but_one: bool) -> Rows:
    """What `forget` leaves of the rows (app, version), oldest first."""
    pair = (app, version)
    if but_one and rows.count(pair) > 1:
        first = rows.index(pair)
        return [each for place, each in enumerate(rows) if each != pair or place == first]
    return [each for each in rows if each != pair]
