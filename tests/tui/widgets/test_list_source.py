"""A list that is read again while a table stands in it: nothing is skipped, nothing is shown twice."""

from __future__ import annotations

import pytest

from tui.widgets.list_source import ListSource


def of(text: str) -> ListSource[str]:
    return ListSource(tuple(text), lambda row: row)


@pytest.mark.parametrize("there", ["abcde", "abde", "acde", "bcde", "abcd", "de", "ab", "", "xabcde", "edcba"])
async def test_before_and_after_a_place_are_all_rows_whatever_became_of_the_list(there: str) -> None:
    place = of("abcde").position("c")
    fresh = of(there)
    before = await fresh.page(place, 9, forward=False)
    after = await fresh.page(place, 9, forward=True)
    itself = "c" if "c" in there else ""
    assert "".join([*before.rows, itself, *after.rows]) == there
    assert (before.edge, after.edge) == (None, None)


async def test_pages_follow_one_another() -> None:
    source = of("abcdefg")
    rows: list[str] = []
    edge = None
    while True:
        page = await source.page(edge, 3, forward=True)
        rows += page.rows
        edge = page.edge
        if edge is None:
            break
    assert "".join(rows) == "abcdefg"
    assert await source.find("d") == "d"
    assert await source.find("z") is None
