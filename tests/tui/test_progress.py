"""Progress in words: what is not known is not said."""

import pytest

from tui.progress import duration, pace_words, rate_of


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-0.2, "0 s"),
        (8.4, "8 s"),
        (59.6, "1 min 0 s"),
        (130, "2 min 10 s"),
        (3899, "1 h 4 min"),
        (90_000, "25 h 0 min"),
    ],
)
def test_a_duration_is_said_in_two_units_at_most(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_rate_and_an_end_are_said_once_they_are_known() -> None:
    assert pace_words("5 rows", rate=rate_of(5, 0.5)) == ["5 rows"]
    assert pace_words("9 000 rows", rate=rate_of(9000, 2.0), left=0.0) == ["9 000 rows", "4 500/s", "0 s left"]
