"""What the database says that a query will cost, beside what is then done: with statistics and without."""

from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from models import User
from tests.tui.browse.people import NOW, analyse, people
from tests.tui.browse.test_pages import walk
from tui.browse.cost import means
from tui.browse.cost import price as costs
from tui.browse.cost.price import Cost, price
from tui.browse.lists.orders import Order, OrderBy
from tui.browse.lists.pages import open_source
from tui.browse.search.query import QueryError, parse
from tui.database import Database


@pytest.fixture(params=[False, True], ids=["loaded", "analysed"])
async def crowd(database: Database, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Database:
    """A table that counts as large: 500 people, more than are searched at once or counted."""
    await people(500)
    if request.param:
        await analyse()
    monkeypatch.setattr(costs, "SHORT", 50)
    monkeypatch.setattr(means, "COUNTED", 100)
    return database


VERDICTS = [
    ("", OrderBy.USERNAME, ""),
    ("ann", OrderBy.USERNAME, "prefix · index"),
    ("ann", OrderBy.EMAIL, "prefix · index"),
    ("ann", OrderBy.CREATED, "prefix · index"),
    ('"anna7"', OrderBy.USERNAME, "exact · index"),
    ("email:an*", OrderBy.EMAIL, "prefix · index"),
    ("is:locked", OrderBy.USERNAME, "filter · index"),
    ("role:support", OrderBy.LAST_LOGIN, "filter · index"),
    ("is:locked *nna*", OrderBy.ID, "contains · index"),
    ("is:mustchange", OrderBy.USERNAME, "filter · index"),
    ("-role:support", OrderBy.USERNAME, "filter · index"),
    ("created:<2d", OrderBy.CREATED, "filter · index"),
    ("is:deleted", OrderBy.DELETED, "filter · index"),
    ("*nna*", OrderBy.USERNAME, "contains · scans ~500 rows"),
    ("name:*nna*", OrderBy.ID, "contains · scans ~500 rows"),
    ("has:mfa", OrderBy.USERNAME, "filter · scans ~500 rows"),
    ("has:mfa is:expired", OrderBy.ID, "filter · scans ~500 rows"),
    ("username:a* has:mfa", OrderBy.USERNAME, "prefix · scans"),
]


async def test_the_verdict(crowd: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "approximately", lambda total: f"~{round(total.value, -2)}")
    for text, by, words in VERDICTS:
        found = await price(parse(text), Order(by))
        assert found.words.startswith(words), (text, by, found)
        assert found.scans is ("scans" in words), (text, by)


async def test_the_verdict_is_what_is_done(crowd: Database) -> None:
    """What is not said to scan gives a page at once, or all there is."""
    for text in (
        "ann",
        "is:locked",
        "role:support",
        "is:locked *nna*",
        "-role:support",
        "is:mustchange",
        "created:<2d",
    ):
        for by in (OrderBy.USERNAME, OrderBy.ID, OrderBy.CREATED):
            source = await open_source(parse(text), Order(by))
            found = await price(source.query, source.order)
            page = await source.page(None, 20, forward=True)
            assert not found.scans
            assert len(page.rows) == 20 or page.edge is None, (text, by)


async def test_a_list_whose_index_is_missing_is_not_said_to_be_served(crowd: Database) -> None:
    async with in_transaction() as connection:
        await connection.execute_script('DROP INDEX "idx_users_is_supe_81a580"')
        await User.all().update(is_superuser=False)
    found = await price(parse("is:superuser"), Order())

    assert found.scans
    assert found.advice is not None
    assert found.advice.columns == ("is_superuser", "id")
    source = await open_source(parse("is:superuser"), Order())
    assert not source.access.listed
    assert await walk(source, 50, forward=True) == []


async def test_an_unknown_role_has_no_price(database: Database) -> None:
    with pytest.raises(QueryError, match="there is no role"):
        await price(parse("role:nobody"), Order())


async def test_of_an_empty_table_nothing_is_searched(database: Database) -> None:
    assert await price(parse("ann"), Order()) == Cost("prefix · index", rows=0)
    assert (await price(parse("is:mustchange"), Order())).rows == 0


async def test_a_stale_estimate_changes_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The statistics are of a table in which nobody, then everybody, was inactive."""
    await people(120)
    async with in_transaction():
        await User.all().update(is_active=True, created_at=NOW - timedelta(days=400))
    await analyse()
    async with in_transaction():
        await User.filter(id__lte=60).update(is_active=False)

    found = await price(parse("is:inactive"), Order())

    assert (found.words, found.rows) == ("filter · index", 60)
