"""What is typed behind an option, read or refused with a sentence."""

import argparse
from datetime import timedelta

import pytest

from tui.cli.arguments.values import assignment, duration, page_size, positive


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90m", timedelta(minutes=90)),
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("never", None),
    ],
)
def test_a_time_span(text: str, span: timedelta | None) -> None:
    assert duration(text) == span


@pytest.mark.parametrize("text", ["", "24", "h", "0h", "-1h", "1.5h", "24 h", "٣h", "99999w"])
def test_what_is_no_time_span(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        duration(text)


def test_an_assignment_keeps_further_equals_signs() -> None:
    assert assignment("full_name=a=b") == ("full_name", "a=b")
    assert assignment("email=") == ("email", "")


@pytest.mark.parametrize("text", ["", "email", "=x"])
def test_what_is_no_assignment(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        assignment(text)


@pytest.mark.parametrize("text", ["0", "-1", "1e3", "", "٣", "10000000000"])
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        positive(text)


def test_a_page_is_bounded() -> None:
    assert page_size("10000") == 10_000
    with pytest.raises(argparse.ArgumentTypeError):
        page_size("10001")
