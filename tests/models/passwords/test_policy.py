"""What may be chosen."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.passwords import check_policy, generate, generate_words
from models.passwords.breached import is_breached
from models.passwords.generate import ALPHABET

OWN = ("maria", "Maria Papadopoulos", "maria.p@example.org")


@pytest.mark.parametrize(
    "text",
    [
        "a quiet gravel harbour",
        "monkeydragonsunshine",
        "ντοματοσαλάτα με φέτα",
        "東京の空は青くて広い、雲もない日",
        "maria sees seven grey herons",
        "\N{SPARKLES}\N{HERB} and some green tea",
        "x7!qPz0#vR2$mK9",
        "two  spaces  count  too",
    ],
)
def test_long_and_unguessable_is_enough(text: str) -> None:
    assert check_policy(text, names=OWN) == []


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("x7!qPz0#vR2$mK", "Use at least 15 characters; this has 14."),
        ("e\u0301" * 14, "Use at least 15 characters; this has 14."),
        ("xk7 " * 65, "Use at most 256 characters; this has 260."),
        ("a quiet\0gravel harbour", "The character at position 8 cannot be typed"),
        ("a quiet\ud800gravel harbour", "The character at position 8 cannot be typed"),
        ("Correct Horse-Battery Staple", "This is one of the passwords"),
        ("ILoveYouForever", "This is one of the passwords"),
        ("aaaaaaaaaaaaaaa", "This repeats one part"),
        ("P@ssw0rdP@ssw0rd", "This repeats one part"),
        ("               ", "This repeats one part"),
        ("123456789012345", "This follows the keyboard"),
        ("1qaz2wsx3edc4rfv", "This follows the keyboard"),
        ("poiuytrewqlkjhgfdsa", "This is made of what common passwords"),
        ("P@ssw0rd1234567!", "This is made of what common passwords"),
        ("Welcome to admin 2024!", "This is made of what common passwords"),
        ("January2024summer", "This is made of what common passwords"),
        ("maria.papadopoulos1985", "This is little more than your own name"),
        ("PapadopoulosMaria!!", "This is little more than your own name"),
    ],
)
def test_a_refusal_says_why(text: str, beginning: str) -> None:
    (sentence,) = check_policy(text, names=OWN)
    assert sentence.startswith(beginning)


def test_with_a_second_factor_eight_characters_do() -> None:
    assert check_policy("x7!qPz0#", mfa_enforced=True) == []
    assert check_policy("x7!qPz0", mfa_enforced=True) != []


@given(st.text(st.characters(codec=None), max_size=300), st.lists(st.text(max_size=20), max_size=3))
def test_the_policy_never_raises_and_never_repeats_the_password(text: str, names: list[str]) -> None:
    for sentence in check_policy(text, names=names):
        assert len(text) < 6 or text not in sentence


def test_generated_passwords_pass_the_policy_and_differ() -> None:
    made = {generate() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        groups = password.split("-")
        assert [len(group) for group in groups] == [5, 5, 5, 5]
        assert set("".join(groups)) <= set(ALPHABET)
        assert check_policy(password) == []
    assert ALPHABET == "abcdefghjkmnpqrstuvwxyz23456789"


def test_generated_words_are_six_and_pass_the_policy() -> None:
    made = {generate_words() for _ in range(50)}
    assert len(made) == 50
    assert all(len(words.split(" ")) == 6 and check_policy(words) == [] for words in made)


@pytest.fixture
def breached_file(tmp_path: Path) -> Path:
    hashes = sorted(hashlib.sha1(f"breached password {n}".encode()).hexdigest().upper() for n in range(200))
    file = tmp_path / "pwned.txt"
    file.write_bytes(b"".join(f"{each}:{n}\r\n".encode() for n, each in enumerate(hashes)))
    return file


def test_every_line_of_a_breached_file_is_found_and_nothing_else(breached_file: Path) -> None:
    assert all(is_breached(f"breached password {n}", breached_file) for n in range(200))
    assert not any(is_breached(f"another password {n}", breached_file) for n in range(200))


def test_an_empty_breached_file_has_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert not is_breached("anything", tmp_path / "empty")


def test_the_policy_asks_the_breached_file_where_there_is_one(breached_file: Path) -> None:
    (sentence,) = check_policy("breached password 7", breached=breached_file)
    assert "breach" in sentence
    assert check_policy("breached password 7") == []


def test_a_breached_file_that_cannot_be_read_is_never_passed_over(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check_policy("a quiet gravel harbour", breached=tmp_path / "missing")
