"""How a query is answered: by walking the index of its order, or from a short list of ids that another index gives.

Either way the cost of a page is bounded whatever the planner thinks, which has no statistics on a SQLite file and wrong
ones after a bulk load:

- *Walking* takes the next SLICE keys of the order's own index and tests them. A test that few rows pass is answered
  slice by slice; a page then has few rows and says how far it has searched.
- *Listing* starts from the ids that an index gives for one term (locked, a role, a prefix under another order), and
  sorts them. It is taken only when the list has at most LIST_LIMIT ids, which is probed once a query. A longer list
  means that at least one key in some thousand passes, and then walking finds a page soon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.browse.conditions import Condition
from tui.browse.orders import Segment
from tui.browse.query import Query
from tui.browse.rows import COLUMNS
from tui.browse.sql import NOTHING, Sql, all_of, dialect, joined, rows, where

SLICE = 20_000
"""Keys that one statement walks at most when a test may fail: some 50 ms."""

LIST_LIMIT = 20_000
"""Ids that are sorted anew for every page at most: some 20 ms."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A segment of the order with everything that a row of it must pass beyond the segment's range."""

    segment: Segment
    test: Sql


@dataclass(frozen=True, slots=True)
class Access:
    """The stretches to go through, in order, and the list of ids to start from (SELECT id ...) when there is one."""

    stretches: tuple[Stretch, ...]
    listed: Sql = NOTHING
    test: Sql = NOTHING  # all terms, whatever a segment's range fulfils

    def walks(self, stretch: Stretch) -> bool:
        """Whether a page of this stretch may need several slices."""
        return bool(stretch.test) and not self.listed


async def choose(query: Query, terms: Sequence[Condition], segments: Sequence[Segment]) -> Access:
    """Return how to answer. Probes the lists that exist, at most LIST_LIMIT entries of an index each."""
    stretches = tuple(
        Stretch(
            segment,
            all_of(
                [
                    *(c.test for term, c in zip(query.terms, terms, strict=True) if term != segment.covers),
                    segment.rest,
                ]
            ),
        )
        for segment in segments
    )
    covered = {segment.covers for segment in segments}
    test = all_of([condition.test for condition in terms])
    if covered.issuperset(query.terms):
        return Access(stretches, test=test)
    shortest: tuple[int, Sql] | None = None
    for term, condition in zip(query.terms, terms, strict=True):
        # A term that a segment's range fulfils is a shorter walk already, and one that needs no sorting.
        if condition.listed_by and term not in covered:
            length = await _length(condition.listed_by)
            if length <= LIST_LIMIT and (shortest is None or length < shortest[0]):
                shortest = length, joined(condition.listed_by, " UNION ")
    return Access(stretches, shortest[1] if shortest else NOTHING, test)


async def _length(selects: Sequence[Sql]) -> int:
    total = 0
    for select in selects:
        found = await rows("SELECT count(*) AS n FROM (" + select + Sql(" LIMIT ?) l", (LIST_LIMIT + 1,)))
        total += int(found[0]["n"])
        if total > LIST_LIMIT:
            break
    return total


def page_sql(access: Access, stretch: Stretch, after: Sql, count: int, *, forward: bool) -> Sql:
    """Return the SELECT of up to `count` rows of a stretch after a key (`after`, on the walked columns)."""
    segment = stretch.segment
    order = _ordered([f"u.{key}" for key in segment.keys], segment, forward=forward)
    if access.listed:
        inner = (
            f"SELECT {COLUMNS} FROM ("
            + access.listed
            + Sql(" LIMIT ?", (LIST_LIMIT + 1,))
            + ") l CROSS JOIN users u LEFT JOIN user_auth_state a ON a.user_id = u.id"
            + where(all_of([Sql("u.id = l.id"), segment.within, after]))
        )
    else:
        inner = (
            f"SELECT {COLUMNS} FROM "
            + _walked_range(segment, after, forward=forward)
            + Sql(" LIMIT ?", (SLICE if stretch.test else count,))
        )
        if not stretch.test:
            return inner
        if dialect() == "sqlite":
            # It takes the rows as the slice yields them, in order, and stops at the last one wanted. Told to order
            # them, it would collect and sort the whole slice first. PostgreSQL sees that they are ordered already.
            order = NOTHING
    return "SELECT * FROM (" + inner + ") u" + where(stretch.test) + order + Sql(" LIMIT ?", (count,))


def slice_end_sql(stretch: Stretch, after: Sql, *, forward: bool) -> Sql:
    """Return the SELECT of the keys of the last row of a slice; it finds nothing when the slice ends the segment."""
    segment = stretch.segment
    keys = ", ".join(f"{walked} AS {key}" for walked, key in zip(segment.walked, segment.keys, strict=True))
    return (
        f"SELECT {keys} FROM " + _walked_range(segment, after, forward=forward) + Sql(" LIMIT 1 OFFSET ?", (SLICE - 1,))
    )


def ids_sql(access: Access, stretch: Stretch, count: int) -> Sql:
    """Return the SELECT of up to `count` ids from the start of a stretch."""
    return "SELECT p.id FROM (" + page_sql(access, stretch, NOTHING, count, forward=True) + ") p"


def count_sql(access: Access, first: int, beyond: int) -> Sql:
    """Return the SELECT of how many users of a range of ids pass all terms."""
    users = f"SELECT {COLUMNS} FROM users u LEFT JOIN user_auth_state a ON a.user_id = u.id" + where(
        Sql("u.id >= ? AND u.id < ?", (first, beyond))
    )
    return "SELECT count(*) AS n FROM (" + users + ") u" + where(access.test)


def one_sql(stretch: Stretch, user_id: int) -> Sql:
    """Return the SELECT of one user's row, if the stretch has it."""
    found = f"SELECT {COLUMNS} FROM users u LEFT JOIN user_auth_state a ON a.user_id = u.id" + where(
        all_of([Sql("u.id = ?", (user_id,)), stretch.segment.within])
    )
    return "SELECT * FROM (" + found + ") u" + where(stretch.test)


def after_key(segment: Segment, key: Sequence[object], *, forward: bool) -> Sql:
    """Return the condition that a row comes after (or, not forward, before) a key of the segment.

    Written `col >= v AND (col > v OR id > i)`: the first half alone bounds the range of the index.
    """
    beyond = ">" if forward != segment.descending else "<"
    if len(key) == 1:
        return Sql(f"{segment.walked[0]} {beyond} ?", (key[0],))
    column, last = segment.walked
    return Sql(f"{column} {beyond}= ? AND ({column} {beyond} ? OR {last} {beyond} ?)", (key[0], key[0], key[1]))


def _walked_range(segment: Segment, after: Sql, *, forward: bool) -> Sql:
    # CROSS JOIN, since SQLite then keeps this order of the tables; to PostgreSQL it is the same as any inner join.
    if segment.from_state:
        tables, joining = "user_auth_state a CROSS JOIN users u", Sql("u.id = a.user_id")
    else:
        tables, joining = "users u LEFT JOIN user_auth_state a ON a.user_id = u.id", NOTHING
    return tables + where(all_of([joining, segment.within, after])) + _ordered(segment.walked, segment, forward=forward)


def _ordered(columns: Sequence[str], segment: Segment, *, forward: bool) -> Sql:
    direction = "ASC" if forward != segment.descending else "DESC"
    return Sql(" ORDER BY " + ", ".join(f"{column} {direction}" for column in columns))
