"""What every term means, said once more in plain Python over what is known of a user, and nothing of the SQL."""

import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.usernames import email_key, key, skeleton
from tests.tui.browse.strangers import NOW, ZONE, Stranger
from tui.browse.search.fields import MOMENTS, MomentField, State, TextField, Thing
from tui.browse.search.points import Date, Instant, NamedDay, Place, Span, Unit
from tui.browse.search.query import (
    Age,
    Comparison,
    Contains,
    Exact,
    Has,
    HasRole,
    IdIn,
    InState,
    Known,
    Match,
    MomentFrom,
    MomentIs,
    Not,
    Prefix,
    Query,
    Term,
    TextIs,
)

_HERE = ZoneInfo(ZONE)
_COLUMNS = {
    MomentField.LOGIN: "last_login_at",
    MomentField.FAILED: "last_failed_at",
    MomentField.LOCKED: "locked_until",
}
_FIXED = {Unit.MINUTE: "minutes", Unit.HOUR: "hours", Unit.DAY: "days", Unit.WEEK: "weeks"}


def selected(query: Query, everybody: list[Stranger]) -> list[int]:
    """Return the ids of those for whom every term holds, ascending."""
    return sorted(one.id for one in everybody if all(holds(term, one, everybody) for term in query.terms))


def holds(term: Term, one: Stranger, everybody: list[Stranger]) -> bool:
    """Return whether a term holds for a user."""
    match term:
        case Not(inner):
            return not holds(inner, one, everybody)
        case Prefix() | Exact() | Contains():
            return any_key(term, one)
        case TextIs():
            return text_is(term, one)
        case IdIn(first, last):
            return first <= one.id <= last
        case InState(state):
            return in_state(state, one, everybody)
        case Has(thing):
            return has(thing, one)
        case HasRole(name):
            return name.casefold() in {role.casefold() for role in valid_roles(one)}
        case MomentIs() | MomentFrom() | Age() | Known():
            moment = one.moment(_COLUMNS.get(term.field, f"{term.field.replace('-', '_')}_at"))
            return of_moment(term, moment)
    raise AssertionError(term)


def any_key(term: Prefix | Exact | Contains, one: Stranger) -> bool:
    """Return whether a user is found by a word."""
    if isinstance(term, Prefix) and term.user_id == one.id:
        return True
    how = {Prefix: Match.PREFIX, Exact: Match.EXACT, Contains: Match.CONTAINS}[type(term)]
    return any(compared(how, key(term.text), found) for found in keys(one))


def text_is(term: TextIs, one: Stranger) -> bool:
    """Return whether one field of a user is as a term says."""
    if term.field is TextField.NAME:
        text = unicodedata.normalize("NFC", term.text)
        return compared(term.match, folded(text), folded(str(one.columns["full_name"])))
    username, *email = keys(one)
    found = [username] if term.field is TextField.USERNAME else email
    return any(compared(term.match, key(term.text), text) for text in found)


def keys(one: Stranger) -> list[str]:
    """Return what a user is found by."""
    email = email_key(one.columns["email"])  # type: ignore[arg-type]
    return [key(str(one.columns["username"])), *([email] if email else [])]


def compared(how: Match, text: str, found: str) -> bool:
    """Return whether a text is the beginning of another, the whole, or a part."""
    return {Match.PREFIX: found.startswith(text), Match.EXACT: found == text, Match.CONTAINS: text in found}[how]


def folded(text: str) -> str:
    """Return a name letter by letter without case, as many letters as it has."""

    def fold(letter: str) -> str:
        return next((form for form in (letter.casefold(), letter.lower()) if len(form) == 1), letter)

    return "".join(map(fold, text))


def in_state(state: State, one: Stranger, everybody: list[Stranger]) -> bool:
    """Return whether a user is in a state."""

    def passed(name: str) -> bool:
        moment = one.moment(name)
        return moment is not None and moment <= NOW

    locked = one.moment("locked_until")
    return bool(
        {
            State.ACTIVE: one.columns["is_active"] and one.columns["deleted_at"] is None,
            State.INACTIVE: not one.columns["is_active"] and one.columns["deleted_at"] is None,
            State.DELETED: one.columns["deleted_at"] is not None,
            State.LOCKED: locked is not None and locked > NOW,
            State.EXPIRED: passed("expires_at"),
            State.SUPERUSER: one.columns["is_superuser"],
            State.VERIFIED: one.columns["is_verified"],
            State.MUST_CHANGE: one.columns["must_change_password"],
            State.PASSWORD_EXPIRED: passed("password_expires_at"),
            State.NEVER_LOGGED_IN: one.moment("last_login_at") is None,
            State.LOOK_ALIKE: looks_alike(one, everybody),
        }[state]
    )


