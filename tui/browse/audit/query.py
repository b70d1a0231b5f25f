"""What the search box of the audit says, as values: terms joined by AND, each of which prints itself and says itself.

The language is that of the users' box with other fields; its grammar is in `grammar.py`, what it selects in
`conditions.py`. The whole language is in docs/query.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as told
from enum import StrEnum
from typing import Final, TypeAlias

from tui.browse.search.moment_terms import MomentTerm
from tui.browse.search.typed import quoted, word

LARGEST_SEQ: Final = 2**63 - 1


class AuditField(StrEnum):
    """Fields that take one value."""

    ACTOR = "actor"
    ACTION = "action"
    TARGET = "target"
    OUTCOME = "outcome"
    BATCH = "batch"
    OPERATION = "op"
    TICKET = "ticket"
    VIA = "via"
    KIND = "kind"


FIELDS: Final[Mapping[str, str]] = {
    AuditField.ACTOR: "who did it: a username, or an id",
    AuditField.ACTION: "what was done: users.reset_password, or how it begins",
    AuditField.TARGET: "on whom or on which role: a name, or a user's id",
    AuditField.OUTCOME: "how it ended",
    AuditField.BATCH: "one bulk change, by its id",
    AuditField.OPERATION: "one operation, by its id",
    AuditField.TICKET: "the ticket that was given with it",
    AuditField.VIA: "through which door: tui, cli, api, system",
    AuditField.KIND: "what it was done to: user, role, view",
    "at": "when it was recorded",
    "seq": "the number in the chain",
}
"""Every name that may stand before a colon, with one line of help."""

MEANT: Final[Mapping[str, str]] = {
    "by": AuditField.ACTOR,
    "who": AuditField.ACTOR,
    "user": AuditField.TARGET,
    "on": AuditField.TARGET,
    "whom": AuditField.TARGET,
    "what": AuditField.ACTION,
    "verb": AuditField.ACTION,
    "event": AuditField.ACTION,
    "result": AuditField.OUTCOME,
    "status": AuditField.OUTCOME,
    "operation": AuditField.OPERATION,
    "time": "at",
    "date": "at",
    "when": "at",
    "since": "at",
    "sequence": "seq",
    "id": "seq",
    "through": AuditField.VIA,
    "door": AuditField.VIA,
    "type": AuditField.KIND,
}
"""Words that other programs have for a field."""

_SAID: Final = {
    AuditField.ACTOR: "by {}",
    AuditField.ACTION: "action {}",
    AuditField.TARGET: "on {}",
    AuditField.OUTCOME: "outcome {}",
    AuditField.BATCH: "of the batch {}",
    AuditField.OPERATION: "of the operation {}",
    AuditField.TICKET: "with the ticket {}",
    AuditField.VIA: "through {}",
    AuditField.KIND: "done to a {}",
}


@dataclass(frozen=True, slots=True)
class Is:
    """A field has a value; `position` is where it stands, for an error found later."""

    field: AuditField
    text: str
    position: int = told(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.field}:{word(self.text)}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return _SAID[self.field].format(self.text)


@dataclass(frozen=True, slots=True)
class Named:
    """Done by somebody of this name, or to somebody."""

    text: str
    position: int = told(default=0, compare=False)

    def __str__(self) -> str:
        return quoted(self.text) if self.text.startswith("-") or word(self.text) != self.text else self.text

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f"by or on {self.text}"


@dataclass(frozen=True, slots=True)
class SeqIn:
    """The number in the chain is from `first` to `last`, both included."""

    first: int = 0
    last: int = LARGEST_SEQ

    def __str__(self) -> str:
        if self.first == self.last:
            return f"seq:{self.first}"
        if self.last == LARGEST_SEQ:
            return f"seq:>={self.first}"
        return f"seq:<={self.last}" if self.first == 0 else f"seq:{self.first}..{self.last}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f"sequence {str(self)[4:]}"


@dataclass(frozen=True, slots=True)
class At:
    """It was recorded then. `moment` is a term about a moment of the past, whose own field means nothing here."""

    moment: MomentTerm

    def __str__(self) -> str:
        return f"at:{str(self.moment).partition(':')[2]}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f"recorded {self.moment.words().removeprefix('created ')}"


AuditAtom: TypeAlias = Is | Named | SeqIn | At


@dataclass(frozen=True, slots=True)
class AuditNot:
    """Exactly the events that the term does not select."""

    term: AuditAtom

    def __str__(self) -> str:
        return f"-{self.term}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f"not {self.term.words()}"


AuditTerm: TypeAlias = AuditAtom | AuditNot


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Terms that must all hold. No terms: the whole trail. `str()` prints a text that parses to the same query."""

    terms: tuple[AuditTerm, ...] = ()

    def __str__(self) -> str:
        return " ".join(str(term) for term in self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def words(self) -> str:
        """Return the whole predicate in words: `by maria, outcome denied`."""
        return ", ".join(term.words() for term in self.terms) if self.terms else "every event"


def parse_audit(text: str) -> AuditQuery:
    """Return the query that `text` says. Raises QueryError with the position of the first thing that is wrong."""
    if not text.strip():
        return AuditQuery()
    # As for the users' box: the library and its tables wait for the first query.
    from tui.browse.audit.grammar import parse_audit_terms

    return AuditQuery(parse_audit_terms(text))
