"""Who the demo's people are: names, usernames and addresses, as a function of a number.

`person(i)` needs no state and no library, so that ten million of them can be made lazily, in any order and in several
processes, and are the same people every time. What has happened to them is in `tui.demo.lives`.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from math import gcd
from typing import Final, NamedTuple

from models.usernames import key
from tui.demo.names import LANGUAGES, Language


class Person(NamedTuple):
    """Somebody. `username` is valid by `models.usernames`, and no two numbers share a key."""

    username: str
    username_key: str
    full_name: str
    email: str
    email_key: str


class _Name(NamedTuple):
    """A combination of two names in every form that is needed; the address up to its number and its domain."""

    username: str
    username_key: str
    full_name: str
    local: str
    domain: str


_HUNDRED: Final = sum(language.weight for language in LANGUAGES)
_PHI: Final = 0.6180339887498949  # multiples of it spread best: neighbours in the list speak different languages


def person(number: int, seed: int = 0) -> Person:
    """The person with this number, counted from 0. With another seed, other names in another order.

    Names repeat after some thousand people; a number behind the name keeps them apart (`maria.ruiz2`).
    """
    hundred, slot = divmod(number, _HUNDRED)
    language, rank = _slots()[slot]
    names, step = _names(language)
    again, position = divmod(hundred * LANGUAGES[language].weight + rank, len(names))
    name = names[(position * step + seed * 7919) % len(names)]
    suffix = str(again + 1) if again else ""
    local = name.local + suffix
    email = f"{local}@{name.domain}"
    return Person(name.username + suffix, name.username_key + suffix, name.full_name, email, email.lower())


@cache
def _slots() -> tuple[tuple[int, int], ...]:
    """For each of a hundred people: the index of the language, and how many of the hundred speak it before."""
    speakers = [
        ((rank * _PHI + index * _PHI * _PHI) % 1, index, rank)
        for index, language in enumerate(LANGUAGES)
        for rank in range(language.weight)
    ]
    return tuple((index, rank) for _, index, rank in sorted(speakers))


@cache
def _names(language: int) -> tuple[tuple[_Name, ...], int]:
    """Every combination of a language's names, and the step with which to walk through all of them."""
    spoken = LANGUAGES[language]
    givens, families = ([_forms(word) for word in words.split()] for words in (spoken.given, spoken.family))
    names = tuple(
        _combined(spoken, given, family, (7 * g + 5 * f) % 16)
        for g, given in enumerate(givens)
        for f, family in enumerate(families)
    )
    step = round(len(names) * _PHI)
    while gcd(step, len(names)) != 1:
        step += 1
    return names, step


def _forms(word: str) -> tuple[str, str]:
    """`Müller` -> Müller, muller; `Иван=ivan` -> Иван, ivan; `O'Neill` -> O'Neill, oneill."""
    native, _, latin = word.partition("=")
    if not latin:
        plain = unicodedata.normalize("NFD", native.lower())
        latin = "".join(letter for letter in plain if letter.isascii() and letter.isalpha())
    return native, latin


def _combined(language: Language, given: tuple[str, str], family: tuple[str, str], habit: int) -> _Name:
    """One person's name; `habit`, 0 to 15, is how the person writes it as a username."""
    own_script = not unicodedata.name(given[0][0]).startswith("LATIN")
    native = habit < 8 if own_script else habit in (12, 13)
    words = [given[not native], family[not native]]
    if language.family_first:
        words.reverse()
    joint = "_" if habit in (9, 10) else "-" if habit == 15 else "" if language.joined and native else "."
    username = joint.join(word.replace("'", "") for word in words)
    username = username.title() if habit == 14 else username.lower()
    order = (family[0], given[0]) if language.family_first else (given[0], family[0])
    local = f"{given[1]}.{family[1]}"
    return _Name(
        unicodedata.normalize("NFKC", username),
        key(username),
        ("" if language.joined else " ").join(order),
        local.title() if habit == 14 else local,
        language.domain,
    )