def looks_alike(one: Stranger, everybody: list[Stranger]) -> bool:
    """Return whether a name that is not all Latin looks like one that is, by Unicode's whole list."""
    name = key(str(one.columns["username"]))
    others = {key(str(other.columns["username"])) for other in everybody} - {name}
    return not name.isascii() and any(skeleton(other) == skeleton(name) for other in others if other.isascii())


def valid_roles(one: Stranger) -> list[str]:
    """Return the roles that a user holds now."""
    return [role for role, until in one.roles.items() if until is None or until > NOW]


def has(thing: Thing, one: Stranger) -> bool:
    """Return whether a user has something."""
    return bool(
        {
            Thing.ROLE: valid_roles(one),
            Thing.SESSION: [s for s in one.sessions if s["revoked_at"] is None and (s["expires_at"] or NOW) > NOW],
            Thing.EMAIL: one.columns["email"],
            Thing.MFA: one.mfa,
            Thing.PASSWORD: one.columns["has_usable_password"],
        }[thing]
    )


_TESTS: dict[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.AT: lambda one, other: bool(one == other),
    Comparison.LESS: lambda one, other: bool(one < other),
    Comparison.AT_MOST: lambda one, other: bool(one <= other),
    Comparison.MORE: lambda one, other: bool(one > other),
    Comparison.AT_LEAST: lambda one, other: bool(one >= other),
}


def of_moment(term: MomentIs | MomentFrom | Age | Known, moment: datetime | None) -> bool:
    """Return whether a term about a moment holds; only "none" does where there is none."""
    if isinstance(term, Known):
        return term.known == (moment is not None)
    if moment is None:
        return False
    if isinstance(term, MomentIs):
        return _TESTS[term.comparison](*as_precise(moment, term.place))
    if isinstance(term, MomentFrom):
        return _TESTS[Comparison.AT_LEAST](*as_precise(moment, term.first)) and _TESTS[Comparison.AT_MOST](
            *as_precise(moment, term.last)
        )
    ahead = MOMENTS[term.field].ahead
    if ahead and moment <= NOW:
        return False
    # Of moments, not of lengths: three months before now is a day of the calendar. The further away, the longer.
    near = away(term.span, ahead=ahead)
    further = {Comparison.LESS: Comparison.MORE, Comparison.AT_MOST: Comparison.AT_LEAST}
    further |= {other: one for one, other in further.items()}
    how = term.comparison if ahead else further[term.comparison]
    if term.longest is None:
        return _TESTS[how](moment, near)
    far = away(term.longest, ahead=ahead)
    return near <= moment <= far if ahead else far <= moment <= near


def as_precise(moment: datetime, place: Place) -> tuple[Any, Any]:
    """Return a moment and a place, both only as precisely as the place is named."""
    here = moment.astimezone(_HERE).replace(tzinfo=None)
    match place:
        case Date(start, precision):
            return here.isoformat()[:precision], start.isoformat()[:precision]
        case NamedDay():
            days = {NamedDay.YESTERDAY: -1, NamedDay.TODAY: 0, NamedDay.TOMORROW: 1}[place]
            return here.date(), NOW.astimezone(_HERE).date() + timedelta(days=days)
        case Instant(None):
            return moment, NOW
        case Instant(span, ahead):
            assert span is not None
            return moment, away(span, ahead=ahead)


def away(span: Span, *, ahead: bool) -> datetime:
    """Return the moment that is a span away from now."""
    sign = 1 if ahead else -1
    if span.unit in _FIXED:
        return NOW + sign * timedelta(**{_FIXED[span.unit]: span.amount})
    here = NOW.astimezone(_HERE)
    months = sign * span.amount * (12 if span.unit is Unit.YEAR else 1)
    years, month = divmod(here.month - 1 + months, 12)
    day = here.day
    while True:
        try:
            return here.replace(year=here.year + years, month=month + 1, day=day)
        except ValueError:
            day -= 1
