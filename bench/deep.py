"""Deep pages in every order, the jump to the middle, and "all that match": what must not grow with the table.

`python -m bench.deep --data DIR`, DIR being what `python -m bench.fill` made. A page from the middle stands beside the
first page of the same order, and beside the OFFSET that everybody else sends. Freezing some hundred thousand users
stands beside the bare SELECT of their ids and versions.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import TYPE_CHECKING, Any, Final

from bench.asking import asked_for_both, parser
from bench.driver import driver
from bench.loop import GAP_AIM, watched
from bench.places import Place, places
from bench.table import milliseconds, ratio, spaced, table, verdict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bench.driver import Fetch
    from tui.browse.lists.orders import Order

ROWS: Final = 200
TURNS: Final = 21
SLOW: Final = 3.0
"""Seconds: what takes longer once is not asked again."""

AIM: Final = 2.0
"""A page from the middle, in first pages."""

WANTED: Final = 100_000
"""Users to freeze, about."""


def main() -> None:
    asked = parser("deep", __doc__).parse_args()
    if asked_for_both("deep", asked):
        return
    with places(asked.data.resolve(), (asked.dialect,)) as found:
        for place in found:
            print("\n" + asyncio.run(_measure(place)))


async def _measure(place: Place) -> str:
    from tui.browse.lists.orders import Order, OrderBy
    from tui.database import open_database
    from tui.settings import parse_url

    async with await open_database(parse_url(place.url)), driver(place) as fetch:
        orders = [Order(by, down) for by in OrderBy for down in (False, True)]
        pages = [await _pages(place, order, fetch) for order in orders]
        frozen = await _freeze(place, fetch)
    people = spaced(place.people)
    return "\n\n".join(
        (
            table(
                f"{place.name}, {people} users: pages of {ROWS} from 50 %, medians of {TURNS} (aim: x{AIM}, gap 50 ms)",
                ["order", "first page", "jump to 50%", "page there", "of the first", "", "OFFSET", "gap", ""],
                pages,
            ),
            table(
                f"{place.name}, {people} users: all that match, frozen in one snapshot",
                ["search", "users", "freeze", "bare SELECT", "ratio", "gap", ""],
                [frozen],
            ),
        )
    )


async def _pages(place: Place, order: Order, fetch: Fetch) -> list[str]:
    from tui.browse.lists.goto import ToFraction, locate
    from tui.browse.lists.pages import open_source
    from tui.browse.search.query import Query

    source = await open_source(Query(), order)
    async with watched() as gap:
        first = await _median(lambda: source.page(None, ROWS, forward=True))
        jump = await _median(lambda: locate(source, ToFraction(0.5)))
        middle = await locate(source, ToFraction(0.5))
        there = await _median(lambda: source.page(middle, ROWS, forward=True))
    offset = await _median(lambda: _by_offset(place, order, fetch))
    return [
        str(order),
        milliseconds(first),
        milliseconds(jump),
        milliseconds(there),
        ratio(there, first),
        verdict(there / first, AIM),
        milliseconds(offset),
        milliseconds(gap.longest),
        verdict(gap.longest, GAP_AIM),
    ]


async def _by_offset(place: Place, order: Order, fetch: Fetch) -> None:
    columns = {"username": "u.username_key", "email": "u.email_key", "id": "u.id", "created": "u.created_at"}
    columns |= {"last-login": "a.last_login_at", "deleted": "u.deleted_at", "locked-until": "a.locked_until"}
    column = columns[str(order.by)]
    down = " DESC" if order.descending else ""
    joined = " LEFT JOIN user_auth_state a ON a.user_id = u.id" if column.startswith("a.") else ""
    await fetch(
        f"SELECT u.id FROM users u{joined} ORDER BY {column} IS NULL, {column}{down}, u.id{down}"
        f" LIMIT {ROWS} OFFSET {place.people // 2}",
        (),
    )


async def _freeze(place: Place, fetch: Fetch) -> list[str]:
    from tui.browse.lists.selection import freeze
    from tui.browse.search.query import parse

    last = min(place.people, WANTED)
    query = parse(f"id:1..{last}")
    async with watched() as gap:
        begun = time.perf_counter()
        found = await freeze(query)
        ours = time.perf_counter() - begun
    begun = time.perf_counter()
    bare = await fetch(f"SELECT id, version FROM users WHERE id BETWEEN 1 AND {last} ORDER BY id", ())
    hand = time.perf_counter() - begun
    assert len(found) == len(bare)
    return [
        str(query),
        str(len(found)),
        milliseconds(ours),
        milliseconds(hand),
        ratio(ours, hand),
        milliseconds(gap.longest),
        verdict(gap.longest, GAP_AIM),
    ]


async def _median(work: Callable[[], Awaitable[Any]]) -> float:
    took = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        await work()
        took.append(time.perf_counter() - begun)
        if took[-1] > SLOW:
            break
    return statistics.median(took)


if __name__ == "__main__":
    main()
