"""Whose name is near to one that nobody has: what was meant, when a name is mistyped. Reads by index, a bounded number.

Three ways to be near: one slip of the finger away (every such name is asked for by its key), the same look, and next to
it in the order of names with the same beginning.
"""

from __future__ import annotations

import asyncio
import string
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from models import Account
from models.operations.uniqueness import spellings
from models.usernames import UsernameError, display_form, lookup_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tortoise.backends.base.client import BaseDBAsyncClient

MOST: Final = 5
"""Names that are offered."""
BESIDE: Final = 20
"""Names read on each side in the order of names."""
LONGEST: Final = 24
"""Characters up to which every letter is tried in every place: 24 make 2 000 names."""
BEGINNING: Final = 3
"""Characters that a name beside must share."""
ALIKE: Final = 0.6
"""How alike two names are at least, by difflib's ratio, which is 1 for equal ones."""

_LETTERS: Final = string.ascii_lowercase + string.digits + "._-"


@dataclass(frozen=True, slots=True)
class Named:
    """A user by number and name; the name is as stored, not yet safe to show."""

    id: int
    username: str


async def nearest(client: BaseDBAsyncClient, text: str) -> tuple[Named, ...]:
    """Return up to MOST users whose name is near to `text`, the nearest first. An address is taken by its local part.

    Four queries by the unique index of the keys, of at most 2 500 keys and 40 rows.
    """
    wanted = lookup_key("".join(text.split()))
    if wanted is None or not wanted:
        return ()
    local = wanted.partition("@")[0]
    # In a thread: the first time some thousand look-alikes are read.
    keys = await asyncio.to_thread(_meant, wanted, local, lookup_key(text.strip()) or wanted)
    found: dict[int, tuple[str, str]] = {}
    rows = Account.filter(username_key__in=keys).using_db(client).limit(10 * BESIDE)
    for user_id, username, key in await rows.values_list("id", "username", "username_key"):
        found[user_id] = (username, key)
    beginning = local[:BEGINNING]
    after = Account.filter(username_key__gte=local).order_by("username_key")
    before = Account.filter(username_key__lt=local).order_by("-username_key")
    for beside in (after, before):
        rows = beside.using_db(client).limit(BESIDE)
        for user_id, username, key in await rows.values_list("id", "username", "username_key"):
            if len(beginning) == BEGINNING and key.startswith(beginning):
                found.setdefault(user_id, (username, key))
    ranked = sorted((-_likeness(local, key), user_id, username) for user_id, (username, key) in found.items())
    return tuple(Named(user_id, username) for likeness, user_id, username in ranked if -likeness >= ALIKE)[:MOST]


def _meant(wanted: str, local: str, words: str) -> list[str]:
    """The keys of all names that may be meant."""
    keys = {wanted, local, *(words.replace(" ", sign) for sign in "._-")}
    for name in {local, wanted}:
        keys.update(_slips(name))
        if _is_name(name):
            keys.update(spellings(name))
    return sorted(keys - {""})


def _slips(name: str) -> Iterator[str]:
    """Every name one slip away: a letter left out, two swapped, one wrong, one too many."""
    parts = [(name[:at], name[at:]) for at in range(len(name) + 1)]
    yield from (head + tail[1:] for head, tail in parts if tail and len(name) > 1)
    yield from (head + tail[1] + tail[0] + tail[2:] for head, tail in parts if len(tail) > 1)
    if len(name) <= LONGEST:
        yield from (head + letter + tail[1:] for head, tail in parts if tail for letter in _LETTERS)
        yield from (head + letter + tail for head, tail in parts for letter in _LETTERS)


def _is_name(text: str) -> bool:
    try:
        display_form(text)
    except UsernameError:
        return False
    return True


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
