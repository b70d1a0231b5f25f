"""Look-alikes: the skeleton of a name, equal for names that a person cannot tell apart.

The method is Unicode's (UTS 39, section 4: map every character to its prototype under NFD); the table is that of
`confusable-homoglyphs`, the Python package of Unicode's confusables data (Debian ships it, django-registration uses
it). The package has the data but no skeleton, so the prototypes are read back from its lists. Nothing here says what a
valid username is: that is `models.usernames`.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cache
from typing import Final

_DIRECTION_MARKS: Final = dict.fromkeys(map(ord, "\u200e\u200f"))
_ROUNDS: Final = 8


def skeleton(text: str) -> str:
    """What `text` looks like, for comparing only: two names with one skeleton are look-alikes. Never shown or stored
    as a name.

    Beyond UTS 39 it looks through case as well, because usernames are compared without it: `AIice` (capital i) and
    `alice` have one skeleton, while `aiice` has another.
    """
    table = _prototypes()
    before, now = None, text
    # Folding can uncover another prototype (0 -> O -> o), so it runs until nothing moves: two rounds for real data.
    for _ in range(_ROUNDS):
        if now == before:
            break
        before = now
        now = unicodedata.normalize("NFD", unicodedata.normalize("NFD", now).translate(table).casefold())
    return now


@cache
def _prototypes() -> dict[int, str]:
    """Code point -> what stands for all that look like it. Built at first use (50 ms, about 5 000 entries).

    The package lists neighbours both ways. Each group of look-alikes is a star: its centre, the prototype, is the
    member with several neighbours or the one of several characters (`m` -> `rn`); in a pair of two single characters
    either will do, so the smaller one is it.
    """
    from confusable_homoglyphs.confusables import confusables_data  # 900 KB of JSON: only where somebody compares

    neighbours: defaultdict[str, set[str]] = defaultdict(set)
    for key, glyphs in confusables_data.items():
        for glyph in glyphs:
            one, other = (unicodedata.normalize("NFD", side.translate(_DIRECTION_MARKS)) for side in (key, glyph["c"]))
            if one != other:
                neighbours[one].add(other)
                neighbours[other].add(one)
    return {
        ord(member): centre
        for centre, members in neighbours.items()
        for member in members
        if len(member) == 1 and _is_centre(centre, member, neighbours)
    }


def _is_centre(candidate: str, member: str, neighbours: dict[str, set[str]]) -> bool:
    if len(neighbours[member]) > 1:
        return False
    return len(neighbours[candidate]) > 1 or len(candidate) > 1 or candidate < member
