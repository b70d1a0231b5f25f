"""The demo's people are valid, different from one another, and always the same."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest

from models.usernames import display_form, email_form, email_key, key
from tui.demo.names import LANGUAGES
from tui.demo.people import _forms, person

COMBINATIONS = 60_000
"""More than enough people to meet every combination of names, the rarest with a number behind it."""


def test_every_person_is_valid_by_the_rules_of_usernames() -> None:
    for number in range(0, COMBINATIONS, 7):
        someone = person(number)
        assert display_form(someone.username) == someone.username
        assert key(someone.username) == someone.username_key
        assert email_form(someone.email) == someone.email
        assert email_key(someone.email) == someone.email_key
        assert 0 < len(someone.full_name) <= 150


@pytest.mark.parametrize("seed", [0, 1, 20_260_301])
def test_no_two_people_share_a_key(seed: int) -> None:
    people = [person(number, seed) for number in range(COMBINATIONS)]
    assert len({someone.username_key for someone in people}) == COMBINATIONS
    assert len({someone.email_key for someone in people}) == COMBINATIONS


def test_family_names_belong_to_one_language_and_given_names_come_once() -> None:
    families = [form for language in LANGUAGES for word in language.family.split() for form in set(_forms(word))]
    assert len(families) == len(set(families))
    for language in LANGUAGES:
        for forms in zip(*map(_forms, language.given.split()), strict=True):
            assert len(forms) == len(set(forms)), language.name


def test_people_are_a_function_of_their_number_and_the_seed() -> None:
    assert [person(n) for n in (9, 9_999_999)] == [person(n) for n in (9, 9_999_999)]
    assert [person(n, 1) for n in range(50)] != [person(n, 2) for n in range(50)]


def test_a_screenful_has_several_scripts_and_languages() -> None:
    letters = {letter for number in range(100) for letter in person(number).username if letter.isalpha()}
    scripts = {unicodedata.name(letter).split()[0] for letter in letters}
    assert {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "CJK"} <= scripts
    assert len({person(number).email.partition("@")[2] for number in range(20)}) >= 8


def test_the_generator_is_light() -> None:
    loaded = "import sys, tui.demo.people; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    assert not {"asyncpg", "textual", "faker", "passlib"} & set(modules)
