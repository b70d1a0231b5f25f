"""The search box's text: what it means, and that nothing in it is dropped silently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.browse.query import (
    Contains,
    Exact,
    HasRole,
    InState,
    Not,
    Prefix,
    Query,
    QueryError,
    State,
    parse,
)


def test_terms_of_every_kind() -> None:
    query = parse('ali "Bob" *smith* is:active -is:locked role:support -role:"on call" 4711')

    assert query.terms == (
        Prefix("ali"),
        Exact("Bob"),
        Contains("smith"),
        InState(State.ACTIVE),
        Not(InState(State.LOCKED)),
        HasRole("support"),
        Not(HasRole("on call")),
        Prefix("4711", 4711),
    )


@pytest.mark.parametrize("text", ["", "   ", "\t"])
def test_a_blank_text_is_every_user(text: str) -> None:
    assert parse(text) == Query()
    assert not parse(text)


@pytest.mark.parametrize(
    ("text", "position", "part"),
    [
        ("is:", 3, "needs a value: active"),
        ("ali is:lokced", 7, "Did you mean locked"),
        ("is:xyz", 3, "States are active"),
        ("ali rol:x", 4, "Did you mean role:"),
        ("zzz:x", 0, "Fields are is:, role:, has:"),
        ('ali "abc', 4, "quote is not closed"),
        ("*ab*", 0, "at least 3 characters"),
        ("al*ce", 2, "at both ends"),
        ("*abc", 0, "both ends"),
        ("ali -", 5, "goes right before a term"),
        ('a"b"', 1, "a space is missing"),
        (":x", 0, "needs a field before it"),
        ('""', 0, "nothing between the quotes"),
        ('role:" "', 5, "needs a value"),
        ("al\x00i", 2, "control character"),
        ("al\ud800i", 2, "control character"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(text: str, position: int, part: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)

    assert caught.value.position == position
    assert part in caught.value.message


def test_fields_and_values_ignore_case() -> None:
    assert parse("IS:Active") == parse("is:active")


def test_a_number_too_large_for_an_id_is_text_only() -> None:
    assert parse("2147483647").terms == (Prefix("2147483647", 2147483647),)
    assert parse("2147483648").terms == (Prefix("2147483648"),)


def test_the_predicate_in_words() -> None:
    assert parse("4711 -is:locked role:support").words() == (
        'username or e-mail starts with "4711" or id is 4711, not locked, holds the role "support"'
    )
    assert Query().words() == "every user"


def test_contains_is_offered_for_prefixes_only() -> None:
    assert str(parse("ali is:locked").as_contains()) == "*ali* is:locked"
    assert parse("al is:locked").as_contains() is None
    assert parse('"ali"').as_contains() is None


@given(st.text(max_size=20))
def test_any_text_is_a_query_or_an_error_within_it(text: str) -> None:
    try:
        query, error = parse(text), None
    except QueryError as raised:
        query, error = Query(), raised
    if error is None:
        assert bool(query) == bool(text.strip())
    else:
        assert 0 <= error.position <= len(text)
        assert error.message
