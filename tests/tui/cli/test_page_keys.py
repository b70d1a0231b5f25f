"""The key of the next page: one word, bound to its list, and never trusted."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.browse.lists.rows import Position
from tui.cli.failure import Failure
from tui.cli.page_keys import print_key, read_key

_VALUES = st.lists(st.integers() | st.text() | st.datetimes(timezones=st.just(UTC)), max_size=2)


@given(st.integers(0, 2), _VALUES, st.text())
def test_a_key_comes_back(segment: int, values: list[int | str | datetime], query: str) -> None:
    position = Position(segment, tuple(values))
    word = print_key(position, query, "username")
    assert word.isascii()
    assert not any(character.isspace() for character in word)
    assert read_key(word, query, "username", segments=3) == position


def test_a_key_of_another_list_is_refused() -> None:
    word = print_key(Position(0, ("ali",)), "ali", "username")
    with pytest.raises(Failure, match="another query or order"):
        read_key(word, "ali", "-username", segments=1)


def _word(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "word",
    [
        "",
        "x",
        "ünsinn",
        "';--",
        _word(1),
        _word(["", "username", 9, [1]]),
        _word(["", "username", 0, [[1]]]),
        _word(["", "username", 0, [{"at": "noon"}]]),
        _word(["", "username", 0, [1, 2, 3]]),
        _word(["", "username", 0, [None]]),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
@pytest.mark.parametrize("segments", [1])
def test_a_damaged_key_is_a_sentence(word: str, segments: int) -> None:
    with pytest.raises(Failure, match="whole") as failure:
        read_key(word, "", "username", segments=segments)
    assert failure.value.exit_code == 2
