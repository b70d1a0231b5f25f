"""Searches: from a key to rows, beside the query by hand and beside Django admin on the same table.

`python -m bench.search --data DIR`, DIR being what `python -m bench.fill` made. Three ways to the same rows take turns:
the program in a terminal, `tui.browse` alone beside the SQL that one would write by hand, and a request to Django admin
(installed into an environment of its own in DIR; `--without-django` leaves it out).

Where the server offers pg_trgm, "contains" is measured without its index and then with it; the index is made for that
and dropped again (`--keep-index` keeps it).
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bench.asking import asked_for_both, parser
from bench.django_admin.visits import DjangoAdmin, django_admin
from bench.driver import driver
from bench.loop import GAP_AIM, Gap, watched
from bench.places import Place, places
from bench.search_cases import Case, cases_of
from bench.shellback import shellback
from bench.table import milliseconds, ratio, say, spaced, table, verdict
from bench.trigrams import has_trigrams, trigram_index

if TYPE_CHECKING:
    from bench.driver import Fetch
    from tui.browse.lists.rows import UserRow

TURNS: Final = 7
SLOW: Final = 3.0
"""Seconds: what takes longer once is not asked again."""

ROWS: Final = 200
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Found:
    """Seconds of each way, and what was found."""

    case: Case
    ours: list[float] = field(default_factory=list)
    hand: list[float] = field(default_factory=list)
    typed: list[float] = field(default_factory=list)
    django: list[float] = field(default_factory=list)
    gap: float = 0.0
    rows: int = 0


def main() -> None:
    asking = parser("search", __doc__)
    asking.add_argument("--without-django", action="store_true", help="leave Django admin out")
    asking.add_argument("--keep-index", action="store_true", help="keep the trigram index that was made")
    asking.add_argument("--without-trigrams", action="store_true", help="make no trigram index, which takes long")
    asked = asking.parse_args()
    if asked_for_both("search", asked):
        return
    with places(asked.data.resolve(), (asked.dialect,)) as found:
        for place in found:
            cases = cases_of(place)
            with _django(place, asked) as django:
                measured = asyncio.run(_measure(place, cases, django))
                if place.dialect == "postgres" and not asked.without_trigrams and has_trigrams(place):
                    contains = [case for case in cases if case.text.startswith("*")]
                    with trigram_index(place, keep=asked.keep_index) as took:
                        with_index = asyncio.run(_measure(place, contains, None))
                    for one in with_index:
                        one.case = Case(f"{one.case.name}, trigram index", one.case.text, one.case.by_hand)
                    measured += with_index
                    print(f"\nThe trigram index was made in {took():.0f} s.")
            print("\n" + _rows_table(place, measured))
            print("\n" + _keys_table(place, measured))


@contextmanager
def _django(place: Place, asked: argparse.Namespace) -> Iterator[DjangoAdmin | None]:
    with ExitStack() as stack:
        running = None if asked.without_django else stack.enter_context(django_admin(place, asked.data / "django"))
        yield running


# Measuring ----------------------------------------------------------------------------------------------------------


async def _measure(place: Place, cases: list[Case], django: DjangoAdmin | None) -> list[Found]:
    from tui.browse.search.query import parse
    from tui.database import open_database
    from tui.settings import parse_url

    parse("x")  # the parser's library is loaded behind the first rows of the program too
    measured = []
    async with await open_database(parse_url(place.url)), driver(place) as fetch_rows:
        for case in cases:
            say(f"{place.name}: {case.name}")
            one = Found(case)
            rows: tuple[UserRow, ...] = ()
            for _ in range(TURNS):
                rows = await _ours(case, one)
                await _by_hand(case, one, fetch_rows)
                if django is not None and not (one.django and max(one.django) > SLOW) and (case.asked or not case.text):
                    one.django.append(await asyncio.to_thread(_visit, django, case))
                if max(one.ours) > SLOW:
                    break
            one.rows = len(rows)
            one.typed = await asyncio.to_thread(_typed, place, case, rows)
            measured.append(one)
    return measured


async def _ours(case: Case, one: Found) -> tuple[UserRow, ...]:
    """The first rows there are, as the screen asks for them; where nobody is found, the whole search."""
    from tui.browse.lists.orders import Order, OrderBy
    from tui.browse.lists.pages import open_source
    from tui.browse.search.query import parse

    scans = case.text.startswith(("*", "-"))
    gap: Gap
    async with watched() as gap:
        begun = time.perf_counter()
        source = await open_source(parse(case.text), Order(OrderBy.ID if scans else OrderBy.USERNAME))
        page = await source.page(None, ROWS, forward=True)
        while not page.rows and page.edge is not None:
            page = await source.page(page.edge, ROWS, forward=True)
        one.ours.append(time.perf_counter() - begun)
    one.gap = max(one.gap, gap.longest)
    return page.rows


async def _by_hand(case: Case, one: Found, fetch_rows: Fetch) -> None:
    if not case.by_hand or (one.hand and max(one.hand) > SLOW):
        return
    from tui.browse.lists.rows import COLUMNS

    order = "u.id" if case.text.startswith("*") else "u.username_key"
    begun = time.perf_counter()
    await fetch_rows(
        f"SELECT {COLUMNS} FROM users u LEFT JOIN user_auth_state a ON a.user_id = u.id"
        f" WHERE {case.by_hand} ORDER BY {order} LIMIT {ROWS}",
        (),
    )
    one.hand.append(time.perf_counter() - begun)


def _visit(django: DjangoAdmin, case: Case) -> float:
    return django.list(case.path, **case.asked).seconds


def _typed(place: Place, case: Case, rows: tuple[UserRow, ...]) -> list[float]:
    """From the last letter to the first row found, in a terminal; the pause after which a search begins is left out."""
    from models.operations.text import grouped
    from tui.widgets.search_box import DEBOUNCE

    if not rows or not case.text or case.name == "inactive":
        return []
    # Whose lock lasts longest: the others may have ended by the time that it is typed.
    shown = max(rows[:20], key=lambda row: row.locked_until or EPOCH) if "locked" in case.text else rows[0]
    needle = grouped(shown.id).encode()  # not the name, which is what is typed
    took = []
    with shellback(place) as terminal:
        terminal.heard(place.first.encode())
        terminal.settle(0.5)
        for _ in range(TURNS):
            terminal.until(b"G", place.last.encode())
            terminal.settle()
            terminal.until(b"g", place.first.encode())  # the last user may be found too, and the cursor stay with it
            terminal.settle()
            terminal.key(b"/")
            for letter in case.text[:-1]:
                terminal.key(letter.encode())
            took.append(terminal.until(case.text[-1].encode(), needle) - DEBOUNCE)
            terminal.settle()
            # To the list, and then the search is cleared; where nothing is left to clear, Esc does nothing.
            for _ in range(3):
                terminal.type(b"\x1b")
                terminal.settle()
            terminal.settle(1.0)
    return took


# Tables -------------------------------------------------------------------------------------------------------------


def _rows_table(place: Place, measured: list[Found]) -> str:
    rows = []
    for one in measured:
        ours = statistics.median(one.ours)
        hand = statistics.median(one.hand) if one.hand else 0.0
        rows.append(
            [
                one.case.name,
                str(one.rows),
                milliseconds(ours),
                milliseconds(hand) if hand else "-",
                ratio(ours, hand) if hand else "-",
                milliseconds(one.gap),
                verdict(one.gap, GAP_AIM),
            ]
        )
    people = spaced(place.people)
    title = f"{place.name}, {people} users: to the first {ROWS} rows, medians of up to {TURNS} (aim: gap 50 ms)"
    return table(title, ["search", "rows", "tui.browse", "by hand", "ratio", "longest gap", ""], rows)


def _keys_table(place: Place, measured: list[Found]) -> str:
    rows = []
    for one in measured:
        if not one.django:
            continue
        ours = statistics.median(one.typed or one.ours)
        django = statistics.median(one.django)
        way = "key to paint" if one.typed else "rows"
        rows.append([one.case.name, way, milliseconds(ours), milliseconds(django), ratio(django, ours)])
    people = spaced(place.people)
    title = f"{place.name}, {people} users: beside Django admin, the request alone, without network and browser"
    return table(title, ["search", "ours is", "Shellback", "Django admin", "ratio"], rows)


if __name__ == "__main__":
    main()
