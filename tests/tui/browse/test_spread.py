"""Where a row stands in its list, and what stands at a fraction of it: nulls, ties and searches included."""

from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from models import User, UserAuthState
from tests.tui.browse.people import NOW, analyse, people
from tests.tui.browse.test_pages import ORDERS
from tui.browse.cost.means import sample_ids
from tui.browse.lists import samples
from tui.browse.lists.orders import Order, OrderBy
from tui.browse.lists.pages import UserSource, open_source
from tui.browse.lists.rows import UserRow
from tui.browse.lists.spread import Spread, load_spread
from tui.browse.search.query import parse
from tui.database import Database

QUERIES = ("", "an", "is:active", "is:locked", "role:support", "-is:never-logged-in")


async def check(source: UserSource, spread: Spread, within: float) -> None:
    """Every row stands where the spread says, and every fraction leads to the row there."""
    rows: list[UserRow] = []
    edge = None
    while True:
        page = await source.page(edge, 500, forward=True)
        rows += page.rows
        edge = page.edge
        if edge is None:
            break
    last = -1.0
    for number, row in enumerate(rows):
        fraction = spread.fraction(row.position)
        assert fraction is not None
        assert fraction >= last - 1e-9, (str(source.query), str(source.order))
        assert abs(fraction - number / len(rows)) <= within, (str(source.query), str(source.order), number, fraction)
        last = fraction
    ids = [row.id for row in rows]
    for percent in (1, 10, 25, 50, 75, 90, 99):
        page = await source.page(spread.at(percent / 100), 1, forward=True)
        at = ids.index(page.rows[0].id) if page.rows else len(ids)
        assert abs(at / len(ids) - percent / 100) <= within, (str(source.query), str(source.order), percent)
    assert (await source.page(spread.at(0), 1, forward=True)).rows[0].id == ids[0]
    assert (await source.page(spread.at(1), 1, forward=False)).rows[0].id == ids[-1]


@pytest.mark.parametrize("analysed", [False, True])
async def test_every_row_of_every_order_stands_where_the_bar_says(database: Database, analysed: bool) -> None:
    await people(400)
    if analysed:
        await analyse()
    for order in ORDERS:
        for text in QUERIES:
            source = await open_source(parse(text), order)
            spread = await load_spread(source)
            assert spread is not None, (text, str(order))
            await check(source, spread, within=0.03)


async def test_a_sample_of_a_few_is_about_right(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(600)
    monkeypatch.setattr(samples, "SAMPLE", 150)
    for order in (Order(), Order(OrderBy.EMAIL), Order(OrderBy.ID), Order(OrderBy.LAST_LOGIN, descending=True)):
        for text in ("", "is:active"):
            source = await open_source(parse(text), order)
            spread = await load_spread(source)
            assert spread is not None
            await check(source, spread, within=0.15)


async def test_skewed_moments(database: Database) -> None:
    """Half of all were created at one moment, nine of ten never logged in, and the ids have gaps."""
    async with in_transaction():
        for number in range(500):
            born = NOW if number % 2 else NOW - timedelta(minutes=number**2)
            user = User(id=number * 3 + 1, username=f"u{number:04}", hashed_password="x", created_at=born)
            await user.save(force_create=True)
            if number % 10 == 0:
                await UserAuthState.create(user=user, last_login_at=NOW - timedelta(seconds=number))
    for analysed in (False, True):
        if analysed:
            await analyse()
        for order in (Order(OrderBy.CREATED), Order(OrderBy.CREATED, True), Order(OrderBy.LAST_LOGIN)):
            source = await open_source(parse(""), order)
            spread = await load_spread(source)
            assert spread is not None
            await check(source, spread, within=0.04)


async def test_names_that_a_program_numbered(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tenth is called otherwise: at equal distances only one kind would be seen."""
    async with in_transaction():
        for number in range(1000):
            await User(username=f"{'ab'[number % 10 < 1]}{number:04}", hashed_password="x").save()
    monkeypatch.setattr(samples, "SAMPLE", 100)
    source = await open_source(parse("is:active"), Order())
    spread = await load_spread(source)
    assert spread is not None
    await check(source, spread, within=0.06)


def test_a_sample_has_an_id_in_every_part() -> None:
    ids = sample_ids((1001, 2_001_000), 1000)

    assert [(user_id - 1001) // 2000 for user_id in ids] == list(range(1000))
    assert ids == sample_ids((1001, 2_001_000), 1000)
    assert sample_ids((5, 8), 1000) == [5, 6, 7, 8]


async def test_of_too_few_nothing_is_said(database: Database) -> None:
    await people(3)

    assert await load_spread(await open_source(parse(""), Order())) is None
