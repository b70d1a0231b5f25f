"""Usernames: what is allowed, what is equal, what looks alike."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.usernames import UsernameError, display_form, email_form, email_key, key, skeleton

EVERY_CHARACTER = tuple(map(chr, range(sys.maxunicode + 1)))


@pytest.mark.parametrize(
    "name",
    [
        "a", "maria", "Åsa.Öberg", "o_neil-2", "bob+ops@example.org", "иван", "Ελένη", "محمد", "李雷",
        "प्रिया", "דוד", "ひろし",
        "x" * 50,
    ],
)  # fmt: skip
def test_names_of_any_script_are_kept(name: str) -> None:
    assert display_form(name) == unicodedata.normalize("NFKC", name)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "A username is needed."),
        ("x" * 51, "A username has at most 50 characters; this one has 51."),
        ("a b", "A username cannot hold a space (position 2)."),
        ("a\u00a0b", "A username cannot hold a space (position 2)."),
        ("a!b", "'!' at position 2 is not allowed: letters, digits and . _ - @ + are."),
        ("ann\u200b", "A username cannot hold U+200B ZERO WIDTH SPACE (position 4): it cannot be seen."),
        ("\u202eann", "A username cannot hold U+202E RIGHT-TO-LEFT OVERRIDE (position 1): it cannot be seen."),
        ("a\x1b[2J", "A username cannot hold U+001B (position 2): it cannot be seen."),
        ("a\x00", "A username cannot hold U+0000 (position 2): it cannot be seen."),
        ("a\ud800", "A username cannot hold U+D800 (position 2): it cannot be seen."),
        ("a\u3164", "A username cannot hold U+1160 HANGUL JUNGSEONG FILLER (position 2): it cannot be seen."),
        ("a\ufe0f", "A username cannot hold U+FE0F VARIATION SELECTOR-16 (position 2): it cannot be seen."),
        ("\u0301a", "A username cannot begin with a combining mark (U+0301 COMBINING ACUTE ACCENT)."),
        ("a\u0323\u0323\u0323\u0323", "A letter carries at most 2 marks; one too many is at position 4."),
    ],
)
def test_a_refusal_names_what_is_wrong(name: str, sentence: str) -> None:
    with pytest.raises(UsernameError, match=f"^{re.escape(sentence)}$"):
        display_form(name)


@given(st.text())
def test_what_is_accepted_can_be_seen_and_what_is_refused_is_said_in_safe_text(text: str) -> None:
    try:
        form = display_form(text)
    except UsernameError as error:
        sentence = str(error)
    else:
        sentence = ""
        assert display_form(form) == form
        assert 1 <= len(form) <= 50
        assert len(key(form)) <= 150
        assert not any(unicodedata.category(character)[0] in "CZ" for character in form)
    assert all(unicodedata.category(character)[0] != "C" for character in sentence)


def test_compatibility_forms_become_one_name() -> None:
    assert display_form("ﬁona") == "fiona"
    assert display_form("ＡＢＣ") == "ABC"


@given(st.text())
def test_a_key_is_idempotent_and_blind_to_form_and_case(text: str) -> None:
    folded = key(text)
    assert key(folded) == folded
    assert key(unicodedata.normalize("NFD", text)) == key(unicodedata.normalize("NFC", text))
    assert key(text.casefold()) == folded


def test_a_key_is_idempotent_and_short_for_every_character() -> None:
    for character in EVERY_CHARACTER:
        folded = key(character)
        assert key(folded) == folded
        if unicodedata.normalize("NFKC", character) == character:
            assert len(folded) <= 3, f"U+{ord(character):04X}"


@pytest.mark.parametrize(
    ("one", "other"), [("Alice", "alice"), ("STRASSE", "straße"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("ＡＢＣ", "abc")]
)
def test_equal_names_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("maria", "mаria"),
        ("PAYPAL", "РАУРАL"),
        ("alice", "AIice"),
        ("bob", "b0b"),
        ("userl", "user1"),
        ("arnold", "amold"),
        ("alice", "αlice"),
        ("istanbul", "ıstanbul"),
    ],
)
def test_look_alikes_have_one_skeleton_but_not_one_key(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("alice", "alicia"), ("adam", "ádám"), ("anna", "inna"), ("иван", "иванов")]
)
def test_different_names_have_different_skeletons(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(st.text())
def test_a_skeleton_is_idempotent_and_equal_for_equal_keys(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)
    assert skeleton(unicodedata.normalize("NFD", text)) == skeleton(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("address", ["ann@example.org", "Ann.O'Neil+x@sub.example.org", "ирина@пример.рф"])
def test_addresses_are_kept_as_typed_and_compared_folded(address: str) -> None:
    assert email_form(f" {address} ") == address
    assert email_key(address.upper()) == email_key(address)


@pytest.mark.parametrize(
    "address", ["", "ann", "ann@", "@example.org", "a@b@c", "a b@c.d", "a\n@c.d", "a\u200b@c.d", "x" * 250 + "@c.de"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsernameError):
        email_form(address)


@pytest.mark.parametrize(
    "address",
    [
        "a,b@c.de",
        "<a@b.de>",
        "a;b@c.de",
        '"a b"@c.de',
        'x"@c.de',
        "a@[127.0.0.1]",
        "a(b)@c.de",
        "a\\b@c.de",
        "x:a@b.de",
    ],
)
def test_what_a_mail_would_read_as_more_than_an_address_is_refused(address: str) -> None:
    with pytest.raises(UsernameError, match="cannot hold"):
        email_form(address)


def test_no_address_has_no_key() -> None:
    assert email_key(None) is None
    assert email_key("") is None
    assert email_key("  ") is None
