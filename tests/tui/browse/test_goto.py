"""Jumps: what may be typed, and that each lands where it says in every order and every kind of list."""

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.browse.people import NOW, analyse, people
from tests.tui.browse.test_pages import ORDERS, walk
from tui.browse.lists.goto import Goto, GotoError, ToFraction, ToId, ToText, locate, parse_goto
from tui.browse.lists.orders import Order, OrderBy
from tui.browse.lists.pages import UserSource, open_source
from tui.browse.lists.rows import UserRow
from tui.browse.search.query import parse
from tui.database import Database


@pytest.mark.parametrize(
    ("text", "goto"),
    [
        ("50%", ToFraction(0.5)),
        (" 12.5 % ", ToFraction(0.125)),
        ("1/4", ToFraction(0.25)),
        ("0%", ToFraction(0)),
        ("4711", ToId(4711)),
        ("#4711", ToId(4711)),
        ('"4711"', ToText("4711")),
        ("ali", ToText("ali")),
        ("2026-01-31", ToText("2026-01-31")),
        ('"', ToText('"')),
    ],
)
def test_what_may_be_typed(text: str, goto: Goto) -> None:
    assert parse_goto(text) == goto


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Where to"),
        ("101%", "from 0% to 100%"),
        ("1/0", "from 0% to 100%"),
        ("3/2", "from 0% to 100%"),
        ("half%", "number from 0 to 100"),
        ("#x", "stands an id"),
        ("9999999999", "as large as"),
        ('" "', "Nothing begins"),
        ("a\x00", "Nothing begins"),
        ("a\ud800", "Nothing begins"),
    ],
)
def test_what_may_not(text: str, sentence: str) -> None:
    with pytest.raises(GotoError, match=sentence):
        parse_goto(text)


@given(st.text())
def test_any_text_leads_somewhere_or_says_why_not(text: str) -> None:
    with suppress(GotoError):
        assert isinstance(parse_goto(text), ToFraction | ToId | ToText)


async def landed(source: UserSource, text: str) -> UserRow | None:
    """Return the row at which a jump shows the list."""
    position = await locate(source, parse_goto(text))
    page = await source.page(position, 1, forward=True)
    while not page.rows and page.edge is not None:
        page = await source.page(page.edge, 1, forward=True)
    return page.rows[0] if page.rows else None


async def test_to_a_user_in_every_order(database: Database) -> None:
    await people(60)
    for order in ORDERS:
        for text in ("", "an", "is:active", "is:locked"):
            source = await open_source(parse(text), order)
            ids = await walk(source, 50, forward=True)
            for user_id in (ids[0], ids[len(ids) // 2], ids[-1]):
                row = await landed(source, f"#{user_id}")
                assert row is not None
                assert row.id == user_id, (text, str(order))


async def test_a_date_leads_nowhere_among_names_unless_it_is_quoted(database: Database) -> None:
    await people(20)
    source = await open_source(parse(""), Order())
    with pytest.raises(GotoError, match="no order of dates: o offers those"):
        await landed(source, "2024-03")
    assert await landed(source, '"2024-03"') == await landed(source, "2024-0")


async def test_to_a_user_who_is_not_there(database: Database) -> None:
    await people(20)
    with pytest.raises(GotoError, match="#4000 is not in this list"):
        await landed(await open_source(parse(""), Order()), "4000")
    assert await landed(await open_source(parse(""), Order(OrderBy.ID)), "4000") is None
    last = await landed(await open_source(parse(""), Order(OrderBy.ID, descending=True)), "2147483647")
    assert last is not None
    assert last.id == 20


@pytest.mark.parametrize("by", [OrderBy.USERNAME, OrderBy.EMAIL])
async def test_to_what_begins_so(database: Database, by: OrderBy) -> None:
    await people(150)
    for text in ("", "is:active", "a"):
        up, down = await open_source(parse(text), Order(by)), await open_source(parse(text), Order(by, descending=True))
        for prefix in ("an", "anna", "b", "ä", "中", "zzz", "a1"):
            first, last = await landed(up, prefix), await landed(down, prefix)
            rows = (await up.page(None, 200, forward=True)).rows
            keys = [
                str(row.position.key[0]) for row in rows if row.position.segment == 0 and len(row.position.key) == 1
            ]
            if by is OrderBy.EMAIL and not text:
                keys = [key for key in keys if "@" in key]
            after = [key for key in keys if key >= prefix]
            if after:
                assert first is not None
                assert first.position.key[0] == after[0], (text, prefix)
            before = [key for key in keys if key.startswith(prefix) or key < prefix]
            if before:
                assert last is not None
                assert last.position.key[0] == before[-1], (text, prefix)


async def test_to_a_day(database: Database) -> None:
    await people(150)
    up, down = (
        await open_source(parse(""), Order(OrderBy.CREATED)),
        await open_source(parse(""), Order(OrderBy.CREATED, True)),
    )
    day = (NOW - timedelta(days=2)).astimezone().date()
    rows = (await up.page(None, 200, forward=True)).rows
    moments = [row.created_at.astimezone().date() for row in rows if row.created_at]
    assert all(one <= other for one, other in pairwise(moments))

    first, last = await landed(up, day.isoformat()), await landed(down, day.isoformat())
    assert first == next(row for row in rows if row.created_at and row.created_at.astimezone().date() >= day)
    assert last is not None
    assert last.id == [row for row in rows if row.created_at and row.created_at.astimezone().date() <= day][-1].id
    assert (await landed(up, "yesterday")) is not None
    with pytest.raises(GotoError, match="no date"):
        await landed(up, "ali")


async def test_a_text_is_no_place_in_the_order_of_ids(database: Database) -> None:
    with pytest.raises(GotoError, match="Order by username"):
        await locate(await open_source(parse(""), Order(OrderBy.ID)), ToText("ali"))


async def test_a_date_is_no_place_where_nobody_has_one(database: Database) -> None:
    source = await open_source(parse("is:never-logged-in"), Order(OrderBy.LAST_LOGIN))
    with pytest.raises(GotoError, match="Nobody in this list has a value"):
        await locate(source, ToText("2026-01-31"))


@pytest.mark.parametrize("analysed", [False, True])
async def test_to_a_fraction_of_every_list(database: Database, analysed: bool) -> None:
    await people(300)
    if analysed:
        await analyse()
    for order in ORDERS:
        for text in ("", "an", "is:active", "is:locked", "role:support is:active"):
            source = await open_source(parse(text), order)
            ids = await walk(source, 100, forward=True)
            for percent in (0, 25, 50, 90):
                row = await landed(source, f"{percent}%")
                assert row is not None
                near = 0 if percent == 0 else 0.04
                assert abs(ids.index(row.id) / len(ids) - percent / 100) <= near, (text, str(order), percent)
            assert await landed(source, "100%") is None


async def test_to_a_fraction_of_a_search_that_no_sample_meets(database: Database) -> None:
    """It leads to that fraction of all users, from where the search goes on."""
    await people(300)
    for order in (Order(), Order(OrderBy.ID), Order(OrderBy.CREATED, descending=True), Order(OrderBy.EMAIL)):
        position = await locate(await open_source(parse("*nobody*"), order), ToFraction(0.5))
        before = await (await open_source(parse(""), order)).page(position, 300, forward=False)
        assert abs(len(before.rows) - 150) < 12
    with pytest.raises(GotoError, match="Too few match"):
        await locate(await open_source(parse("nobody"), Order()), ToFraction(0.5))
