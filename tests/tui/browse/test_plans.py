"""The databases use the indexes that the pages rely on: a walk sorts nothing and reads no table from end to end."""

from collections.abc import Sequence
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from tests.tui.browse.people import analyse, people
from tui.browse.lists import pages
from tui.browse.lists.orders import Order, OrderBy
from tui.browse.lists.pages import open_source
from tui.browse.search.query import parse
from tui.browse.sql import Sql, dialect, rows
from tui.database import Database


async def plan_of(sql: Sql) -> str:
    """Return the plan; PostgreSQL is kept from choosing what is only cheaper because the test's table is small."""
    if dialect() == "sqlite":
        return "\n".join(str(row["detail"]) for row in await rows("EXPLAIN QUERY PLAN " + sql))
    first, *others = sql.text.split("?")
    text = first + "".join(f"${number}{piece}" for number, piece in enumerate(others, 1))
    async with in_transaction() as connection:
        for switch in ("seqscan", "sort", "hashjoin", "bitmapscan", "mergejoin"):
            await connection.execute_script(f"SET LOCAL enable_{switch} = off")
        _, found = await connection.execute_query("EXPLAIN " + text, list(sql.parameters))
    return "\n".join(str(row[0]) for row in found)


async def statements(text: str, order: Order, monkeypatch: pytest.MonkeyPatch) -> list[Sql]:
    """Return the statements of the first two pages in both directions, without those that read the roles."""
    source = await open_source(parse(text), order)
    sent: list[Sql] = []

    async def noted(sql: Sql) -> Sequence[Any]:
        sent.append(sql)
        return await rows(sql)

    with monkeypatch.context() as patched:
        patched.setattr(pages, "rows", noted)
        for forward in (True, False):
            page = await source.page(None, 20, forward=forward)
            if page.edge is not None:
                await source.page(page.edge, 20, forward=forward)
    return [sql for sql in sent if "JOIN roles" not in sql.text]


@pytest.mark.parametrize("by", OrderBy)
async def test_pages_walk_an_index(database: Database, monkeypatch: pytest.MonkeyPatch, by: OrderBy) -> None:
    await people(300)
    await analyse()
    words = ("an", "an is:active") if by is OrderBy.USERNAME else ()
    for text in ("", "is:active", "*nna*", "-role:support", *words):
        for down in (False, True):
            found = await statements(text, Order(by, down), monkeypatch)
            assert found
            for sql in found:
                plan = await plan_of(sql)
                assert "Seq Scan" not in plan, f"{text} {sql}\n{plan}"
                assert "Sort" not in plan or "Incremental" in plan, f"{text} {sql}\n{plan}"
                # Those deleted or locked at one moment are sorted by id: "the right part".
                plan = plan.replace("TEMP B-TREE FOR RIGHT PART OF", "").replace("TEMP B-TREE FOR LAST TERM OF", "")
                assert "TEMP B-TREE" not in plan, f"{text} {sql}\n{plan}"
