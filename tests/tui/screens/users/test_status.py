"""The status line of the list: what it says, and what it does without in a narrow terminal."""

from __future__ import annotations

from tui.browse.search.query import Query
from tui.screens.users.status import Standing, status_line

FULL = Standing(
    Query(), marked=10_000, out_of_view=9_600, loaded_at="20:08:08", went="x/3", order="e-mail, a to z", live=True
)


def test_everything_where_there_is_room() -> None:
    words = "10 000 marked (9 600 not in view) · by e-mail, a to z · loaded 20:08:08 · live · went to x/3"
    assert status_line(FULL).plain.replace("\u202f", " ") == words
    assert status_line(FULL, len(words)).plain == status_line(FULL).plain


def test_the_least_important_goes_first_and_nothing_is_cut() -> None:
    for width in range(120):
        shown = status_line(FULL, width).plain
        assert "marked" in shown
        assert "live" in shown
        assert not width or len(shown) <= max(width, len("10 000 marked (9 600 not in view) · live"))
    assert "went to" not in status_line(FULL, 80).plain
    assert "loaded" in status_line(FULL, 78).plain
    assert "loaded" not in status_line(FULL, 70).plain
    assert "by e-mail" in status_line(FULL, 70).plain
