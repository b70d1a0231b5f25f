"""Events in words: the operator's zone, verbs, values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.tui.zones import in_zone
from tui.browse.audit.events import Span
from tui.screens.audit.words import full_time, number, short_time, value, verb


@pytest.fixture
def _in_new_york() -> Iterator[None]:
    with in_zone("America/New_York"):
        yield


@pytest.mark.usefixtures("_in_new_york")
@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 7, 2, 3, 59, tzinfo=UTC), "1 Jul 23:59"),
        (datetime(2026, 7, 2, 4, 0, tzinfo=UTC), "00:00"),
        (datetime(2026, 1, 31, 14, 3, tzinfo=UTC), "31 Jan 09:03"),
        (datetime(2026, 1, 1, 4, 0, tzinfo=UTC), "2025-12-31"),
        (None, "unreadable"),
    ],
)
def test_a_time_of_the_list_is_local_as_of_its_own_season(at: datetime | None, shown: str) -> None:
    now = datetime(2026, 7, 2, 18, 0, tzinfo=UTC).astimezone()
    assert short_time(at, now) == shown


@pytest.mark.usefixtures("_in_new_york")
def test_a_time_of_an_event_is_local_and_in_utc() -> None:
    at = datetime(2024, 11, 12, 2, 1, 7, tzinfo=UTC)
    assert full_time(at) == "Mon 11 Nov 2024 21:01:07 EST (2024-11-12 02:01:07 UTC)"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("users.reset_password", "reset password"),
        ("roles.grant", "grant role"),
        ("sign_in", "sign in"),
        ("migrations.apply", "apply migration"),
        ("users.", "users."),
        ("", ""),
    ],
)
def test_an_action_is_said_as_a_verb(action: str, words: str) -> None:
    assert verb(action) == words


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (None, "nothing"),
        ("", "nothing"),
        (False, "no"),
        (True, "yes"),
        (0, "0"),
        ([], "nothing"),
        (["operator", "support"], "operator, support"),
        ({"a": "\x1b"}, "{'a': '\\x1b'}"),
        ("[red]x\x07", "[red]x\\x07"),
    ],
)
def test_a_value_of_a_change_is_readable_and_harmless(stored: object, shown: str) -> None:
    assert value(stored).plain == shown


def test_large_numbers_are_grouped() -> None:
    assert number(1204551) == "1 204 551"


def test_a_place_on_the_bar_and_back() -> None:
    span = Span(oldest=100, newest=300, seq=201)
    assert span.fraction(300) == 0
    assert span.fraction(100) == 1
    assert span.fraction(250) == 0.25
    assert span.at(0.25) == 250
    assert span.at(7) == 100
    assert Span(oldest=5, newest=5, seq=1).fraction(5) == 0
