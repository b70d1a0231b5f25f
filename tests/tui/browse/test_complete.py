"""Completion in the search box: what may follow, what it replaces, and that every candidate fits."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.browse.search.complete import Vocabulary, complete
from tui.browse.search.query import MomentField, QueryError, State, Thing, parse

WORDS = Vocabulary(roles=("auditor", "on call", "support", 'a "b" \\', "bad\x1b", " "), today=date(2026, 3, 14))


def texts(typed: str, vocabulary: Vocabulary = WORDS) -> list[str]:
    """Return the texts of the candidates at the | in what was typed."""
    cursor = typed.index("|")
    return [c.text for c in complete(typed.replace("|", ""), cursor, vocabulary).candidates]


def applied(typed: str, choice: str) -> str:
    """Return the text, with its cursor, after choosing a candidate."""
    plain, cursor = typed.replace("|", ""), typed.index("|")
    found = complete(plain, cursor, WORDS)
    (candidate,) = [c for c in found.candidates if c.text == choice]
    text, at = found.applied(plain, candidate)
    return f"{text[:at]}|{text[at:]}"


def test_nothing_typed_offers_the_fields() -> None:
    assert texts("|")[:4] == ["is:", "role:", "has:", "username:"]
    assert texts("ali |") == texts("|") == texts("-|")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("is:lo|", ["locked", "look-alike"]),
        ("-is:lo|", ["locked", "look-alike"]),
        ("ali IS:NEV|", ["never-logged-in"]),
        ("has:s|", ["session"]),
        ("role:su|", ["support"]),
        ("role:on|", ['"on call"']),
        ('role:"on c|', ['"on call"']),
        ("role:bad|", []),
        ("pass|", ["password-changed:", "password-expires:", "is:password-expired", "has:password"]),
        ("lock|", ["locked:", "is:locked"]),
        ("supp|", ["role:support"]),
        ("created:<9|", ["<90d", "<9m", "<9h", "<9d", "<9w", "<9mo", "<9y"]),
        ("created:to|", ["today"]),
        ("expires:to|", ["today", "tomorrow"]),
        ("expires:n|", ["none"]),
        ("created:n|", []),
        ("created:>=2|", [">=2026-03-01", ">=2m", ">=2h", ">=2d", ">=2w", ">=2mo", ">=2y"]),
        ("created:2026|", []),
        ("is:locked|", []),
        ('"is:lo|', []),
        ('"a b" is:lo|', ["locked", "look-alike"]),
        ('"a \\" is:lo|', []),
        ("*is|", []),
        ("name:a|", []),
        ("id:|", []),
        ("nothing:|", []),
    ],
)
def test_what_may_follow(typed: str, expected: list[str]) -> None:
    assert texts(typed) == expected


def test_every_value_is_offered() -> None:
    assert texts("is:|") == list(State)
    assert texts("has:|") == list(Thing)
    assert texts("role:|") == ["auditor", '"on call"', "support", '"a \\"b\\" \\\\"']
    for field in MomentField:
        assert texts(f"{field}:|")


@pytest.mark.parametrize(
    ("typed", "choice", "expected"),
    [
        ("ali is:lo|", "locked", "ali is:locked|"),
        ("ali is:lo|ck bob", "locked", "ali is:locked| bob"),
        ("-i|", "is:", "-is:|"),
        ('role:"on| is:locked', '"on call"', 'role:"on call"| is:locked'),
        ('role:"on|" is:locked', '"on call"', 'role:"on call"| is:locked'),
        ("created:<1|5 ali", "<1mo", "created:<1mo| ali"),
    ],
)
def test_a_candidate_replaces_the_word_under_the_cursor(typed: str, choice: str, expected: str) -> None:
    assert applied(typed, choice) == expected


def test_each_candidate_says_what_it_means() -> None:
    for typed in ("", "is:", "has:", "role:", "p", *(f"{field}:" for field in MomentField)):
        for candidate in complete(typed, len(typed), WORDS).candidates:
            assert candidate.help
            assert candidate.whole != candidate.text.endswith(":")


_STARTS = st.sampled_from(
    ["", "-", "i", "is:", "is:n", "has:", "role:", 'role:"', "role:o", "cr", "created:", "created:<9", "expires:>=2"]
    + [f"{field}:" for field in MomentField]
)
_VALID = st.lists(st.sampled_from(["ali", '"a b"', "*abc*", "-is:locked", 'role:"on call"']), max_size=3)


@given(st.text(max_size=30), st.integers(-3, 40), st.lists(st.text(max_size=8), max_size=4))
def test_any_text_has_completions_within_it(text: str, cursor: int, roles: list[str]) -> None:
    found = complete(text, cursor, Vocabulary(tuple(roles)))

    assert 0 <= found.start <= found.end <= len(text)
    assert found.start <= max(0, min(cursor, len(text))) <= found.end


@given(_VALID, _STARTS, _VALID, st.lists(st.text(max_size=8), max_size=4))
def test_every_candidate_fits(before: list[str], typed: str, after: list[str], roles: list[str]) -> None:
    text = " ".join([*before, typed])
    whole = " ".join([text, *after]) if after else text
    found = complete(whole, len(text), Vocabulary(("on call", *roles), date(2026, 12, 31)))
    for candidate in found.candidates:
        result, cursor = found.applied(whole, candidate)
        if candidate.whole:
            parse(result)
        else:
            with pytest.raises(QueryError, match="needs a value") as caught:
                parse(result)
            assert caught.value.position == cursor
