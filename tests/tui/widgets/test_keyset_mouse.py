"""The table of key ranges under the mouse: clicks, the wheel, the bar, titles; and columns that scroll."""

import asyncio

import pytest

from tests.tui.waiting import until
from tests.tui.widgets.numbers import Host, Numbers, settled
from tui.widgets.keyset_messages import (
    BarClicked,
    RowOpened,
    TitleClicked,
)
from tui.widgets.keyset_table import KeysetTable


async def test_columns_scroll_while_the_pinned_ones_stay_and_the_width_decides() -> None:
    app = Host(Numbers(range(10)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        assert app.lines()[0].split() == ["ID", "A", "B"]
        await pilot.resize_terminal(75, 12)
        assert app.lines()[0].split()[:3] == ["ID", "A", "B"]
        await pilot.press("l")
        await until(pilot, lambda: app.lines()[0].split() == ["ID", "B", "C"])
        await until(pilot, lambda: all(len(line) == 75 for line in app.lines()))
        await pilot.press("h")
        await until(pilot, lambda: app.lines()[0].split()[:3] == ["ID", "A", "B"])


async def test_clicks_and_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Host, "CLICK_CHAIN_TIME_THRESHOLD", 60.0)  # two clicks are a double click on any machine
    app = Host(Numbers(range(1000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        await pilot.click(KeysetTable, offset=(5, 4))
        await until(pilot, lambda: app.table.row == 3)
        await pilot.click(KeysetTable, offset=(5, 4), times=2)
        await until(pilot, lambda: [m.row for m in app.heard if isinstance(m, RowOpened)] == [3])
        app.table._mouse.wheel(9)
        assert app.table.top == 9
        assert app.table.row == 9


async def test_the_bar_shows_where_the_view_is() -> None:
    app = Host(Numbers(range(100)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        assert "".join(line[-1] for line in app.lines()) == " █" + "│" * 10
        await pilot.press("end")
        await settled(pilot)
        assert "".join(line[-1] for line in app.lines()) == " " + "│" * 10 + "█"


async def test_the_title_of_the_column_ordered_by_has_an_arrow_and_titles_are_clicked() -> None:
    app = Host(Numbers(range(10)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        app.table.order_sign("id", descending=False)
        assert app.lines()[0].split()[:2] == ["▲ID", "A"]
        app.table.order_sign("a", descending=True)
        assert app.lines()[0].split()[:2] == ["ID", "A▼"]
        await pilot.click(KeysetTable, offset=(16, 0))
        await pilot.click(KeysetTable, offset=(4, 0))
        await until(pilot, lambda: [m.column for m in app.heard if isinstance(m, TitleClicked)] == ["a", "id"])
        await until(pilot, lambda: app.table.row == 0)


async def test_dragging_the_bar_reads_one_place_at_a_time_and_ends_at_the_last() -> None:
    gate = asyncio.Semaphore(1)
    source = Numbers(range(10_000_000), gate=gate)
    app = Host(source)
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        asked = len(source.asked)
        await pilot.mouse_down(KeysetTable, offset=(59, 2))
        await pilot.pause()
        for y in range(3, 10):
            await pilot.hover(KeysetTable, offset=(59, y))
            assert app.lines()[y].endswith("█")
        assert len(source.asked) == asked + 1
        await pilot.mouse_up(KeysetTable, offset=(59, 9))
        for _ in range(20):
            gate.release()
        await settled(pilot)
        places = [m.fraction for m in app.heard if isinstance(m, BarClicked)]
        assert places == [0.1, 0.8]
        assert app.table.row == int(0.8 * 9_999_999) + 1
        assert app.table.held is None


async def test_a_list_that_is_held_whole_is_dragged_without_reading() -> None:
    source = Numbers(range(100))
    app = Host(source)
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        asked = len(source.asked)
        await pilot.mouse_down(KeysetTable, offset=(59, 6))
        await until(pilot, lambda: app.table.row == 50)
        await pilot.hover(KeysetTable, offset=(59, 11))
        await pilot.mouse_up(KeysetTable, offset=(59, 11))
        await until(pilot, lambda: app.table.row == 99)
        assert len(source.asked) == asked
