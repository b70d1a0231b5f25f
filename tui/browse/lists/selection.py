"""All that match, frozen: the ids and versions of a query's users as of one moment.

Where an index lists them, one statement is streamed through a cursor. Else the users are looked at slice by slice in
the order of their ids, within one snapshot of the database, so that each statement is short and it can be stopped
between any two. Marks are frozen by `freeze_ids`.
"""

from __future__ import annotations

import re
from array import array
from contextlib import aclosing
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from models.clock import database_now
from models.operations.bulk.selection import MOST, Selection, TooMany, freeze_ids
from tui.browse.conditions.users import Context, conditions, load_roles
from tui.browse.cost.catalogue import load_indexes
from tui.browse.cost.indexes import has_trigrams
from tui.browse.cost.means import id_ends
from tui.browse.cost.planner import plans_of
from tui.browse.snapshots import snapshot
from tui.browse.sql import NOTHING, Sql, all_of, connection, dialect, joined, rows_by_index, where

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.browse.conditions.condition import Condition
    from tui.browse.search.query import Query

__all__ = ["MOST", "Selection", "TooMany", "freeze", "freeze_ids"]

FETCHED: Final = 10_000
"""Rows that come back at once."""

SLICE: Final = 50_000
"""Users that one statement of a scan looks at."""

_READS_STATE: Final = re.compile(r"\ba\.")

_ID, _VERSION = itemgetter(0), itemgetter(1)


async def freeze(query: Query, *, progress: Callable[[int, float | None], object] | None = None) -> Selection:
    """Return every user that the query selects now.

    `progress` is told how many were found and, where the table is scanned, how far it is, from 0 to 1. Cancel the task
    to stop. Raises `TooMany` for more than MOST, QueryError for an unknown role, and what the engine raises.
    """
    there = await load_indexes("users")
    context = Context(await database_now(connection()), await load_roles(), dialect(), has_trigrams(there))
    terms = conditions(query, context)
    test = all_of([condition.test for condition in terms])
    found = _Found(progress)
    listed = await _shortest_list(terms)
    if listed:
        await _by_index(listed, test, found)
    else:
        await _by_slices(test, found)
    return Selection(found.ids, found.versions, query.words(), str(query))


class _Found:
    """What was found so far, and who is told."""

    __slots__ = ("_progress", "ids", "versions")

    def __init__(self, progress: Callable[[int, float | None], object] | None) -> None:
        self.ids, self.versions = array("q"), array("q")
        self._progress = progress

    def add(self, rows: Sequence[Any], part: float | None) -> None:
        self.ids.extend(map(_ID, rows))
        self.versions.extend(map(_VERSION, rows))
        if len(self.ids) > MOST:
            raise TooMany
        if self._progress is not None:
            self._progress(len(self.ids), part)


async def _shortest_list(terms: Sequence[Condition]) -> Sql:
    """The SELECT of ids of the term that an index answers with the fewest; nothing where none does within MOST."""
    best: tuple[int, Sql] | None = None
    for condition in terms:
        if not condition.listed_by or not all(plan.is_bounded for plan in await plans_of(*condition.listed_by)):
            continue
        length = 0
        for select in condition.listed_by:
            bounded = "SELECT count(*) AS n FROM (" + select + Sql(" LIMIT ?) l", (MOST + 1,))
            ((row,),) = await rows_by_index(bounded)
            length += int(row["n"])
        if length <= MOST and (best is None or length < best[0]):
            best = length, joined(condition.listed_by, " UNION ")
    return best[1] if best else NOTHING


async def _by_index(listed: Sql, test: Sql, found: _Found) -> None:
    select = "SELECT u.id, u.version FROM (" + listed + f") l CROSS JOIN users u{_state(test)}"
    select = select + where(all_of([Sql("u.id = l.id"), test])) + Sql(" ORDER BY u.id LIMIT ?", (MOST + 1,))
    async with snapshot(by_index=True) as moment, aclosing(moment.batches(select, FETCHED)) as batches:
        async for rows in batches:
            found.add(rows, None)


async def _by_slices(test: Sql, found: _Found) -> None:
    ends = await id_ends()
    if ends is None:
        return
    async with snapshot() as moment:
        last, highest = ends[0] - 1, ends[1]
        while True:
            next_ids = Sql("SELECT id FROM users WHERE id > ? ORDER BY id LIMIT ?", (last, SLICE))
            ((end,),) = await moment.rows("SELECT max(s.id) FROM (" + next_ids + ") s")
            if end is None:
                return
            within = Sql("u.id > ? AND u.id <= ?", (last, end))
            select = f"SELECT u.id, u.version FROM users u{_state(test)}" + where(all_of([within, test]))
            rows = await moment.rows(select + " ORDER BY u.id")
            found.add(rows, min(1.0, (end - ends[0] + 1) / (highest - ends[0] + 1)))
            last = end


def _state(test: Sql) -> str:
    """The sign-in state, where the test asks for it: looked up user by user, since a plan that reads the whole table
    instead would not be short."""
    if not _READS_STATE.search(test.text):
        return ""
    if dialect() == "sqlite":
        return " LEFT JOIN user_auth_state a ON a.user_id = u.id"
    return " LEFT JOIN LATERAL (SELECT s.* FROM user_auth_state s WHERE s.user_id = u.id OFFSET 0) a ON TRUE"
