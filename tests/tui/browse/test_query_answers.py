"""Every query that can be read is answered, and by both databases alike: as a reading of it in plain Python answers.

The run of each dialect proves it for that dialect, on the same people.
"""

from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.tui.browse.meaning import selected
from tests.tui.browse.query_texts import ANY_TEXT, QUERIES, TERMS
from tests.tui.browse.strangers import NOW, ZONE, Stranger, settle, strangers
from tests.tui.zones import in_zone
from tui.browse.conditions.users import Condition, Context, conditions, load_roles
from tui.browse.lists import pages
from tui.browse.lists.orders import Order, OrderBy
from tui.browse.lists.pages import open_source
from tui.browse.search.query import Not, Query, QueryError, parse
from tui.browse.sql import Sql, all_of, dialect, joined, rows, where
from tui.database import Database

LIVED_IN = settings(
    deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(autouse=True)
def _in_berlin() -> Iterator[None]:
    """Days are those of the person who asks."""
    with in_zone(ZONE):
        yield


@pytest.fixture
async def everybody(database: Database) -> list[Stranger]:
    found = strangers()
    await settle(found)
    return found


async def compiled(query: Query) -> tuple[Condition, ...]:
    """Return the conditions of a query; a role that does not exist makes the text one of those that are refused."""
    try:
        return conditions(query, Context(NOW, await load_roles(), dialect(), trigram=True))
    except QueryError:
        assume(False)
        raise


def parsed(text: str) -> Query:
    try:
        return parse(text)
    except QueryError:
        assume(False)
        raise


async def found_by(test: Sql) -> list[int]:
    select = "SELECT u.id FROM users u LEFT JOIN user_auth_state a ON a.user_id = u.id" + where(test)
    return [int(row["id"]) for row in await rows(select + " ORDER BY u.id")]


@given(text=QUERIES)
@LIVED_IN
async def test_a_query_selects_what_it_says(everybody: list[Stranger], text: str) -> None:
    query = parsed(text)

    assert await found_by(all_of([condition.test for condition in await compiled(query)])) == selected(query, everybody)


@given(text=ANY_TEXT)
@LIVED_IN
async def test_whatever_can_be_read_can_be_asked(everybody: list[Stranger], text: str) -> None:
    query = parsed(text)

    assert await found_by(all_of([condition.test for condition in await compiled(query)])) == selected(query, everybody)


@given(text=TERMS)
@LIVED_IN
async def test_a_term_and_its_opposite_share_everybody_out(everybody: list[Stranger], text: str) -> None:
    query = parsed(text)
    assume(query)
    term = query.terms[0]
    opposite = term.term if isinstance(term, Not) else Not(term)
    (one, other) = await compiled(Query((term, opposite)))

    found = [await found_by(one.test), await found_by(other.test)]
    assert sorted(found[0] + found[1]) == [stranger.id for stranger in everybody]


@given(text=TERMS)
@LIVED_IN
async def test_a_list_by_index_leaves_nobody_out(everybody: list[Stranger], text: str) -> None:
    for condition in await compiled(parsed(text)):
        if condition.listed_by:
            listed = await rows("SELECT l.id FROM (" + joined(condition.listed_by, " UNION ") + ") l")
            ids = [int(row["id"]) for row in listed]
            assert len(set(ids)) == len(ids)
            assert set(await found_by(condition.test)) <= set(ids)


@given(text=QUERIES, by=st.sampled_from(OrderBy), down=st.booleans(), forward=st.booleans(), count=st.integers(1, 30))
@settings(LIVED_IN, max_examples=200)
async def test_the_pages_of_any_query_in_any_order_have_them_all(
    everybody: list[Stranger], text: str, by: OrderBy, down: bool, forward: bool, count: int
) -> None:
    query = parsed(text)
    await compiled(query)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pages, "database_now", _then)
        source = await open_source(query, Order(by, down))
    found: list[int] = []
    origin = None
    while True:
        page = await source.page(origin, count, forward=forward)
        found += [row.id for row in page.rows]
        origin = page.edge
        if origin is None:
            break

    assert sorted(found) == selected(query, everybody)


async def _then(_: object) -> datetime:
    return NOW


async def test_fifty_terms_of_any_kind_are_not_too_many(everybody: list[Stranger]) -> None:
    for text in ("-is:look-alike", "-*abc*", '-name:"xyz"*', "-has:session", "created:<90d", "-login:2026"):
        query = parse(" ".join([text] * 50))
        found = await found_by(all_of([condition.test for condition in await compiled(query)]))
        assert found == selected(query, everybody)
