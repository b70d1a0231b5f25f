"""The SELECTs of a list: a page, the end of a slice, one row, a count. `access.py` says when which is sent.

In all of them `u` is a user and `a` the user's sign-in state, which may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from tui.browse.lists.access import LIST_LIMIT, Access, Stretch
from tui.browse.lists.orders import Segment
from tui.browse.lists.rows import COLUMNS, TESTED_STATE_COLUMNS, TESTED_USER_COLUMNS, USER_COLUMNS
from tui.browse.sql import NOTHING, Sql, all_of, dialect, joined, where

_OF_STATE: Final = re.compile(r"\ba\.")


def page_sql(stretch: Stretch, after: Sql, count: int, *, forward: bool) -> Sql:
    """Return the SELECT of up to `count` rows of a stretch after a key (`after`, on the walked columns)."""
    segment = stretch.segment
    if stretch.listed:
        return _listed_page(stretch, after, count, forward=forward)
    by = _ordered(segment.walked, segment, forward=forward)
    if dialect() == "sqlite":
        if not stretch.test and not segment.from_state:
            # Nothing to test: every row of the range is wanted, and a subquery would only copy it once more.
            found = where(range_of(segment, after, forward=forward))
            return f"SELECT {COLUMNS} FROM users u {_state_of_user()}" + found + by + Sql(" LIMIT ?", (count,))
        # It takes the rows as the slice yields them, in order, and stops at the last one wanted. Told to order them,
        # it would collect and sort the whole slice first. PostgreSQL sees that they are ordered already.
        by = NOTHING
    return (
        f"SELECT {COLUMNS} FROM ("
        + _slice(segment, after, stretch.pace.keys if stretch.test else count, forward=forward)
        + (f") a {_user_of_state()}" if segment.from_state else f") u {_state_of_user()}")
        + where(stretch.test)
        + by
        + Sql(" LIMIT ?", (count,))
    )


def page_of_ids_sql(stretch: Stretch, between: Sql, count: int, *, forward: bool) -> Sql:
    """Return the SELECT of up to `count` rows of a walk by id, between two ids that bound the slice."""
    if dialect() != "sqlite":
        return page_sql(stretch, between, count, forward=forward)
    # Read where they lie: a subquery would copy every row that is tested. NOT INDEXED leaves but the rows themselves.
    return (
        f"SELECT {COLUMNS} FROM users u NOT INDEXED {_state_of_user()}"
        + where(all_of([between, stretch.test]))
        + _ordered(stretch.segment.walked, stretch.segment, forward=forward)
        + Sql(" LIMIT ?", (count,))
    )


def _listed_page(stretch: Stretch, after: Sql, count: int, *, forward: bool) -> Sql:
    """The page from a list of ids: all of them are looked up and sorted. Their sign-in states only where they are
    tested or sorted by; else those of the page's rows alone, which takes half the time."""
    segment = stretch.segment
    by = _ordered([f"u.{key}" for key in segment.keys], segment, forward=forward)
    with_state = segment.from_state or _OF_STATE.search(stretch.test.text) is not None
    columns = COLUMNS if with_state else ", ".join(f"u.{name}" for name in USER_COLUMNS)
    found = (
        f"SELECT {columns} FROM ("
        + stretch.listed
        + f") l CROSS JOIN users u {_state_of_user() if with_state else ''}"
        + where(all_of([Sql("u.id = l.id"), range_of(segment, after, forward=forward), stretch.test]))
        # A limit that limits nothing: it keeps the planner from walking an index of the order instead.
        + Sql(" LIMIT ?", (LIST_LIMIT + 1,))
    )
    page = "SELECT * FROM (" + found + ") u" + by + Sql(" LIMIT ?", (count,))
    return page if with_state else f"SELECT {COLUMNS} FROM (" + page + f") u {_state_of_user()}" + by


def slice_end_sql(stretch: Stretch, after: Sql, *, forward: bool) -> Sql:
    """Return the SELECT of the keys of the last row of a slice; it finds nothing when the slice ends the segment."""
    segment = stretch.segment
    return (
        f"{_keys(segment)}{_table(segment)}"
        + where(range_of(segment, after, forward=forward))
        + _ordered(segment.walked, segment, forward=forward)
        + Sql(" LIMIT 1 OFFSET ?", (stretch.pace.keys - 1,))
    )


def ids_sql(stretch: Stretch, count: int) -> Sql:
    """Return the SELECT of up to `count` ids from the start of a stretch."""
    return "SELECT p.id FROM (" + page_sql(stretch, NOTHING, count, forward=True) + ") p"


def count_sql(access: Access, first: int, beyond: int) -> Sql:
    """Return the SELECT of how many users of a range of ids pass all terms."""
    between = Sql("u.id >= ? AND u.id < ?", (first, beyond))
    return f"SELECT count(*) AS n FROM users u {_state_of_user()}" + where(all_of([between, access.test]))


def count_listed_sql(access: Access) -> Sql:
    """Return the SELECT of how many users of the list that an access starts from pass all terms."""
    return (
        "SELECT count(*) AS n FROM ("
        + access.listed
        + f") l CROSS JOIN users u {_state_of_user()}"
        + where(all_of([Sql("u.id = l.id"), access.test]))
    )


def one_sql(stretch: Stretch, user_id: int) -> Sql:
    """Return the SELECT of one user's row, if the stretch has it."""
    conditions = [Sql("u.id = ?", (user_id,)), stretch.segment.within, stretch.test]
    return f"SELECT {COLUMNS} FROM users u {_state_of_user()}" + where(all_of(conditions))


