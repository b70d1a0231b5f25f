"""Whether a username or an address is somebody's already, or looks like it: asked early, so that a form can say it.

The constraints have the last word on equality. For look-alikes there is no stored skeleton: the likely other spellings
of the new name are asked for: in plain Latin, wholly in Cyrillic or Greek, and with a letter or two of another
alphabet. A new name of mixed scripts is caught more easily, since its skeleton is plain.
"""

from __future__ import annotations

import asyncio
import string
from functools import cache
from itertools import chain, combinations, islice
from typing import TYPE_CHECKING, Final

from models import Account
from models.lookalikes import skeleton
from models.operations.plan import FieldError
from models.operations.values import stored, taken_error
from models.usernames import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

LIMIT: Final = 256
"""Spellings of each of many names asked for in each alphabet: all of one with up to seven of l, o, m and w."""

LIMIT_OF_ONE: Final = 4096
"""The same where a single name is asked about: all of one with up to eleven of them."""

MIXED: Final = 500
"""Spellings of one name with letters of several alphabets that are asked for."""

MIXED_OF_MANY: Final = 64
"""The same of each of many names: one letter of another alphabet, at any place."""

KEYS: Final = 2000
"""Spellings of one statement."""

_COMMON: Final = string.digits + "._-@+"
_ALPHABETS: Final = (
    string.ascii_letters + _COMMON,
    "".join(map(chr, range(0x400, 0x460))) + _COMMON,
    "".join(map(chr, chain(range(0x391, 0x3AA), range(0x3B1, 0x3CA)))) + _COMMON,
)


async def taken_names(
    client: BaseDBAsyncClient, user_id: int | None, values: Mapping[str, object]
) -> tuple[FieldError, ...]:
    """Return an error for each name among `values` that another user than `user_id` has, or that looks like it."""
    columns = stored(values)
    errors = []
    for name, column in (("username", "username_key"), ("email", "email_key")):
        if columns.get(column) is not None:
            others = Account.filter(**{column: columns[column]}).exclude(id=user_id or 0).using_db(client)
            if await others.exists():
                errors.append(taken_error(name))
    return tuple(errors) or await look_alike_errors(client, user_id, values)


async def look_alike_errors(
    client: BaseDBAsyncClient, user_id: int | None, values: Mapping[str, object]
) -> tuple[FieldError, ...]:
    """Return an error if the username among `values` looks like one of another user than `user_id`."""
    if not values.get("username"):
        return ()
    name = str(values["username"])
    own = skeleton(name)
    for other_id, other in await bearers(client, await asyncio.to_thread(spellings_of_one, name), user_id):
        if skeleton(other) == own and key(other) != key(name):
            return (FieldError("username", f"This looks like {other} (#{other_id}). Choose one that does not."),)
    return ()


async def bearers(client: BaseDBAsyncClient, keys: Sequence[str], user_id: int | None = None) -> list[tuple[int, str]]:
    """Return id and name of every user but `user_id` whose name has one of these keys, by id."""
    found: list[tuple[int, str]] = []
    for start in range(0, len(keys), KEYS):
        # As many rows as keys at most. With an order and a limit PostgreSQL walks all users by number until it has ten.
        rows = Account.filter(username_key__in=keys[start : start + KEYS]).exclude(id=user_id or 0).using_db(client)
        found += await rows.values_list("id", "username")
    return sorted(found)


def spellings_of_one(name: str) -> list[str]:
    """Return the keys of names that would look like this one, of mixed alphabets too: thousands, some 20 ms of work."""
    return sorted(spellings(name, LIMIT_OF_ONE) | mixed_spellings(name, MIXED))


def spellings_of_each(name: str) -> frozenset[str]:
    """Return fewer of them, where many names are asked about at once."""
    return spellings(name) | mixed_spellings(name, MIXED_OF_MANY)


def spellings(name: str, limit: int = LIMIT) -> frozenset[str]:
    """Return the keys of names that would look like this one, its own among them; each wholly in one alphabet."""
    look = skeleton(name)
    found = {key(name), look}
    for index in range(len(_ALPHABETS)):
        found.update(islice(_spell(look, _letters(index)), limit))
    return frozenset(found)


def mixed_spellings(name: str, most: int = MIXED) -> frozenset[str]:
    """Return keys of names that would look like this one with one letter of another alphabet in it, with two, or with
    all that there are: at most `most`, in the order of their number."""
    own = key(name)
    others = [
        (at, other)
        for at, letter in enumerate(own)
        for index in range(len(_ALPHABETS))
        for shape, other in _letters(index).get(skeleton(letter)[:1], ())
        if other != letter and shape == skeleton(letter)
    ]
    every = dict(reversed(others))
    found = {key("".join(every.get(at, letter) for at, letter in enumerate(own)))}
    chosen = chain(combinations(others, 1), combinations(others, 2))
    for replaced in islice(chosen, most):
        by_place = dict(replaced)
        found.add(key("".join(by_place.get(at, letter) for at, letter in enumerate(own))))
    return frozenset(found)


def _spell(look: str, letters: Mapping[str, Sequence[tuple[str, str]]]) -> Iterator[str]:
    """Every way to write `look` with these letters, a depth-first walk that turns back only where there is a choice."""
    runs: dict[int, tuple[str, int, Sequence[tuple[str, int]]]] = {}
    stack = [("", 0)]
    while stack:
        written, at = stack.pop()
        while True:
            run = runs.get(at)
            if run is None:
                run = runs[at] = _run(look, at, letters)
            text, at, choices = run
            written += text
            if not choices:
                break
            (letter, end), *others = choices
            stack.extend([(written + other, its_end) for other, its_end in others])
            written, at = written + letter, end
        if at == len(look):
            yield written


def _run(
    look: str, at: int, letters: Mapping[str, Sequence[tuple[str, str]]]
) -> tuple[str, int, Sequence[tuple[str, int]]]:
    """What is written from here without a choice, where that ends, and the choices there: none at the end of the name
    and where no letter looks so."""
    written: list[str] = []
    while at < len(look):
        shapes = letters.get(look[at], ())
        choices = [(letter, at + len(shape)) for shape, letter in shapes if look.startswith(shape, at)]
        if len(choices) != 1:
            return "".join(written), at, choices
        written.append(choices[0][0])
        at = choices[0][1]
    return "".join(written), at, ()


@cache
def _letters(alphabet: int) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The first character of what a letter looks like -> (what it looks like, key of a letter of this alphabet that
    looks so), the shorter ones first."""
    found: dict[str, set[tuple[str, str]]] = {}
    for letter in _ALPHABETS[alphabet]:
        look = skeleton(letter)
        found.setdefault(look[0], set()).add((look, key(letter)))
    return {first: sorted(shapes, key=lambda one: (len(one[0]), one)) for first, shapes in found.items()}
