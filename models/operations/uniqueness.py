"""Whether a username or an address is somebody's already, or looks like it: asked early, so that a form can say it.

The constraints have the last word on equality. For look-alikes there is no stored skeleton: the likely other spellings
of the new name are asked for, those in plain Latin and those wholly in Cyrillic or Greek. A name of mixed scripts is
caught the other way round, since its skeleton is plain.
"""

from __future__ import annotations

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
"""Spellings asked for in each alphabet: all of them for a name with up to seven of l, o, m and w."""

MIXED: Final = 500
"""Spellings with letters of several alphabets that are asked for."""

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
    rows = (
        await Account.filter(username_key__in=sorted(spellings(name)))
        .exclude(id=user_id or 0)
        .using_db(client)
        .order_by("id")
        .values_list("id", "username")
    )
    for other_id, other in rows:
        if skeleton(other) == own and key(other) != key(name):
            return (FieldError("username", f"This looks like {other} (#{other_id}). Choose one that does not."),)
    return ()


def spellings(name: str) -> frozenset[str]:
    """Return the keys of names that would look like this one, its own among them."""
    look = skeleton(name)
    found = {key(name), look}
    for index in range(len(_ALPHABETS)):
        found.update(islice(_spell(look, _letters(index)), LIMIT))
    return frozenset(found)


def mixed_spellings(name: str) -> frozenset[str]:
    """Return keys of names that would look like this one with one letter of another alphabet in it, with two, or with
    all that there are: at most MIXED, in the order of their number."""
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
    for replaced in islice(chosen, MIXED):
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
