"""The orders of the list of users, and the key ranges that serve them.

Only orders that an index serves are offered. An order is walked as one or more *segments*, one after the other, each a
range of one index: "last login, nulls last" is the values, then the nulls; "username" under a search for a word is the
users whose name begins with it, then those whose e-mail does. Every segment's keys are unique, ending in id where the
column is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui.browse.query import Exact, InState, Not, Prefix, Query, State, Term
from tui.browse.sql import EPOCH, NOTHING, Sql, all_of
from tui.browse.texts import equal, in_range, key_range, word_key


class OrderBy(StrEnum):
    """What the list can be ordered by."""

    USERNAME = "username"
    ID = "id"
    CREATED = "created"
    LAST_LOGIN = "last-login"


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
    OrderBy.ID: ("id, lowest first", "id, highest first"),
    OrderBy.CREATED: ("created, oldest first", "created, newest first"),
    OrderBy.LAST_LOGIN: ("last login, longest ago first", "last login, latest first"),
}


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
    as the index has them. `within` bounds the range, on `walked`; `rest` must hold too but bounds nothing. `covers` is
    the term of the query that the range itself fulfils."""

    keys: tuple[str, ...]
    walked: tuple[str, ...]
    descending: bool
    within: Sql = NOTHING
    rest: Sql = NOTHING
    covers: Term | None = None
    from_state: bool = False  # the index is on user_auth_state


def segments(order: Order, query: Query) -> tuple[Segment, ...]:
    """Return the ranges that give the users of `query` in `order`, first to last."""
    down = order.descending
    match order.by:
        case OrderBy.ID:
            return (Segment(("id",), ("u.id",), down),)
        case OrderBy.CREATED:
            return (Segment(("created_at", "id"), ("u.created_at", "u.id"), down),)
        case OrderBy.LAST_LOGIN:
            return _by_login(query, down)
        case OrderBy.USERNAME:
            return _by_name(query, down)


def _by_login(query: Query, down: bool) -> tuple[Segment, ...]:
    """Those who have logged in, then those who never have; a part that the query rules out is not walked."""
    some = Segment(
        ("last_login_at", "id"),
        ("a.last_login_at", "a.user_id"),
        down,
        within=Sql("a.last_login_at >= ?", (EPOCH,)),
        covers=Not(InState(State.NEVER_LOGGED_IN)),
        from_state=True,
    )
    never = Segment(
        ("id",), ("u.id",), down, rest=Sql("a.last_login_at IS NULL"), covers=InState(State.NEVER_LOGGED_IN)
    )
    if never.covers in query.terms:
        return (never,)
    return (some,) if some.covers in query.terms else (some, never)


def _by_name(query: Query, down: bool) -> tuple[Segment, ...]:
    """The first word of the query bounds the walk: by id when it is a number, by username, then by e-mail."""
    word = next((term for term in query.terms if isinstance(term, Prefix | Exact)), None)
    if word is None:
        return (Segment(("username_key",), ("u.username_key",), down),)
    user_id = word.user_id if isinstance(word, Prefix) else None
    other_id = Sql("u.id <> ?", (user_id,)) if user_id is not None else NOTHING
    by_name, by_email = _matches(word)
    not_by_name = "NOT (" + by_name + ")"
    found = [
        Segment(("username_key",), ("u.username_key",), down, within=by_name, rest=other_id, covers=word),
        Segment(
            ("email_key",), ("u.email_key",), down, within=by_email, rest=all_of([not_by_name, other_id]), covers=word
        ),
    ]
    if user_id is not None:
        found.insert(0, Segment(("id",), ("u.id",), down, within=Sql("u.id = ?", (user_id,)), covers=word))
    return tuple(found)


def _matches(word: Prefix | Exact) -> tuple[Sql, Sql]:
    key = word_key(word.text)
    if isinstance(word, Exact):
        return equal("u.username_key", key), equal("u.email_key", key)
    return in_range("u.username_key", *key_range(key)), in_range("u.email_key", *key_range(key))
