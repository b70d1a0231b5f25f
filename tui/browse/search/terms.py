"""The terms of a query, as values. Each prints itself as it is typed, and says itself and its opposite in words.

No SQL and no widget lives here. What a term selects is decided in `tui.browse.conditions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tui.browse.search.fields import STATES, TEXTS, THINGS, State, TextField, Thing
from tui.browse.search.moment_terms import MomentTerm
from tui.browse.search.typed import LARGEST_ID, OPERATORS, Match, id_of, pattern, word

MINIMUM_CONTAINS: Final = 3
"""Characters that a contains term needs: fewer match nearly everything, and no trigram index serves them."""

_VERBS: Final = {
    Match.PREFIX: ("starts with", "does not start with"),
    Match.EXACT: ("is", "is not"),
    Match.CONTAINS: ("contains", "does not contain"),
}


@dataclass(frozen=True, slots=True)
class Prefix:
    """Username or e-mail begins with `text`. `user_id` is set when the text is a number: that id matches too."""

    text: str
    user_id: int | None = None

    def __str__(self) -> str:
        no_id = self.user_id is None and id_of(self.text) is not None
        return pattern(Match.PREFIX, self.text, starred=no_id or self.text in OPERATORS)

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        also = f" or id is {self.user_id}" if self.user_id is not None else ""
        return f'username or e-mail starts with "{self.text}"{also}'

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        also = f", id is not {self.user_id}" if self.user_id is not None else ""
        return f'neither username nor e-mail starts with "{self.text}"{also}'


@dataclass(frozen=True, slots=True)
class Exact:
    """Username or e-mail is `text`, whatever the case."""

    text: str

    def __str__(self) -> str:
        return pattern(Match.EXACT, self.text)

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f'username or e-mail is "{self.text}"'

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        return f'neither username nor e-mail is "{self.text}"'


@dataclass(frozen=True, slots=True)
class Contains:
    """Username or e-mail contains `text`, whatever the case."""

    text: str

    def __str__(self) -> str:
        return pattern(Match.CONTAINS, self.text)

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f'username or e-mail contains "{self.text}"'

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        return f'neither username nor e-mail contains "{self.text}"'


@dataclass(frozen=True, slots=True)
class TextIs:
    """One text field begins with, is or contains `text`, whatever the case."""

    field: TextField
    match: Match
    text: str

    def __str__(self) -> str:
        return f"{self.field}:{pattern(self.match, self.text, in_field=True)}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f'{TEXTS[self.field]} {_VERBS[self.match][0]} "{self.text}"'

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        return f'{TEXTS[self.field]} {_VERBS[self.match][1]} "{self.text}"'


@dataclass(frozen=True, slots=True)
class IdIn:
    """The id is from `first` to `last`, both included; both are from 0 to LARGEST_ID."""

    first: int = 0
    last: int = LARGEST_ID

    def __str__(self) -> str:
        if self.first == self.last:
            return f"id:{self.first}"
        if self.last == LARGEST_ID:
            return f"id:>={self.first}"
        return f"id:<={self.last}" if self.first == 0 else f"id:{self.first}..{self.last}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        if self.first == self.last:
            return f"id is {self.first}"
        if self.last == LARGEST_ID:
            return f"id is {self.first} or more"
        return f"id is {self.last} or less" if self.first == 0 else f"id is from {self.first} to {self.last}"

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        return self.words().replace("id is", "id is not")


@dataclass(frozen=True, slots=True)
class InState:
    """The user is in a state."""

    state: State

    def __str__(self) -> str:
        return f"is:{self.state}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return STATES[self.state].words

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        return STATES[self.state].opposite


@dataclass(frozen=True, slots=True)
class Has:
    """The user has one or more of something."""

    thing: Thing

    def __str__(self) -> str:
        return f"has:{self.thing}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return THINGS[self.thing].words

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        return THINGS[self.thing].opposite


@dataclass(frozen=True, slots=True)
class HasRole:
    """The user holds a role. `position` is where the name stands, for an error found later."""

    name: str
    position: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"role:{word(self.name)}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f'holds the role "{self.name}"'

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        return f'does not hold the role "{self.name}"'


TextTerm: TypeAlias = Prefix | Exact | Contains
Atom: TypeAlias = TextTerm | TextIs | IdIn | MomentTerm | InState | Has | HasRole


@dataclass(frozen=True, slots=True)
class Not:
    """Exactly the users that the term does not select."""

    term: Atom

    def __str__(self) -> str:
        return f"-{self.term}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return self.term.opposite()


Term: TypeAlias = Atom | Not
