"""Pages of the list of users, by key range, in either direction from any position.

A page costs one query for its rows and one for the roles of all of them, and a bounded amount of work whatever the
size of the table. It may therefore have fewer rows than were asked for and still not be the last: its `edge` says where
to go on, and is None only at the real end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from operator import itemgetter
from time import perf_counter
from typing import Any, Generic, TypeVar

from models.clock import database_now
from models.engines.errors import StatementTimeout
from tui.browse.conditions.users import Context, conditions, load_roles, names_roles
from tui.browse.cost.catalogue import load_indexes
from tui.browse.cost.indexes import LISTED, NAMES, has_trigrams, order_advice
from tui.browse.cost.means import id_ends
from tui.browse.lists.access import Access, Stretch, choose, has_outgrown
from tui.browse.lists.extras import NOTHING_MORE, load_extras
from tui.browse.lists.orders import Order, OrderError, segments
from tui.browse.lists.pace import LEAST, PATIENCE
from tui.browse.lists.rows import Position, UserRow, user_row
from tui.browse.lists.statements import after_key, one_sql, page_of_ids_sql, page_sql, slice_end_sql
from tui.browse.search.query import Query
from tui.browse.sql import NOTHING, Sql, connection, dialect, rows, rows_by_index
from tui.database.replica.reads import PRIMARY, Reads

RowT = TypeVar("RowT")

Record = Mapping[str, Any]
"""A row of COLUMNS as the driver gave it: read by name here, in order by `user_row`."""


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Rows in the order of the list. `edge` is where the next page in the same direction begins; None: nothing there.

    `searched` counts the keys that were tested without becoming a row of a full page: what a progress line shows.
    """

    rows: tuple[RowT, ...]
    edge: Position | None
    searched: int = 0


@dataclass(frozen=True, slots=True)
class UserSource:
    """The users of one query in one order, as of one moment. Make it with `open_source`."""

    query: Query
    order: Order
    now: datetime
    access: Access
    extras: tuple[str, ...] = ()  # columns to read for each page besides what every list has
    reads: Reads = field(default=PRIMARY, compare=False)

    def key(self, row: UserRow) -> int:
        """Return what a row is known by: the user's id."""
        return row.id

    def position(self, row: UserRow) -> Position:
        """Return where a row stands."""
        return row.position

    async def page(self, origin: Position | None, count: int, *, forward: bool) -> Page[UserRow]:
        """Return up to `count` rows after (or before) `origin`; None begins at the list's start (or end).

        One slice at most is searched in vain; then the page is what was found and the edge is where it stopped.
        """
        return await self.reads.run(partial(self._page, origin, count, forward=forward))

    async def _page(self, origin: Position | None, count: int, *, forward: bool) -> Page[UserRow]:
        at = origin or Position(0 if forward else len(self.access.stretches) - 1, ())
        found: list[tuple[Position, Record]] = []
        while True:
            stretch = self.access.stretches[at.segment].now()
            wanted = count - len(found)
            if stretch.walks:
                records, edge, searched = await self._slice(at, stretch, wanted, forward=forward)
            else:
                records = await self._whole(at, stretch, wanted, forward=forward)
                edge, searched = None, 0
                if stretch.listed and await has_outgrown(stretch.listed, stretch.extent):
                    continue
            columns = zip(*(map(itemgetter(key), records) for key in stretch.segment.keys), strict=True)
            found += zip((Position(at.segment, key) for key in columns), records, strict=True)
            if len(records) == wanted:
                return Page(await self._with_roles(found, forward=forward), found[-1][0])
            if edge is not None:
                return Page(await self._with_roles(found, forward=forward), edge, searched)
            following = at.segment + (1 if forward else -1)
            if not 0 <= following < len(self.access.stretches):
                return Page(await self._with_roles(found, forward=forward), None)
            at = Position(following, ())

    async def _whole(self, at: Position, stretch: Stretch, wanted: int, *, forward: bool) -> Sequence[Record]:
        """The next rows of a stretch that is not searched in slices: fewer than wanted when it has no more."""
        after = after_key(stretch.segment, at.key, forward=forward) if at.key else NOTHING
        keys = stretch.trial.keys(wanted)
        if stretch.listed and keys:
            records = await rows(page_sql(stretch.tried(keys), after, wanted, forward=forward))
            if len(records) == wanted:
                return records
            stretch.trial.failed()
        return await rows_of(stretch, page_sql(stretch, after, wanted, forward=forward))

    async def _slice(
        self, at: Position, stretch: Stretch, wanted: int, *, forward: bool
    ) -> tuple[Sequence[Record], Position | None, int]:
        """Search one slice: its rows, where it ended (None: with the segment) and how many keys it had.

        A slice that takes too long is given up and a shorter one searched; the shortest one has the statement's own
        time. Raises StatementTimeout when that is not enough.
        """
        while True:
            begun = perf_counter()
            try:
                # The shortest slice is left to the engine's own deadline.
                async with asyncio.timeout(PATIENCE if stretch.pace.keys > LEAST else None):
                    return await self._searched(at, stretch, wanted, forward=forward)
            except (TimeoutError, StatementTimeout):
                if perf_counter() - begun < PATIENCE / 2 or not stretch.pace.shorten():
                    raise

    async def _searched(
        self, at: Position, stretch: Stretch, wanted: int, *, forward: bool
    ) -> tuple[Sequence[Record], Position | None, int]:
        begun, keys = perf_counter(), stretch.pace.keys
        if stretch.by_id:
            ends = await id_ends()
            if ends is None:
                return (), None, 0
            after, edge = _ids(at, ends, keys, up=forward != stretch.segment.descending)
        else:
            after, edge = after_key(stretch.segment, at.key, forward=forward) if at.key else NOTHING, None
        page = page_of_ids_sql if stretch.by_id else page_sql
        records = await rows(page(stretch, after, wanted, forward=forward))
        if len(records) == wanted:
            return records, None, 0
        if not stretch.by_id:
            end = await rows(slice_end_sql(stretch, after, forward=forward))
            edge = self._position(at.segment, stretch, end[0]) if end else None
        if edge is not None:
            stretch.pace.took(perf_counter() - begun)
        return records, edge, keys

    async def find(self, user_id: object) -> UserRow | None:
        """Return the row of one user with its position, or None when this list has no such user (any more)."""
        return await self.reads.run(partial(self._find, user_id))

    async def _find(self, user_id: object) -> UserRow | None:
        for number, stretch in enumerate(self.access.stretches):
            found = await rows(one_sql(stretch, int(str(user_id))))
            if found:
                place = self._position(number, stretch, found[0])
                return (await self._with_roles([(place, found[0])], forward=True))[0]
        return None

    @staticmethod
    def _position(number: int, stretch: Stretch, record: Record) -> Position:
        return Position(number, tuple([record[key] for key in stretch.segment.keys]))

    async def _with_roles(self, found: Sequence[tuple[Position, Record]], *, forward: bool) -> tuple[UserRow, ...]:
        ids = [record["id"] for _, record in found]
        held = await role_names(ids, self.now)
        more = await load_extras(ids, self.extras)
        page = [
            user_row(tuple(record), held.get(user_id, ()), place, more.get(user_id, NOTHING_MORE))
            for user_id, (place, record) in zip(ids, found, strict=True)
        ]
        return tuple(page if forward else reversed(page))


