"""How old what a replica shows is at most, told by positions in the log; and the words for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tui.database.replica.position import PrimaryAt, ReplicaAt, Sample, end_of_record, lag
from tui.database.replica.whence import alone, behind, duration, of_replica

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PRIMARY = PrimaryAt(NOON, inserted=1000, flushed=1000)
MEGABYTE = 1 << 20


def replica(replayed: int | None, committed_before: float | None = None) -> ReplicaAt:
    at = None if committed_before is None else NOON - timedelta(seconds=committed_before)
    # Its own clock is wrong by an hour: only the primary's counts while that can be asked.
    return ReplicaAt(NOON + timedelta(hours=1), True, NOON, replayed, at, paused=False, receives=True)


def test_what_shows_everything_is_not_behind_however_long_nothing_was_written() -> None:
    assert lag(PRIMARY, replica(1000, committed_before=86_400), [], 500.0) == 0
    assert lag(PRIMARY, replica(1200, committed_before=None), [], 500.0) == 0


def test_it_is_behind_since_the_last_moment_that_it_is_known_to_show() -> None:
    assert lag(PRIMARY, replica(900, committed_before=7), [], 500.0) == 7
    # After a rest of a day the primary was seen where the replica is now 3 s ago.
    samples = [Sample(400.0, 800), Sample(497.0, 900), Sample(499.0, 950)]
    assert lag(PRIMARY, replica(900, committed_before=86_400), samples, 500.0) == 3
    assert lag(PRIMARY, replica(700, committed_before=None), samples, 500.0) is None
    assert lag(PRIMARY, replica(None, committed_before=7), samples, 500.0) is None


def test_without_the_primary_it_grows_older() -> None:
    samples = [Sample(460.0, 900)]
    assert lag(None, replica(900), samples, 500.0) == 40
    assert lag(None, replica(900), samples, 600.0) == 140
    assert lag(None, replica(900, committed_before=-3595), samples, 500.0) == 5


@pytest.mark.parametrize(
    ("inserted", "ends"),
    [
        (8192 + 24, 8192),
        (8192 + 25, 8192 + 25),
        (8192 + 40, 8192 + 40),
        (16 * MEGABYTE + 40, 16 * MEGABYTE),
        (16 * MEGABYTE + 24, 16 * MEGABYTE + 24),
    ],
)
def test_the_header_of_an_empty_page_is_no_record(inserted: int, ends: int) -> None:
    assert end_of_record(inserted, 8192, 16 * MEGABYTE) == ends


def test_the_words() -> None:
    assert [of_replica(seconds).words for seconds in (0.0, 0.9, 2.4)] == [
        "replica up to date",
        "replica up to date",
        "replica 2 s behind",
    ]
    assert [duration(seconds) for seconds in (42, 240, 10_800)] == ["42 s", "4 min", "3 h"]
    late = behind(42, 10, paused=False, receives=False)
    assert late.words == "primary: replica 42 s behind"
    assert late.sentence == (
        "The replica is up to 42 s behind, it receives nothing (read_lag allows 10 s): lists are read from the primary."
    )
    # Said once, not at every look.
    assert late.matter == behind(43, 10, paused=False, receives=False).matter != alone(42).matter
