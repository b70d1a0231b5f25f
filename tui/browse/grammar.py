"""The grammar of the search box, and the sentences for what does not fit it.

Only `query.parse` imports this module, and only when there is something to parse.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any, NoReturn

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from tui.browse.query import (
    LARGEST_ID,
    MINIMUM_CONTAINS,
    Contains,
    Exact,
    HasRole,
    InState,
    Prefix,
    QueryError,
    State,
    Term,
)
from tui.browse.suggest import suggestion

FIELDS = ("is", "role")

_GRAMMAR = r"""
    start: _WS? term (_WS term)* _WS?
    term: NOT? (fielded | QUOTED | STARRED | WORD)
    fielded: FIELD (QUOTED | WORD)

    NOT: "-"
    FIELD.2: /[^\s":*-][^\s":*]*:/
    QUOTED.2: /"[^"]*"/
    STARRED.2: /\*[^\s"*]*\*/
    WORD: /[^\s":*-][^\s":*]*/
    _WS: /\s+/
"""


def parse_terms(text: str) -> tuple[Term, ...]:
    """Return the terms of a text that is not blank. Raises QueryError."""
    for position, character in enumerate(text):
        if unicodedata.category(character) in ("Cc", "Cs") and not character.isspace():
            raise QueryError(position, "a control character cannot be searched for")
    try:
        terms: tuple[Term, ...] = _TermBuilder().transform(_parser().parse(text))
    except UnexpectedInput as error:
        _explain(text, error)
    except VisitError as error:
        raise error.orig_exc from None
    return terms


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="contextual")


class _TermBuilder(Transformer[Token, tuple[Term, ...]]):
    """Turns the tree into terms; what is well formed but means nothing is refused here."""

    def start(self, terms: Sequence[Term]) -> tuple[Term, ...]:
        return tuple(terms)

    def fielded(self, parts: Sequence[Token]) -> tuple[Token, Token]:
        name, value = parts
        return name, value

    def term(self, parts: Sequence[Any]) -> Term:
        negated = len(parts) == 2
        body = parts[-1]
        if isinstance(body, tuple):
            return _field_term(*body, negated=negated)
        if negated:
            raise QueryError(_at(parts[0]), '- goes before is: and role: only. Quote a text that begins with -: "-x"')
        return _text_term(body)


def _field_term(name: Token, value: Token, *, negated: bool) -> Term:
    field, text = name[:-1].casefold(), _unquoted(value)
    if field == "is":
        return InState(_state(value, text), negated)
    if field == "role":
        if not text.strip():
            raise QueryError(_at(value), "role: needs the name of a role")
        return HasRole(text, negated, _at(value))
    hint = suggestion(field, FIELDS, kind="Fields", suffix=":")
    raise QueryError(_at(name), f"there is no field {name[:-1]}{hint}")


def _state(value: Token, text: str) -> State:
    states = [state.value for state in State]
    folded = text.casefold()
    if folded not in states:
        raise QueryError(_at(value), f"is:{text} is not known{suggestion(folded, states, kind='States')}")
    return State(folded)


def _text_term(body: Token) -> Term:
    if body.type == "QUOTED":
        if not _unquoted(body).strip():
            raise QueryError(_at(body), "there is nothing between the quotes")
        return Exact(_unquoted(body))
    if body.type == "STARRED":
        if len(body) - 2 < MINIMUM_CONTAINS:
            raise QueryError(_at(body), f"*contains* needs at least {MINIMUM_CONTAINS} characters between the stars")
        return Contains(body[1:-1])
    number = int(body) if body.isascii() and body.isdigit() and len(body) <= 10 else None
    return Prefix(str(body), number if number is not None and number <= LARGEST_ID else None)


def _explain(text: str, error: UnexpectedInput) -> NoReturn:
    """Raise the sentence for what the grammar itself does not take."""
    token = getattr(error, "token", None)
    position = _at(token) if token is not None and token.type != "$END" else error.pos_in_stream
    if position is None or position < 0 or (token is not None and token.type == "$END"):
        position = len(text)
    rest = text[position:]
    if rest.startswith('"'):
        closed = rest.count('"') > 1
        raise QueryError(position, "a space is missing before the quote" if closed else "the quote is not closed")
    if rest.startswith("*"):
        raise QueryError(position, "a * stands at both ends of a word: *word*")
    before = text[:position].rstrip()
    if before.endswith(":"):
        field = before.split()[-1].lstrip("-")
        values = f": {_list([state.value for state in State])}" if field == "is:" else ""
        raise QueryError(position, f"{field} needs a value{values}")
    if before.endswith("-"):
        raise QueryError(position, "- needs is: or role: after it")
    if rest.startswith(":"):
        raise QueryError(position, f": needs a field before it: {_list(FIELDS, ':')}")
    raise QueryError(position, "this does not fit here. Terms are words with spaces between them")


def _at(token: Token) -> int:
    return token.start_pos or 0


def _unquoted(token: Token) -> str:
    return str(token[1:-1]) if token.type == "QUOTED" else str(token)


def _list(names: Sequence[str], suffix: str = "") -> str:
    return ", ".join(name + suffix for name in names)
