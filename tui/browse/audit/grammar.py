"""The grammar of the audit's search box: that of the users' box, with the fields of events.

Only `audit_query.parse_audit` imports this module, and only when there is something to parse.
"""

from __future__ import annotations

from functools import cache
from typing import Final, cast
from uuid import UUID

from lark import Lark, Token, v_args

from models.operations.audit.row import AuditOutcome
from models.operations.plan import ActorKind
from tui.browse.audit.query import (
    FIELDS,
    LARGEST_SEQ,
    MEANT,
    At,
    AuditAtom,
    AuditField,
    AuditNot,
    AuditQuery,
    AuditTerm,
    Is,
    Named,
    SeqIn,
)
from tui.browse.search.explain import Language
from tui.browse.search.fields import MomentField
from tui.browse.search.grammar import TERMS, TOKENS, Terms, at_of, backwards, name_of, parse_with, text_of
from tui.browse.search.moment_terms import Age, Comparison, Known, MomentFrom, MomentIs
from tui.browse.search.numbers import ends
from tui.browse.search.point_texts import FORMS
from tui.browse.search.query import LONGEST, MOST_TERMS
from tui.browse.search.suggest import QueryError, cut, suggestion

_NAMES: Final = "|".join(AuditField)

_GRAMMAR: Final = rf"""{TERMS}
    _atom: named_word | exact | named | id_at | id_compared | id_between | at | compared | between | unknown | operator

    named_word: WORD
    exact: QUOTED
    named: NAMED_FIELD (VALUE | QUOTED)

    NAMED_FIELD.3: /({_NAMES}):/i
    ID_FIELD.3: /seq:/i
    MOMENT_FIELD.3: /at:/i
{TOKENS}"""

OUTCOMES_MEANT: Final = {
    "refused": AuditOutcome.DENIED,
    "failed": AuditOutcome.ERROR,
    "done": AuditOutcome.OK,
    "success": AuditOutcome.OK,
}

AUDIT: Final = Language(
    FIELDS,
    MEANT,
    {
        AuditField.ACTOR: "a username or an id",
        AuditField.ACTION: "an action or how it begins: users.reset",
        AuditField.TARGET: "a name or a user's id",
        AuditField.OUTCOME: ", ".join(AuditOutcome),
        AuditField.BATCH: "the id of a batch",
        AuditField.OPERATION: "the id of an operation",
        AuditField.TICKET: "a ticket",
        AuditField.VIA: ", ".join(ActorKind),
        AuditField.KIND: "user, role, view, session, migration or audit",
        "at": FORMS,
        "seq": "a number 4711, >=100, or a range 100..200",
    },
    numbers=("seq",),
    example="outcome:ok",
)


def parse_audit_terms(text: str) -> tuple[AuditTerm, ...]:
    """Return the terms of a text that is not blank. Raises QueryError."""
    terms = cast("tuple[AuditTerm, ...]", parse_with(_parser(), text, AUDIT))  # `_AuditTerms` makes them
    if len(str(AuditQuery(terms))) > LONGEST:
        raise QueryError(len(text), f"a query has at most {LONGEST} characters")
    return terms


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="contextual", transformer=_AuditTerms())


@v_args(inline=True)
class _AuditTerms(Terms):
    language = AUDIT

    def start(self, *terms: AuditTerm) -> tuple[AuditTerm, ...]:  # type: ignore[override]
        if len(terms) > MOST_TERMS:
            raise QueryError(0, f"a query has at most {MOST_TERMS} terms; this one has {len(terms)}")
        return terms

    def negated(self, term: AuditAtom) -> AuditNot:  # type: ignore[override]
        return AuditNot(term)

    def named_word(self, word: Token) -> Named:
        return Named(str(word), at_of(word))

    def exact(self, word: Token) -> Named:  # type: ignore[override]
        return Named(text_of(word), at_of(word))

    def named(self, field: Token, value: Token) -> Is:  # type: ignore[override]
        name, text = AuditField(name_of(field)), text_of(value, what=f"{field} needs a value")
        if value[0] in "<>=":
            raise QueryError(at_of(value), f"{field} takes no {value[0]}")
        match name:
            case AuditField.OUTCOME | AuditField.VIA:
                text = text.casefold()
                known = [*AuditOutcome] if name is AuditField.OUTCOME else [*ActorKind]
                if text not in known:
                    meant = OUTCOMES_MEANT if name is AuditField.OUTCOME else {}
                    kind = "Outcomes" if name is AuditField.OUTCOME else "Doors"
                    hint = suggestion(text, known, kind=kind, meant=meant)
                    raise QueryError(at_of(value), f"{field}{cut(text)} is not known{hint}")
            case AuditField.BATCH | AuditField.OPERATION:
                try:
                    text = str(UUID(text))
                except ValueError:
                    what = "a batch" if name is AuditField.BATCH else "an operation"
                    form = "550e8400-e29b-41d4-a716-446655440000"
                    raise QueryError(at_of(value), f"{cut(text)} is no id of {what}: it looks like {form}") from None
            case _:
                pass
        return Is(name, text, at_of(value))

    def id_at(self, _: Token, number: Token) -> SeqIn:  # type: ignore[override]
        return SeqIn(_seq(number), _seq(number))

    def id_compared(self, _: Token, comparison: Token, number: Token) -> SeqIn:  # type: ignore[override]
        value = _seq(number)
        found = ends(Comparison(comparison), value, LARGEST_SEQ)
        if found is None:
            raise QueryError(at_of(number), f"there is no sequence {comparison} {value}")
        return SeqIn(*found)

    def id_between(self, _: Token, first: Token, last: Token) -> SeqIn:  # type: ignore[override]
        if _seq(first) > _seq(last):
            raise backwards(first, last)
        return SeqIn(_seq(first), _seq(last))

    def moment_field(self, field: Token) -> MomentField:  # noqa: ARG002 - there is but one
        return MomentField.CREATED  # a moment of the past that is always there, as that of an event

    def at(self, field: Token, value: Token) -> At:  # type: ignore[override]
        moment: MomentIs | Known = super().at(field, value)
        return At(moment)

    def compared(self, field: Token, comparison: Token, value: Token) -> At:  # type: ignore[override]
        moment: MomentIs | Age = super().compared(field, comparison, value)
        return At(moment)

    def between(self, field: Token, low: Token, high: Token) -> At:  # type: ignore[override]
        moment: MomentFrom | Age = super().between(field, low, high)
        return At(moment)


def _seq(token: Token) -> int:
    if not (token.isascii() and token.isdigit()) or len(token) > len(str(LARGEST_SEQ)) or int(token) > LARGEST_SEQ:
        raise QueryError(at_of(token), f"a sequence is a whole number; {cut(token)} is none")
    return int(token)
