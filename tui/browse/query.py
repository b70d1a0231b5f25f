"""What a search box says, as a value: terms joined by AND.

The grammar is in `grammar.py`. No SQL and no widget lives here: a `Query` can be printed back, put into words and
compared, and what it selects is decided in `conditions.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

MINIMUM_CONTAINS = 3
"""Characters that a contains term needs: fewer match nearly everything, and no trigram index serves them."""

LARGEST_ID = 2**31 - 1
"""What the key column of users can hold; a larger number is text."""


class QueryError(ValueError):
    """A query that cannot be run. `position` counts characters from 0; `message` is one plain sentence."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(message)
        self.position = position
        self.message = message


class State(StrEnum):
    """What `is:` takes. Active, inactive and deleted divide all users among them; the others overlap."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    LOCKED = "locked"
    EXPIRED = "expired"
    DELETED = "deleted"
    SUPERUSER = "superuser"
    MUST_CHANGE = "mustchange"
    NEVER_LOGGED_IN = "never-logged-in"


_STATE_WORDS = {
    State.ACTIVE: ("active", "not active"),
    State.INACTIVE: ("inactive", "not inactive"),
    State.LOCKED: ("locked now", "not locked"),
    State.EXPIRED: ("expired", "not expired"),
    State.DELETED: ("deleted", "not deleted"),
    State.SUPERUSER: ("superuser", "not superuser"),
    State.MUST_CHANGE: ("must change the password", "need not change the password"),
    State.NEVER_LOGGED_IN: ("never logged in", "logged in at least once"),
}


@dataclass(frozen=True, slots=True)
class Prefix:
    """Username or e-mail begins with `text`. `user_id` is set when the text is a number: that id matches too."""

    text: str
    user_id: int | None = None

    def __str__(self) -> str:
        return self.text

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        also = f" or id is {self.user_id}" if self.user_id is not None else ""
        return f'username or e-mail starts with "{self.text}"{also}'


@dataclass(frozen=True, slots=True)
class Exact:
    """Username or e-mail is `text`, whatever the case."""

    text: str

    def __str__(self) -> str:
        return f'"{self.text}"'

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f'username or e-mail is "{self.text}"'


@dataclass(frozen=True, slots=True)
class Contains:
    """Username or e-mail contains `text`, whatever the case."""

    text: str

    def __str__(self) -> str:
        return f"*{self.text}*"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f'username or e-mail contains "{self.text}"'


@dataclass(frozen=True, slots=True)
class InState:
    """The user is (or is not) in a state."""

    state: State
    negated: bool = False

    def __str__(self) -> str:
        return f"{'-' * self.negated}is:{self.state}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return _STATE_WORDS[self.state][self.negated]


@dataclass(frozen=True, slots=True)
class HasRole:
    """The user holds (or does not hold) a role. `position` is where the name stands, for an error found later."""

    name: str
    negated: bool = False
    position: int = field(default=0, compare=False)

    def __str__(self) -> str:
        name = f'"{self.name}"' if any(c.isspace() or c in ':*"-' for c in self.name) else self.name
        return f"{'-' * self.negated}role:{name}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f'{"does not hold" if self.negated else "holds"} the role "{self.name}"'


Term: TypeAlias = Prefix | Exact | Contains | InState | HasRole
TextTerm: TypeAlias = Prefix | Exact | Contains


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all hold. No terms: every user. `str()` prints a text that parses to the same query."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return " ".join(str(term) for term in self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def words(self) -> str:
        """Return the whole predicate in words, for a dialog: `username or e-mail starts with "ali", active`."""
        return ", ".join(term.words() for term in self.terms) if self.terms else "every user"

    def as_contains(self) -> Query | None:
        """Return the same query with its prefixes searched for anywhere, or None when nothing would change."""
        terms = tuple(
            Contains(term.text) if isinstance(term, Prefix) and len(term.text) >= MINIMUM_CONTAINS else term
            for term in self.terms
        )
        return Query(terms) if terms != self.terms else None


def parse(text: str) -> Query:
    """Return the query that `text` says. Raises QueryError with the position of the first thing that is wrong."""
    if not text.strip():
        return Query()
    # Loaded with the first query typed: the parser's library costs 40 ms that a start need not pay.
    from tui.browse.grammar import parse_terms

    return Query(parse_terms(text))
