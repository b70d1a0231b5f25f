"""Counts: exact where that is cheap or asked for, bounded or estimated otherwise; and where a row stands."""

import pytest

from tests.tui.browse.people import analyse, people
from tests.tui.browse.test_pages import QUERIES, short_slices, walk
from tui.browse.cost import means
from tui.browse.cost.means import Total, estimated_total
from tui.browse.lists import counts
from tui.browse.lists.counts import Matching, bounded_count, exact_count
from tui.browse.lists.orders import Order
from tui.browse.lists.pages import open_source
from tui.browse.lists.spread import load_spread
from tui.browse.search.query import parse
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
    short_slices(monkeypatch, 20)
    matching = await bounded_count(await open_source(parse("*nna*"), Order()))

    assert matching.more
    assert matching.value < 20


async def test_an_empty_table_counts_none(database: Database) -> None:
    source = await open_source(parse(""), Order())

    assert await exact_count(source, lambda _: None) == 0
    assert await bounded_count(source) == Matching(0, more=False)
    assert await load_spread(source) is None
