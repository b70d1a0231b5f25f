"""What a panel of filters shows of a query, and the text it writes: one state, thing or role a line, two dates. Pure.

What the panel has no line for is the rest; it stays as it was typed, in front.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, TypeVar

from tui.browse.search.query import (
    Age,
    Has,
    HasRole,
    InState,
    Known,
    MomentField,
    MomentFrom,
    MomentIs,
    Not,
    Query,
    QueryError,
    State,
    Term,
    Thing,
    parse,
)

KeyT = TypeVar("KeyT", bound=Hashable)


class Want(StrEnum):
    """What is wanted of a state, a thing or a role; the value is how a tick box shows it."""

    ANY = " "
    YES = "x"
    NO = "-"

    def next(self) -> Want:
        """Return what the next press of the space bar makes of it."""
        wants = list(Want)
        return wants[(wants.index(self) + 1) % len(wants)]


DATES: Final = (MomentField.CREATED, MomentField.LOGIN)
"""The fields of moments that the panel has a line for."""

_MOMENTS: Final = MomentIs | MomentFrom | Age | Known


@dataclass(frozen=True, slots=True)
class Filters:
    """What is picked. Whoever is not in a mapping is not asked about; `dates` has what is typed behind the colon."""

    rest: str = ""
    states: Mapping[State, Want] = field(default_factory=dict)
    things: Mapping[Thing, Want] = field(default_factory=dict)
    roles: Mapping[str, Want] = field(default_factory=dict)
    dates: Mapping[MomentField, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return the query's text. It may not parse: a date is as somebody types it."""
        terms = [
            *(_said(InState(state), want) for state, want in self.states.items()),
            *(_said(Has(thing), want) for thing, want in self.things.items()),
            *(_said(HasRole(name), want) for name, want in self.roles.items()),
            *(f"{moment}:{value.strip()}" for moment, value in self.dates.items() if value.strip()),
        ]
        return " ".join(filter(None, [self.rest.strip(), *terms]))

    def with_state(self, state: State, want: Want) -> Filters:
        """Return the same with a state asked for so."""
        return replace(self, states=_put(self.states, state, want))

    def with_thing(self, thing: Thing, want: Want) -> Filters:
        """Return the same with a thing asked for so."""
        return replace(self, things=_put(self.things, thing, want))

    def with_role(self, name: str, want: Want) -> Filters:
        """Return the same with a role asked for so."""
        return replace(self, roles=_put(self.roles, name, want))

    def with_date(self, moment: MomentField, value: str) -> Filters:
        """Return the same with a date typed so."""
        return replace(self, dates={**self.dates, moment: value})


def filters_of(text: str, roles: tuple[str, ...] = ()) -> Filters:
    """Return what the panel shows of a text; `roles` are the names that it has lines for, as they are written.

    A text that is no query, or not yet one, is all rest.
    """
    try:
        query = parse(text)
    except QueryError:
        return Filters(text)
    written = {name.casefold(): name for name in roles}
    found, rest = Filters(), []
    for term in query.terms:
        taken = _taken(found, term, written)
        if taken is None:
            rest.append(term)
        else:
            found = taken
    return replace(found, rest=str(Query(tuple(rest))))


def _taken(filters: Filters, term: Term, written: Mapping[str, str]) -> Filters | None:
    """The filters with the term in them, or None when there is no line, or no more room on it, for the term."""
    want, inner = (Want.NO, term.term) if isinstance(term, Not) else (Want.YES, term)
    match inner:
        case InState(state) if state not in filters.states:
            return filters.with_state(state, want)
        case Has(thing) if thing not in filters.things:
            return filters.with_thing(thing, want)
        case HasRole(name) if written.get(name.casefold(), name) not in filters.roles:
            return filters.with_role(written.get(name.casefold(), name), want)
    if isinstance(inner, _MOMENTS) and want is Want.YES and inner.field in DATES and inner.field not in filters.dates:
        return filters.with_date(inner.field, str(inner).partition(":")[2])
    return None


def _said(term: InState | Has | HasRole, want: Want) -> str:
    return str(Not(term)) if want is Want.NO else str(term)


def _put(wants: Mapping[KeyT, Want], key: KeyT, want: Want) -> dict[KeyT, Want]:
    kept = {**wants, key: want}
    return {key: want for key, want in kept.items() if want is not Want.ANY}
