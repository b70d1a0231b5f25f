"""A range of marks is every row between its two ends, in every order and both directions."""

import pytest

from tests.tui.browse.people import people
from tui.browse.lists import ranges
from tui.browse.lists.orders import Order, OrderBy
from tui.browse.lists.pages import UserSource, open_source
from tui.browse.lists.ranges import RangeError, ids_between
from tui.browse.search.query import parse
from tui.database import Database


async def whole(source: UserSource) -> list[int]:
    """All ids of a list, in its order."""
    ids: list[int] = []
    edge = None
    while True:
        page = await source.page(edge, 100, forward=True)
        ids += [row.id for row in page.rows]
        edge = page.edge
        if edge is None:
            return ids


@pytest.mark.parametrize("by", list(OrderBy))
@pytest.mark.parametrize("descending", [False, True])
async def test_every_row_between_the_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch, by: OrderBy, descending: bool
) -> None:
    await people(120)
    monkeypatch.setattr(ranges, "PAGE", 7)
    source = await open_source(parse("-is:deleted"), Order(by, descending))
    ids = await whole(source)
    for low, high in ((0, len(ids) - 1), (3, 3), (5, 6), (10, 60)):
        assert await ids_between(source, ids[low], ids[high]) == ids[low : high + 1]
        assert await ids_between(source, ids[high], ids[low]) == ids[low : high + 1]


async def test_too_long_a_range_and_one_whose_end_is_gone_are_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(60)
    source = await open_source(parse(""), Order(OrderBy.ID))
    ids = await whole(source)
    with pytest.raises(RangeError, match="is not in this list any more"):
        await ids_between(source, ids[0], 999_999)
    monkeypatch.setattr(ranges, "MOST", 20)
    monkeypatch.setattr(ranges, "PAGE", 7)
    with pytest.raises(RangeError, match="More than 20 users lie between"):
        await ids_between(source, ids[0], ids[-1])
