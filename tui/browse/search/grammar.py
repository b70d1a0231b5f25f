"""The grammar of the search box, and how its parts become terms. What does not fit it is explained in `explain.py`.

Only `query.parse` imports this module, and only when there is something to parse.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any, cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput

from tui.browse.search.explain import MOMENT_NAMES, TEXT_NAMES, USERS, Language, explain, no_field, no_operator
from tui.browse.search.fields import MOMENTS, STATES_MEANT, MomentField, State, TextField, Thing
from tui.browse.search.moment_terms import Age, Comparison, Known, MomentFrom, MomentIs
from tui.browse.search.numbers import ends
from tui.browse.search.point_texts import FORMS, read_point
from tui.browse.search.points import Date, NamedDay, Point, Span
from tui.browse.search.query import LONGEST, MOST_TERMS, Query
from tui.browse.search.suggest import QueryError, cut, suggestion
from tui.browse.search.terms import (
    MINIMUM_CONTAINS,
    Atom,
    Contains,
    Exact,
    Has,
    HasRole,
    IdIn,
    InState,
    Not,
    Prefix,
    Term,
    TextIs,
)
from tui.browse.search.typed import LARGEST_ID, OPERATORS, Match, id_of

TOKENS = rf"""
    OPERATOR.3: /({"|".join(OPERATORS)})(?=\s+\S)/
    UNKNOWN_FIELD.2: /[^\s":*-][^\s":*]*:\S+/
    QUOTED.2: /"(?:[^"\\]|\\[\s\S])*"/
    COMPARISON: /[<>]=?/
    POINT: /(?:(?!\.\.)[^\s"*<>=])+/
    WORD: /[^\s":*-][^\s":*]*/
    VALUE: /[^\s"*]+/
    _WS: /\s+/
"""
"""What texts are made of, in every language of a search box."""

TERMS = """
    start: _WS? _term (_WS _term)* _WS?
    _term: _atom | negated
    negated: "-" _atom

    id_at: ID_FIELD POINT
    id_compared: ID_FIELD COMPARISON POINT
    id_between: ID_FIELD POINT ".." POINT

    at: MOMENT_FIELD POINT
    compared: MOMENT_FIELD COMPARISON POINT
    between: MOMENT_FIELD POINT ".." POINT

    unknown: UNKNOWN_FIELD
    operator: OPERATOR
"""
"""What every language has: terms joined by AND, each turned round by a -, numbers and moments."""

_GRAMMAR = rf"""{TERMS}
    _atom: prefix | starred | exact | contains
         | text_prefix | text_exact | text_contains
         | named | id_at | id_compared | id_between | at | compared | between | unknown | operator

    prefix: WORD
    starred: (WORD | QUOTED) "*"
    exact: QUOTED
    contains: "*" (VALUE | QUOTED) "*"

    text_prefix: TEXT_FIELD VALUE "*"? | TEXT_FIELD QUOTED "*"
    text_exact: TEXT_FIELD QUOTED
    text_contains: TEXT_FIELD "*" (VALUE | QUOTED) "*"

    named: NAMED_FIELD (VALUE | QUOTED)

    TEXT_FIELD.3: /({"|".join(TEXT_NAMES)}):/i
    NAMED_FIELD.3: /(is|has|role):/i
    ID_FIELD.3: /id:/i
    MOMENT_FIELD.3: /({"|".join(MOMENT_NAMES)}):/i
{TOKENS}"""


def parse_terms(text: str) -> tuple[Term, ...]:
    """Return the terms of a text that is not blank. Raises QueryError."""
    terms = cast("tuple[Term, ...]", parse_with(_parser(), text, USERS))  # `Terms` makes them of the tree
    # Printed, a text may be longer than it was typed, and what is printed must be read again.
    if len(str(Query(terms))) > LONGEST:
        raise QueryError(len(text), f"a query has at most {LONGEST} characters")
    return terms


def parse_with(parser: Lark, text: str, language: Language) -> object:
    """Return what a parser makes of a text that is not blank. Raises QueryError."""
    for position, character in enumerate(text):
        if position >= LONGEST:
            raise QueryError(position, f"a query has at most {LONGEST} characters")
        if unicodedata.category(character) in ("Cc", "Cs") and not character.isspace():
            raise QueryError(position, "a control character cannot be searched for")
    try:
        return parser.parse(text)
    except UnexpectedInput as error:
        raise explain(text, error, language) from None


@cache
def _parser() -> Lark:
    # The terms are made while parsing, so that the first error of a text is the one that is told.
    return Lark(_GRAMMAR, parser="lalr", lexer="contextual", transformer=Terms())


@v_args(inline=True)
class Terms(Transformer[Token, Any]):
    """Makes terms of what was parsed; what is well formed but means nothing is refused here."""

    language = USERS

    def moment_field(self, field: Token) -> MomentField:
        """Return which of the fields of users a field of moments is, or is read as."""
        return MomentField(name_of(field))

    def start(self, *terms: Term) -> tuple[Term, ...]:
        if len(terms) > MOST_TERMS:
            raise QueryError(0, f"a query has at most {MOST_TERMS} terms; this one has {len(terms)}")
        return terms

    def negated(self, term: Atom) -> Not:
        return Not(term)

    def prefix(self, word: Token) -> Prefix:
        return Prefix(str(word), id_of(word))

    def starred(self, word: Token) -> Prefix:
        return Prefix(text_of(word))

    def exact(self, word: Token) -> Exact:
        return Exact(text_of(word))

    def contains(self, word: Token) -> Contains:
        return Contains(_part(word))

    def text_prefix(self, field: Token, word: Token) -> TextIs:
        if word[0] in "<>=":
            raise QueryError(at_of(word), f'{field} takes no {word[0]}. Quote a text that begins with it: "{word[0]}"')
        return TextIs(TextField(name_of(field)), Match.PREFIX, text_of(word))

    def text_exact(self, field: Token, word: Token) -> TextIs:
        return TextIs(TextField(name_of(field)), Match.EXACT, text_of(word))

    def text_contains(self, field: Token, word: Token) -> TextIs:
        return TextIs(TextField(name_of(field)), Match.CONTAINS, _part(word))

    def named(self, field: Token, value: Token) -> InState | Has | HasRole:
        name, text = name_of(field), text_of(value, what=f"{field} needs a value")
        if value[0] in "<>=":
            raise QueryError(at_of(value), f"{field} takes no {value[0]}")
        if name == "role":
            return HasRole(text, at_of(value))
        folded = text.casefold()
        known, kind = ([*State], "States") if name == "is" else ([*Thing], "Things")
        if folded not in known:
            meant = STATES_MEANT if name == "is" else {}
            hint = suggestion(folded, known, kind=kind, meant=meant)
            raise QueryError(at_of(value), f"{field}{cut(text)} is not known{hint}")
        return InState(State(folded)) if name == "is" else Has(Thing(folded))

    def id_at(self, _: Token, number: Token) -> IdIn:
        return IdIn(_id(number), _id(number))

    def id_compared(self, _: Token, comparison: Token, number: Token) -> IdIn:
        value = _id(number)
        found = ends(Comparison(comparison), value, LARGEST_ID)
        if found is None:
            raise QueryError(at_of(number), f"there is no id {comparison} {value}: ids are from 0 to {LARGEST_ID}")
        return IdIn(*found)

    def id_between(self, _: Token, first: Token, last: Token) -> IdIn:
        if _id(first) > _id(last):
            raise backwards(first, last)
        return IdIn(_id(first), _id(last))

    def at(self, field: Token, value: Token) -> MomentIs | Known:
        name = self.moment_field(field)
        if value.casefold() in ("none", "any"):
            if MOMENTS[name].never is None:
                raise QueryError(at_of(value), f"{field} is never empty")
            return Known(name, value.casefold() == "any")
        point = _point(value)
        if isinstance(point, Span):
            raise QueryError(
                at_of(value), f"{value} needs a sign: {field}<{value} {_within(name)}, {field}>{value} more"
            )
        if not isinstance(point, Date | NamedDay):
            raise QueryError(at_of(value), f"{value} needs a sign: {field}<{value} before it, {field}>{value} after it")
        return MomentIs(name, Comparison.AT, point)

    def compared(self, field: Token, comparison: Token, value: Token) -> MomentIs | Age:
        name, point = self.moment_field(field), _point(value)
        if isinstance(point, Span):
            return Age(name, Comparison(comparison), point)
        return MomentIs(name, Comparison(comparison), point)

    def between(self, field: Token, low: Token, high: Token) -> MomentFrom | Age:
        name, first, last = self.moment_field(field), _point(low), _point(high)
        if isinstance(first, Span) and isinstance(last, Span):
            # Months and years are a tenth longer or shorter at most than on average.
            if first.seconds() > last.seconds() * 1.1:
                raise backwards(low, high)
            return Age(name, Comparison.AT_LEAST, first, last)
        if isinstance(first, Span) or isinstance(last, Span):
            span = low if isinstance(first, Span) else high
            raise QueryError(at_of(span), f"{span} is a span, and the other end is a date. Write now-{span} for a date")
        if isinstance(first, Date) and isinstance(last, Date) and last.end() <= first.start:
            raise backwards(low, high)
        return MomentFrom(name, first, last)

    def unknown(self, word: Token) -> Term:
        raise no_field(word, at_of(word), self.language)

    def operator(self, word: Token) -> Term:
        raise no_operator(word, at_of(word), self.language)


def text_of(token: Token, *, what: str = "there is nothing between the quotes") -> str:
    """Return what a word or a quoted text says. Raises QueryError for one that says nothing."""
    if token.type != "QUOTED":
        return str(token)
    text = re.sub(r'\\(["\\])', r"\1", token[1:-1])
    if not text.strip():
        raise QueryError(at_of(token), what)
    return text


def _part(token: Token) -> str:
    text = text_of(token)
    if len(text) < MINIMUM_CONTAINS:
        raise QueryError(at_of(token) - 1, f"*contains* needs at least {MINIMUM_CONTAINS} characters between the stars")
    return text


def _id(token: Token) -> int:
    found = id_of(token)
    if found is None:
        whole = token.isascii() and token.isdigit()
        said = f"the largest id is {LARGEST_ID}" if whole else f"an id is a whole number; {cut(token)} is none"
        raise QueryError(at_of(token), said)
    return found


def _point(token: Token) -> Point:
    if token.casefold() in ("none", "any"):
        raise QueryError(at_of(token), f"{token} stands alone, without a sign or a range. A date is {FORMS}")
    return read_point(str(token), at_of(token))


def _within(field: MomentField) -> str:
    return "is less than that left" if MOMENTS[field].ahead else "is less than that ago"


def backwards(first: Token, last: Token) -> QueryError:
    """Return the error for a range whose ends stand the wrong way round."""
    return QueryError(at_of(first), f"the range ends before it begins: write {cut(last)}..{cut(first)}")


def name_of(field: Token) -> str:
    """Return the name of a field without its colon, folded."""
    return field[:-1].casefold()


def at_of(token: Token) -> int:
    """Return where a token stands in the text."""
    return token.start_pos or 0
