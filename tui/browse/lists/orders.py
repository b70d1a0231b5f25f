"""The orders of the list of users, and the key ranges that serve them.

Only orders that an index serves are offered. An order is walked as one or more *segments*, one after the other, each a
range of one index: "last login, nulls last" is the values, then the nulls; "username" under a search for a word is the
users whose name begins with it, then those whose e-mail does. Every segment's keys are unique, ending in id where the
column is not. Nulls come last in both directions, by id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from tui.browse.conditions.moments import COLUMNS, moment_range
from tui.browse.conditions.texts import key_range, word_key
from tui.browse.search.query import (
    LARGEST_ID,
    Age,
    Exact,
    IdIn,
    InState,
    Known,
    Match,
    MomentField,
    MomentFrom,
    MomentIs,
    Not,
    Prefix,
    Query,
    State,
    Term,
    TextField,
    TextIs,
)
from tui.browse.sql import EPOCH, NOTHING, Sql, all_of


class OrderBy(StrEnum):
    """What the list can be ordered by."""

    USERNAME = "username"
    EMAIL = "email"
    ID = "id"
    CREATED = "created"
    LAST_LOGIN = "last-login"
    DELETED = "deleted"
    LOCKED_UNTIL = "locked-until"


@dataclass(frozen=True, slots=True)
class Order:
    """A column and a direction. `str()` gives `username` or `-username`."""

    by: OrderBy = OrderBy.USERNAME
    descending: bool = False

    def __str__(self) -> str:
        return f"{'-' * self.descending}{self.by}"

    def words(self) -> str:
        """Return the order as a person says it: `created, newest first`."""
        return _WORDS[self.by][self.descending]

    def reversed(self) -> Order:
        """Return the other direction."""
        return Order(self.by, not self.descending)


_WORDS = {
    OrderBy.USERNAME: ("username, a to z", "username, z to a"),
    OrderBy.EMAIL: ("e-mail, a to z", "e-mail, z to a"),
    OrderBy.ID: ("id, lowest first", "id, highest first"),
    OrderBy.CREATED: ("created, oldest first", "created, newest first"),
    OrderBy.LAST_LOGIN: ("last login, longest ago first", "last login, latest first"),
    OrderBy.DELETED: ("deleted, longest ago first", "deleted, latest first"),
    OrderBy.LOCKED_UNTIL: ("locked until, soonest first", "locked until, latest first"),
}

SERVED_BY = {
    OrderBy.USERNAME: ("users", ("username_key",)),
    OrderBy.EMAIL: ("users", ("email_key",)),
    OrderBy.ID: ("users", ("id",)),
    OrderBy.CREATED: ("users", ("created_at", "id")),
    OrderBy.LAST_LOGIN: ("user_auth_state", ("last_login_at", "user_id")),
    OrderBy.DELETED: ("users", ("deleted_at",)),
    OrderBy.LOCKED_UNTIL: ("user_auth_state", ("locked_until",)),
}
"""The table and the first columns of the index that each order walks. Rows that are deleted or locked at one moment are
few, so that those two are sorted by id within a moment."""


class OrderError(ValueError):
    """An order that no index serves."""


def parse_order(text: str) -> Order:
    """Return the order that `username` or `-created` names. Raises OrderError with what is offered."""
    name = text.removeprefix("-")
    try:
        return Order(OrderBy(name), text.startswith("-"))
    except ValueError:
        offered = ", ".join(by.value for by in OrderBy)
        raise OrderError(
            f"No index serves the order {name}. Orders are {offered}, with - in front for the reverse."
        ) from None


@dataclass(frozen=True, slots=True)
class Segment:
    """A range of one index. `keys` are the columns that order it, by their names in a row; `walked` the same columns
    as the index has them.

    The range is of the first column: at least `low`, less than `high`, or exactly `value`; None is no bound. `rest`
    must hold too but bounds nothing, and `rest_listed_by` is a SELECT of the ids for which it does, by index. `covers`
    are the terms of the query that the range itself fulfils.
    """

    keys: tuple[str, ...]
    walked: tuple[str, ...]
    descending: bool
    low: Any = None
    high: Any = None
    value: Any = None
    rest: Sql = NOTHING
    covers: tuple[Term, ...] = ()
    from_state: bool = False  # the index is on user_auth_state
    rest_listed_by: Sql = NOTHING

    @property
    def within(self) -> Sql:
        """The condition of the whole range."""
        return self.bounds()

    def bounds(self, *, lower: bool = True, upper: bool = True) -> Sql:
        """Return the condition of the range, or of one side of it."""
        column = self.walked[0]
        return all_of(
            [
                Sql(f"{column} = ?", (self.value,)) if self.value is not None else NOTHING,
                Sql(f"{column} >= ?", (self.low,)) if self.low is not None and lower else NOTHING,
                Sql(f"{column} < ?", (self.high,)) if self.high is not None and upper else NOTHING,
            ]
        )


def segments(order: Order, query: Query, now: datetime) -> tuple[Segment, ...]:
    """Return the ranges that give the users of `query` in `order` as of a moment, first to last."""
    down = order.descending
    match order.by:
        case OrderBy.ID:
            return (_narrowed(Segment(("id",), ("u.id",), down), query, now),)
        case OrderBy.CREATED:
            return (_narrowed(Segment(("created_at", "id"), ("u.created_at", "u.id"), down), query, now),)
        case OrderBy.LAST_LOGIN:
            never = InState(State.NEVER_LOGGED_IN)
            return _moments("a.last_login_at", MomentField.LOGIN, query, now, down, there=Not(never), none=never)
        case OrderBy.LOCKED_UNTIL:
            return _moments("a.locked_until", MomentField.LOCKED, query, now, down)
        case OrderBy.DELETED:
            deleted = InState(State.DELETED)
            return _moments("u.deleted_at", MomentField.DELETED, query, now, down, there=deleted, none=Not(deleted))
        case OrderBy.USERNAME | OrderBy.EMAIL:
            return _by_text(query, down, email_first=order.by is OrderBy.EMAIL)


def _moments(
    column: str,
    field: MomentField,
    query: Query,
    now: datetime,
    down: bool,
    *,
    there: Term | None = None,
    none: Term | None = None,
) -> tuple[Segment, ...]:
    """Those with a moment, then those without; or the part that the query leaves: what it rules out is not walked.
    `there` and `none` are the terms that say which, besides those that name the field."""
    asks_for_none = [term for term in query.terms if term in (none, Known(field, known=False))]
    nulls = Segment(("id",), ("u.id",), down, rest=Sql(f"{column} IS NULL"), covers=tuple(asks_for_none))
    if asks_for_none:
        return (nulls,)
    table, name = column.split(".")
    values = Segment(
        (name, "id"),
        (column, "a.user_id" if table == "a" else "u.id"),
        down,
        low=EPOCH,
        covers=tuple(term for term in query.terms if term in (there, Known(field, known=True))),
        from_state=table == "a",
    )
    values = _narrowed(values, query, now)
    return (values,) if values.covers else (values, nulls)


def _narrowed(segment: Segment, query: Query, now: datetime) -> Segment:
    """The segment within what the query says of its own first column."""
    for term in query.terms:
        if isinstance(term, IdIn) and segment.walked[0] == "u.id":
            low, high = term.first, term.last + 1 if term.last < LARGEST_ID else None
        elif isinstance(term, MomentIs | MomentFrom | Age) and COLUMNS[term.field] == segment.walked[0]:
            low, high = moment_range(term, now)  # type: ignore[assignment]  # ids or moments, as the column has
        else:
            continue
        # One bound a side, the narrowest: of two SQLite would take the first.
        segment = replace(
            segment,
            low=max((bound for bound in (segment.low, low) if bound is not None), default=None),
            high=min((bound for bound in (segment.high, high) if bound is not None), default=None),
            covers=(*segment.covers, term),
        )
    return segment


def _by_text(query: Query, down: bool, *, email_first: bool) -> tuple[Segment, ...]:
    """A text of the query bounds the walk: of the order's own column where there is one. A word bounds it by id when it
    is a number, then by the own column, then by the other for those whom only that one finds."""
    first, second = ("email_key", "username_key") if email_first else ("username_key", "email_key")
    field = TextField.EMAIL if email_first else TextField.USERNAME
    for term in query.terms:
        if isinstance(term, TextIs) and term.field is field and term.match is not Match.CONTAINS:
            return (_matching(term, first, down),)
    word = next((term for term in query.terms if isinstance(term, Prefix | Exact)), None)
    if word is None:
        if not email_first:
            return (Segment(("username_key",), ("u.username_key",), down),)
        return (
            # Not IS NOT NULL: no key is less than the empty one, and for a range SQLite too uses the index.
            Segment(("email_key",), ("u.email_key",), down, low=""),
            Segment(
                ("id",),
                ("u.id",),
                down,
                rest=Sql("u.email_key IS NULL"),
                rest_listed_by=Sql("SELECT u.id FROM users u WHERE u.email_key IS NULL"),
            ),
        )
    user_id = word.user_id if isinstance(word, Prefix) else None
    other_id = Sql("u.id <> ?", (user_id,)) if user_id is not None else NOTHING
    by_first, by_second = _matching(word, first, down), _matching(word, second, down)
    # A comparison with NULL is not false but unknown, and so is its opposite.
    not_by_first = f"(u.{first} IS NULL OR NOT (" + by_first.within + "))"
    found = [replace(by_first, rest=other_id), replace(by_second, rest=all_of([not_by_first, other_id]))]
    if user_id is not None:
        found.insert(0, Segment(("id",), ("u.id",), down, value=user_id, covers=(word,)))
    return tuple(found)


def _matching(term: Prefix | Exact | TextIs, column: str, down: bool) -> Segment:
    """The users whose key is, or begins with, the text of a term."""
    key = word_key(term.text)
    segment = Segment((column,), (f"u.{column}",), down, covers=(term,))
    if isinstance(term, Exact) or (isinstance(term, TextIs) and term.match is Match.EXACT):
        return replace(segment, value=key)
    low, high = key_range(key)
    return replace(segment, low=low, high=high)
