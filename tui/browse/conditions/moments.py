"""What a term about a moment selects, as SQL: a range of its column, from a first moment to one that is beyond it.

Ranges are half open throughout: `>= ? AND < ?`. SQLite keeps moments as text, in which 12:00:00 and 12:00:00.000000 are
one moment but two texts, in this order; no other pair of comparisons is right for both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tui.browse.conditions.condition import Condition
from tui.browse.search.fields import MOMENTS, MomentField
from tui.browse.search.moment_terms import Age, Comparison, Known, MomentFrom, MomentIs, MomentTerm
from tui.browse.search.points import TICK, Place
from tui.browse.sql import EPOCH, Sql, all_of

COLUMNS: Final = {
    MomentField.CREATED: "u.created_at",
    MomentField.UPDATED: "u.updated_at",
    MomentField.LOGIN: "a.last_login_at",
    MomentField.FAILED: "a.last_failed_at",
    MomentField.LOCKED: "a.locked_until",
    MomentField.EXPIRES: "u.expires_at",
    MomentField.DEACTIVATED: "u.deactivated_at",
    MomentField.DELETED: "u.deleted_at",
    MomentField.PASSWORD_CHANGED: "u.password_changed_at",
    MomentField.PASSWORD_EXPIRES: "u.password_expires_at",
}
"""The column of each field, of users `u` and user_auth_state `a`."""

INDEXED: Final = frozenset({MomentField.CREATED, MomentField.LOGIN, MomentField.LOCKED, MomentField.DELETED})
"""Fields whose column has an index that begins with it."""


def moment_condition(term: MomentTerm, now: datetime) -> Condition:
    """Return the condition of a term as of a moment in UTC."""
    column = COLUMNS[term.field]
    if isinstance(term, Known):
        if not term.known:
            return Condition(Sql(f"{column} IS NULL"))
        return Condition(Sql(f"{column} IS NOT NULL"), _listed(term.field, Sql(f"{column} >= ?", (EPOCH,))))
    low, high = moment_range(term, now)
    within = all_of(
        [
            Sql(f"{column} >= ?", (low,)) if low is not None else Sql(""),
            Sql(f"{column} < ?", (high,)) if high is not None else Sql(""),
        ]
    )
    return Condition("(" + within + ")", _listed(term.field, within))


def moment_range(term: MomentIs | MomentFrom | Age, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return the first moment that a term selects and the first one beyond it, in UTC; None: no limit on that side.

    One of them is always there. The range may be empty: the second is then not after the first.
    """
    match term:
        case MomentIs(_, comparison, place):
            return _of_place(comparison, place, now)
        case MomentFrom(_, first, last):
            return first.bounds(now)[0], last.bounds(now)[1]
        case Age():
            return _time_left(term, now) if MOMENTS[term.field].ahead else _time_since(term, now)


def _of_place(comparison: Comparison, place: Place, now: datetime) -> tuple[datetime | None, datetime | None]:
    start, end = place.bounds(now)
    match comparison:
        case Comparison.AT:
            return start, end
        case Comparison.LESS:
            return None, start
        case Comparison.AT_MOST:
            return None, end
        case Comparison.MORE:
            return end, None
        case Comparison.AT_LEAST:
            return start, None


def _time_since(term: Age, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The range for how long ago a moment was. The less time, the later the moment."""
    at = term.span.before(now)
    if term.longest is not None:
        return term.longest.before(now), at + TICK
    match term.comparison:
        case Comparison.LESS:
            return at + TICK, None
        case Comparison.MORE:
            return None, at
        case Comparison.AT_LEAST:
            return None, at + TICK
        case _:
            return at, None


def _time_left(term: Age, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The range for how far ahead a moment is. No time is left of one that has passed: it is in no such range."""
    at = term.span.after(now)
    if term.longest is not None:
        return max(at, now + TICK), term.longest.after(now) + TICK
    match term.comparison:
        case Comparison.LESS:
            return now + TICK, at
        case Comparison.MORE:
            return max(at, now) + TICK, None
        case Comparison.AT_LEAST:
            return max(at, now + TICK), None
        case _:
            return now + TICK, at + TICK


def _listed(field: MomentField, within: Sql) -> tuple[Sql, ...]:
    """The SELECT of ids by the column's index, where there is one."""
    if field not in INDEXED:
        return ()
    if COLUMNS[field].startswith("a."):
        return ("SELECT a.user_id AS id FROM user_auth_state a WHERE " + within,)
    return ("SELECT u.id FROM users u WHERE " + within,)
