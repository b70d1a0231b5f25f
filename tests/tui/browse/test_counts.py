"""Counts: exact where that is cheap or asked for, bounded or estimated otherwise; and where a row stands."""

import pytest

from tests.tui.browse.people import analyse, people
from tests.tui.browse.test_pages import QUERIES, walk
from tui.browse import counts, means, statements
from tui.browse.counts import Matching, bounded_count, exact_count
from tui.browse.means import Total, estimated_total, trigram_available
from tui.browse.orders import Order, OrderBy
from tui.browse.pages import open_source
from tui.browse.query import parse
from tui.browse.spread import load_spread
from tui.database import Database


async def test_few_users_are_counted(database: Database) -> None:
    await people(30)

    assert await estimated_total() == Total(30, exact=True)


async def test_many_users_are_estimated(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(60)
    monkeypatch.setattr(means, "COUNTED", 20)
    before = await estimated_total()
    await analyse()
    after = await estimated_total()

    assert not before.exact
    assert before.value >= 60
    assert after == Total(60, exact=False)


async def test_exact_and_bounded_counts_agree_with_the_pages(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(80)
    monkeypatch.setattr(counts, "ID_SLICE", 33)
    for text in QUERIES:
        source = await open_source(parse(text), Order())
        there = len(await walk(source, 50, forward=True))
        told: list[float] = []
        assert await exact_count(source, told.append) == there
        assert told == sorted(told)
        assert told[-1] == 1.0
        assert await bounded_count(source) == Matching(there, more=False)


async def test_a_bounded_count_stops_at_its_bound(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(60)
    monkeypatch.setattr(counts, "BOUND", 10)

    assert await bounded_count(await open_source(parse(""), Order())) == Matching(10, more=True)


async def test_a_bounded_count_of_a_scan_covers_one_slice(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(60)
    monkeypatch.setattr(statements, "slice_of", lambda _: 20)
    matching = await bounded_count(await open_source(parse("is:superuser"), Order()))

    assert matching.more
    assert matching.value < 20


async def test_an_empty_table_counts_none(database: Database) -> None:
    source = await open_source(parse(""), Order())

    assert await exact_count(source, lambda _: None) == 0
    assert await bounded_count(source) == Matching(0, more=False)
    assert await load_spread(source) is None


@pytest.mark.parametrize("analysed", [False, True])
async def test_a_row_stands_about_where_the_bar_says(database: Database, analysed: bool) -> None:
    await people(400)
    if analysed:
        await analyse()
    for order in (Order(by, down) for by in OrderBy for down in (False, True)):
        source = await open_source(parse(""), order)
        spread = await load_spread(source)
        assert spread is not None
        rows = (await source.page(None, 500, forward=True)).rows
        rows = tuple(row for row in rows if row.position.segment == 0)
        last = -1.0
        for number, row in enumerate(rows):
            fraction = spread.fraction(row.position)
            assert fraction is not None
            assert fraction >= last
            if order.by in (OrderBy.USERNAME, OrderBy.ID):
                assert abs(fraction - number / len(rows)) < 0.15
            last = fraction
        page = await source.page(spread.at(0.5), 1, forward=True)
        found = [row.id for row in rows].index(page.rows[0].id)
        if order.by in (OrderBy.USERNAME, OrderBy.ID):  # the others have hundreds of rows at one moment
            assert 0.35 < found / len(rows) < 0.65


async def test_the_bar_of_a_search_is_that_of_its_range(database: Database) -> None:
    await people(400)
    source = await open_source(parse("an"), Order())
    spread = await load_spread(source)
    rows = [row for row in (await source.page(None, 500, forward=True)).rows if row.position.segment == 0]

    assert spread is not None
    assert spread.fraction(rows[0].position) == 0
    assert (spread.fraction(rows[-1].position) or 0) > 0.85


async def test_where_no_moment_stands_there_is_no_bar(database: Database) -> None:
    await people(100)

    assert await load_spread(await open_source(parse("is:never-logged-in"), Order(OrderBy.LAST_LOGIN))) is None


async def test_without_the_extension_there_is_no_trigram_index(database: Database) -> None:
    assert await trigram_available() is False
