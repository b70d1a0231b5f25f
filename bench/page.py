"""A page of 200 users through `tui.browse` beside the same columns fetched by the driver alone.

`python -m bench.page --data DIR`, DIR being what `python -m bench.fill` made. The baseline is what one would write by
hand: one query by key range for the rows, one for their roles, on asyncpg or sqlite3. Both take turns.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.asking import asked_for_both, parser
from bench.driver import Fetch, driver
from bench.places import Place, places
from bench.table import milliseconds, ratio, spaced, table, verdict

if TYPE_CHECKING:
    from tui.browse.lists.rows import Position

ROWS: Final = 200
TURNS: Final = 41
AIM: Final = 2.0

ROLES: Final = "SELECT r.user_id, n.name FROM user_roles r JOIN roles n ON n.id = r.role_id WHERE r.user_id"


@dataclass(frozen=True, slots=True)
class Case:
    """One page: in which order, from where, and what one would write by hand for it (`$1`, `$2`: the key)."""

    order: str
    where: str
    forward: bool
    condition: str
    ordering: str


CASES: Final = (
    Case("username", "start", True, "", "u.username_key"),
    Case("username", "middle", True, "u.username_key > $1", "u.username_key"),
    Case("username", "middle", False, "u.username_key < $1", "u.username_key DESC"),
    Case("username", "end", False, "", "u.username_key DESC"),
    Case("id", "middle", True, "u.id > $1", "u.id"),
    Case("-created", "start", True, "", "u.created_at DESC, u.id DESC"),
    Case("-created", "middle", True, "(u.created_at, u.id) < ($1, $2)", "u.created_at DESC, u.id DESC"),
    Case("-created", "end", False, "", "u.created_at, u.id"),
)


def main() -> None:
    asked = parser("page", __doc__).parse_args()
    if asked_for_both("page", asked):
        return
    with places(asked.data.resolve(), (asked.dialect,)) as found:
        for place in found:
            print("\n" + asyncio.run(_measure(place)))


async def _measure(place: Place) -> str:
    from tui.browse.lists.orders import parse_order
    from tui.browse.lists.pages import open_source
    from tui.browse.search.query import Query
    from tui.database import open_database
    from tui.settings import parse_url

    rows = []
    async with await open_database(parse_url(place.url)), driver(place) as fetch:
        for case in CASES:
            source = await open_source(Query(), parse_order(case.order))
            origin: Position | None = None
            if case.where == "middle":
                user = await source.find(place.people // 2)
                origin = source.position(user) if user else None
            key = origin.key if origin else ()
            ours, bare = [], []
            for _ in range(TURNS):
                begun = time.perf_counter()
                page = await source.page(origin, ROWS, forward=case.forward)
                ours.append(time.perf_counter() - begun)
                begun = time.perf_counter()
                by_hand = await _by_hand(fetch, place.dialect, case, key)
                bare.append(time.perf_counter() - begun)
                assert {row.id for row in page.rows} == by_hand
            rows.append(_row(case, statistics.median(ours), statistics.median(bare)))
    people = spaced(place.people)
    title = f"{place.name}, {people} users: a page of {ROWS} rows with their roles, medians of {TURNS} (aim: x{AIM})"
    return table(title, ["order", "from", "tui.browse", "by hand", "ratio", ""], rows)


def _row(case: Case, ours: float, bare: float) -> list[str]:
    place = f"{case.where} {'on' if case.forward else 'back'}"
    return [case.order, place, milliseconds(ours), milliseconds(bare), ratio(ours, bare), verdict(ours / bare, AIM)]


async def _by_hand(fetch: Fetch, dialect: str, case: Case, key: Sequence[object]) -> set[int]:
    """The same page as one would write it: the ids of its rows."""
    from tui.browse.lists.rows import COLUMNS, USER_COLUMNS

    users = "users u"
    chosen = (f" WHERE {case.condition}" if case.condition else "") + f" ORDER BY {case.ordering} LIMIT {ROWS}"
    if dialect == "postgres":
        # It would join first and limit afterwards: half a second in the order of ids, from the middle of ten million.
        users = f"(SELECT {', '.join(f'u.{name}' for name in USER_COLUMNS)} FROM users u{chosen}) u"
        chosen = f" ORDER BY {case.ordering}"
    found = await fetch(
        f"SELECT {COLUMNS} FROM {users} LEFT JOIN user_auth_state a ON a.user_id = u.id{chosen}",
        key,
    )
    ids = [row["id"] for row in found]
    if dialect == "postgres":
        await fetch(f"{ROLES} = ANY($1)", [ids])
    else:
        await fetch(f"{ROLES} IN ({', '.join('?' * len(ids))})", ids)
    return set(ids)


if __name__ == "__main__":
    main()