def _ids(at: Position, ends: tuple[int, int], keys: int, *, up: bool) -> tuple[Sql, Position | None]:
    """The range of the next slice of ids, and where it ends when that is before the last of them."""
    first, last = ends
    if up:
        low = max(int(at.key[0]) + 1, first) if at.key else first
        high = low + keys - 1
    else:
        high = min(int(at.key[0]) - 1, last) if at.key else last
        low = high - keys + 1
    if low > last or high < first:
        return Sql("1 = 0"), None
    more = high < last if up else low > first
    # Not beyond what there is: the column holds no larger number.
    within = Sql("u.id >= ? AND u.id <= ?", (max(low, first), min(high, last)))
    return within, Position(at.segment, (high if up else low,)) if more else None


async def rows_of(stretch: Stretch, select: Sql) -> Sequence[Record]:
    """Run a SELECT of a stretch; one that starts from a list keeps to its index."""
    if not stretch.listed:
        return await rows(select)
    (found,) = await rows_by_index(select)
    return found


async def open_source(query: Query, order: Order, reads: Reads = PRIMARY) -> UserSource:
    """Return the list of `query` in `order`, as of the database's now; it is opened and read where `reads` says.

    Raises QueryError for an unknown role, OrderError for an order whose index this database lacks.
    """
    return replace(await reads.run(partial(_open, query, order)), reads=reads)


async def _open(query: Query, order: Order) -> UserSource:
    there = await load_indexes(*LISTED)
    lacking = order_advice(order, there)
    if lacking is not None:
        raise OrderError(f"{lacking.sentence} The order {order.words()} would read the whole table.")
    now = await database_now(connection())
    roles = await load_roles() if names_roles(query) else {}
    context = Context(now, roles, dialect(), has_trigrams(there), has_trigrams(there, NAMES))
    access = await choose(query, conditions(query, context), segments(order, query, now))
    return UserSource(query, order, now, access)


async def role_names(user_ids: Sequence[int], now: datetime) -> dict[int, tuple[str, ...]]:
    """Return the names of the roles that each of some users holds now, sorted; users without one are left out."""
    if not user_ids:
        return {}
    wanted = Sql(", ".join("?" * len(user_ids)), tuple(user_ids))
    held: dict[int, tuple[str, ...]] = {}
    for record in await rows(
        "SELECT r.user_id, n.name FROM user_roles r JOIN roles n ON n.id = r.role_id WHERE r.user_id IN ("
        + wanted
        # Sorted here: told to, SQLite would walk all roles by name, and look for each user in each of them.
        + Sql(") AND (r.expires_at IS NULL OR r.expires_at > ?)", (now,))
    ):
        held[record["user_id"]] = (*held.get(record["user_id"], ()), record["name"])
    return {user_id: tuple(sorted(names)) for user_id, names in held.items()}
