"""Letters that are one when case does not count, and letters that look like another."""

import sys

import pytest

from models.usernames import key, skeleton
from tui.browse.conditions.folded import _letters, fold, glob, regular_expression
from tui.browse.conditions.look_alikes import LETTERS
from tui.browse.search.typed import Match


def test_every_letter_is_found_by_its_other_cases() -> None:
    everything = [chr(number) for number in range(sys.maxunicode + 1)]
    missing = [letter for letter in everything if fold(letter) != letter and letter not in _letters(fold(letter))]

    assert missing == []


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("s", "Ssſ"),
        ("ß", "ßẞ"),
        ("σ", "Σςσ"),
        ("K", "Kk\u212a"),
        ("İ", "İ"),
        ("ﬁ", "ﬁ"),
        ("ǆ", "Ǆǅǆ"),
        ("5", "5"),
        ("中", "中"),
    ],
)
def test_letters_that_are_one(text: str, letters: str) -> None:
    assert _letters(text) == letters


def test_signs_of_patterns_are_text() -> None:
    assert glob(Match.CONTAINS, "a*?[]^5") == "*[Aa][*][?][[]]^5*"
    assert regular_expression(Match.PREFIX, "a.*\\5_") == "^[Aa]\\.\\*\\\\5_"
    assert regular_expression(Match.EXACT, "5 é") == "^5\\ [Éé]$"


def test_look_alike_letters_look_alike_by_unicodes_list() -> None:
    assert [letter for letter, latin in LETTERS.items() if skeleton(letter) != skeleton(latin)] == []
    assert [letter for letter in LETTERS if key(letter) != letter or letter.isascii()] == []