def ranked_sql(stretch: Stretch, most: int, knots: int) -> Sql:
    """Return the SELECT of about `knots` keys at equal distances of a stretch of up to `most` rows, and the `total`."""
    segment = stretch.segment
    if stretch.listed:
        listed = "(" + stretch.listed + f") l CROSS JOIN users u {_state_of_user()}"
        chosen = _keys(segment) + listed + where(all_of([Sql("u.id = l.id"), segment.within, stretch.test]))
    else:
        whole = "(" + _slice(segment, NOTHING, most, forward=True)
        whole += f") a {_user_of_state()}" if segment.from_state else f") u {_state_of_user()}"
        chosen = _keys(segment) + whole + where(stretch.test)
    keys = ", ".join(f"p.{key}" for key in segment.keys)
    return (
        f"SELECT r.* FROM (SELECT {keys}, row_number() OVER (ORDER BY {keys}) AS n, count(*) OVER () AS total FROM ("
        + chosen
        + Sql(") p) r WHERE (r.n - 1) % (1 + r.total / ?) = 0 OR r.n = r.total", (knots,))
    )


def range_length_sql(stretch: Stretch, most: int) -> Sql:
    """Return the SELECT of how many keys the range of a stretch has, tested for nothing; it counts up to `most`."""
    inner = f"SELECT 1 AS there FROM {_table(stretch.segment)}" + where(stretch.segment.within)
    return "SELECT count(*) AS n FROM (" + inner + Sql(" LIMIT ?) l", (most,))


def sampled_sql(stretch: Stretch, ids: Sequence[int]) -> Sql:
    """Return the SELECT of the keys of those of some users that a stretch has."""
    among = "u.id IN (" + joined([Sql("?", (user_id,)) for user_id in ids], ", ") + ")"
    table = Sql(f"users u {_state_of_user()}")
    return _keys(stretch.segment) + table + where(all_of([among, stretch.segment.within, stretch.test]))


def after_key(segment: Segment, key: Sequence[object], *, forward: bool) -> Sql:
    """Return the condition that a row comes after (or, not forward, before) a key; nothing when the whole segment does.

    Written `col >= v AND (col > v OR id > i)`: the first half alone bounds the range of the index.
    """
    up = forward != segment.descending
    beyond = ">" if up else "<"
    if _is_outside(segment, key[0], up=up):
        return NOTHING
    if len(key) == 1:
        return Sql(f"{segment.walked[0]} {beyond} ?", (key[0],))
    column, last = segment.walked
    return Sql(f"{column} {beyond}= ? AND ({column} {beyond} ? OR {last} {beyond} ?)", (key[0], key[0], key[1]))


def _is_outside(segment: Segment, value: Any, *, up: bool) -> bool:
    """Whether a value lies before the segment, in the direction of the walk: a jump may lead there."""
    bound = segment.low if up else segment.high
    if bound is None:
        return False
    if isinstance(value, str) and isinstance(bound, datetime):
        bound = bound.isoformat(" ")  # as SQLite keeps moments
    return bool(value < bound if up else value >= bound)


def range_of(segment: Segment, after: Sql, *, forward: bool) -> Sql:
    """The rows of a segment after a key. The key takes the place of the bound on its side: given both, SQLite would
    begin at the segment's, and read all rows between the two."""
    up = forward != segment.descending
    return all_of([segment.bounds(lower=not (after and up), upper=not after or up), after])


def _slice(segment: Segment, after: Sql, count: int, *, forward: bool) -> Sql:
    """The next `count` rows of the segment's own table, tested for nothing."""
    columns = [f"a.{name}" for name in ("user_id", *TESTED_STATE_COLUMNS)] if segment.from_state else []
    columns = columns or [f"u.{name}" for name in TESTED_USER_COLUMNS]
    return (
        f"SELECT {', '.join(columns)} FROM {_table(segment)}"
        + where(range_of(segment, after, forward=forward))
        + _ordered(segment.walked, segment, forward=forward)
        + Sql(" LIMIT ?", (count,))
    )


def _keys(segment: Segment) -> str:
    keys = ", ".join(f"{walked} AS {key}" for walked, key in zip(segment.walked, segment.keys, strict=True))
    return f"SELECT {keys} FROM "


def _table(segment: Segment) -> str:
    return "user_auth_state a" if segment.from_state else "users u"


def _ordered(columns: Sequence[str], segment: Segment, *, forward: bool) -> Sql:
    direction = "ASC" if forward != segment.descending else "DESC"
    return Sql(" ORDER BY " + ", ".join(f"{column} {direction}" for column in columns))


# SQLite looks the other row up row by row, in the order of the tables. PostgreSQL might merge or hash the two tables
# instead, which reads one of them from its start; LATERAL with OFFSET 0 keeps it to looking up.


def _state_of_user() -> str:
    if dialect() == "sqlite":
        return "LEFT JOIN user_auth_state a ON a.user_id = u.id"
    columns = ", ".join(f"s.{name}" for name in ("user_id", *TESTED_STATE_COLUMNS))
    return f"LEFT JOIN LATERAL (SELECT {columns} FROM user_auth_state s WHERE s.user_id = u.id OFFSET 0) a ON TRUE"


def _user_of_state() -> str:
    if dialect() == "sqlite":
        return "CROSS JOIN users u ON u.id = a.user_id"
    columns = ", ".join(f"s.{name}" for name in TESTED_USER_COLUMNS)
    return f"CROSS JOIN LATERAL (SELECT {columns} FROM users s WHERE s.id = a.user_id OFFSET 0) u"
