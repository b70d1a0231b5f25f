"""Pages of the list of users, by key range, in either direction from any position.

A page costs one query for its rows and one for the roles of all of them, and a bounded amount of work whatever the
size of the table. It may therefore have fewer rows than were asked for and still not be the last: its `edge` says where
to go on, and is None only at the real end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from models.clock import database_now
from tui.browse.access import Access, Stretch, choose, slice_of
from tui.browse.conditions import Context, conditions, load_roles
from tui.browse.extras import NOTHING_MORE, load_extras
from tui.browse.means import trigram_available
from tui.browse.orders import Order, segments
from tui.browse.query import Contains, Query
from tui.browse.rows import Position, UserRow, user_row
from tui.browse.sql import NOTHING, Sql, connection, dialect, rows
from tui.browse.statements import after_key, one_sql, page_sql, slice_end_sql

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
        at = origin or Position(0 if forward else len(self.access.stretches) - 1, ())
        found: list[tuple[Position, Record]] = []
        while True:
            stretch = self.access.stretches[at.segment]
            after = after_key(stretch.segment, at.key, forward=forward) if at.key else NOTHING
            wanted = count - len(found)
            records = await rows(page_sql(self.access, stretch, after, wanted, forward=forward))
            keys = stretch.segment.keys
            found += [(Position(at.segment, tuple([record[key] for key in keys])), record) for record in records]
            if len(records) == wanted:
                return Page(await self._with_roles(found, forward=forward), found[-1][0])
            if self.access.walks(stretch):
                end = await rows(slice_end_sql(stretch, after, forward=forward))
                if end:
                    edge = self._position(at.segment, stretch, end[0])
                    return Page(await self._with_roles(found, forward=forward), edge, slice_of(stretch.segment))
            following = at.segment + (1 if forward else -1)
            if not 0 <= following < len(self.access.stretches):
                return Page(await self._with_roles(found, forward=forward), None)
            at = Position(following, ())

    async def find(self, user_id: object) -> UserRow | None:
        """Return the row of one user with its position, or None when this list has no such user (any more)."""
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


async def open_source(query: Query, order: Order) -> UserSource:
    """Return the list of `query` in `order`, as of the database's now. Raises QueryError for an unknown role."""
    now = await database_now(connection())
    trigram = any(isinstance(term, Contains) for term in query.terms) and await trigram_available()
    context = Context(now, await load_roles(), dialect(), trigram)
    return UserSource(query, order, now, await choose(query, conditions(query, context), segments(order, query)))


async def role_names(user_ids: Sequence[int], now: datetime) -> dict[int, tuple[str, ...]]:
    """Return the names of the roles that each of some users holds now, sorted; users without one are left out."""
    if not user_ids:
        return {}
    wanted = Sql(", ".join("?" * len(user_ids)), tuple(user_ids))
    held: dict[int, tuple[str, ...]] = {}
    for record in await rows(
        "SELECT r.user_id, n.name FROM user_roles r JOIN roles n ON n.id = r.role_id WHERE r.user_id IN ("
        + wanted
        + Sql(") AND (r.expires_at IS NULL OR r.expires_at > ?) ORDER BY n.name", (now,))
    ):
        held[record["user_id"]] = (*held.get(record["user_id"], ()), record["name"])
    return held
