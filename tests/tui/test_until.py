"""An end as people type it."""

from datetime import UTC, datetime

import pytest

from tui.until import read_until


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        (" Never ", None),
        ("for good", None),
        ("90m", datetime(2026, 3, 1, 13, 30, tzinfo=UTC)),
        ("2W", datetime(2026, 3, 15, 12, tzinfo=UTC)),
        ("2027-01-31", datetime(2027, 1, 31, tzinfo=UTC)),
        ("2027-01-31T18:00+01:00", datetime(2027, 1, 31, 17, tzinfo=UTC)),
    ],
)
def test_an_end_is_typed_as_people_say_it(text: str, expected: datetime | None) -> None:
    assert read_until(text, datetime(2026, 3, 1, 12, tzinfo=UTC)) == expected


@pytest.mark.parametrize("text", ["soon", "0d", "-3d", "3y", "99999999d", "2027-13-01", "\u0663d"])
def test_what_is_no_end_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="Write 30d"):
        read_until(text, datetime(2026, 3, 1, 12, tzinfo=UTC))


def test_a_span_too_long_for_the_calendar_is_no_end() -> None:
    with pytest.raises(ValueError, match="Write 30d"):
        read_until("99999w", datetime(9000, 3, 1, tzinfo=UTC))
