"""The table of key ranges: its window, its cursor, its marks, and what it reads again."""

import asyncio

from textual.content import Content
from textual.strip import Strip

from tests.tui.waiting import until
from tests.tui.widgets.numbers import Host, Numbers, settled
from tui.widgets.keyset_messages import (
    LoadFailed,
    RowVanished,
    WindowChanged,
)
from tui.widgets.keyset_window import KEEP, PAGE


async def test_rows_come_and_the_window_stays_bounded_over_a_long_walk() -> None:
    app = Host(Numbers(range(10_000_000)))
    async with app.run_test(size=(60, 40)) as pilot:
        await settled(pilot)
        assert app.table.row == 0
        assert app.lines()[1].startswith("▌           0  a0")
        for _ in range(45):
            await pilot.press("pagedown")
            await settled(pilot)
        assert app.table.row == 45 * (app.table.body - 1)
        assert len(app.table.window.rows) <= KEEP + PAGE
        for _ in range(45):
            await pilot.press("pageup")
            await settled(pilot)
        assert app.table.row == 0
        assert app.table.window.head is None
        assert len(app.table.window.rows) <= KEEP + 2 * PAGE


async def test_home_and_end_go_to_the_real_ends() -> None:
    app = Host(Numbers(range(10_000_000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        await pilot.press("end")
        await settled(pilot)
        assert app.table.row == 9_999_999
        assert "9999999" in app.lines()[-1]
        await pilot.press("k", "k")
        await until(pilot, lambda: app.table.row == 9_999_997)
        await pilot.press("home")
        await settled(pilot)
        assert app.table.row == 0
        await pilot.press("G")
        await settled(pilot)
        await pilot.press("g")
        await settled(pilot)
        assert app.table.row == 0


async def test_a_key_repaints_two_lines_only() -> None:
    app = Host(Numbers(range(1000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        painted: list[int] = []
        real = app.table.render_line

        def noted(y: int) -> Strip:
            painted.append(y)
            return real(y)

        app.table.render_line = noted  # type: ignore[method-assign]
        await pilot.press("j")
        await until(pilot, lambda: set(painted) >= {1, 2})
        assert set(painted) == {1, 2}


async def test_the_cursor_stays_with_its_row_when_the_list_is_read_again() -> None:
    app = Host(Numbers(range(0, 1000, 10)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        await pilot.press(*"jjjjjj")
        line = app.table.cursor - app.table.top
        app.table.open(Numbers(range(0, 1000, 5)))
        await settled(pilot)
        assert app.table.row == 60
        assert app.table.cursor - app.table.top == line


async def test_a_vanished_row_says_so_and_keeps_the_place() -> None:
    app = Host(Numbers(range(1000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        await pilot.press(*"jjjjj")
        app.table.open(Numbers([number for number in range(1000) if number != 5]))
        await settled(pilot)
        assert RowVanished(5).key in [m.key for m in app.heard if isinstance(m, RowVanished)]
        assert app.table.row == 6


async def test_without_keeping_the_place_a_row_that_is_gone_leads_to_the_start() -> None:
    app = Host(Numbers(range(1000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        await pilot.press(*"jjjjj")
        app.table.open(Numbers(range(100, 200)), keep_place=False)
        await settled(pilot)
        assert app.table.row == 100
        assert not [m for m in app.heard if isinstance(m, RowVanished)]


async def test_marks_are_keys() -> None:
    app = Host(Numbers(range(1000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        await pilot.press("space", "j", "j", "v")
        await until(pilot, lambda: app.table.marks == {0, 1, 2, 3})
        await until(pilot, lambda: app.lines()[1].startswith(" ●"))
        await until(pilot, lambda: app.lines()[4].startswith("▌●"))
        app.table.open(Numbers(range(2, 1000)), keep_place=False)
        await settled(pilot)
        assert app.table.marks == {0, 1, 2, 3}
        assert app.table.marked_out_of_view() == 2
        await pilot.press("u")
        await until(pilot, lambda: app.table.marks == set())


async def test_a_late_answer_is_discarded() -> None:
    gate = asyncio.Semaphore(0)
    app = Host(Numbers(range(1000), gate=gate))
    async with app.run_test(size=(60, 12)) as pilot:
        await until(pilot, lambda: app.table.busy)
        app.table.open(Numbers(range(5000, 6000)))
        gate.release()
        await settled(pilot)
        assert app.table.row == 5000
        assert all(row >= 5000 for row in app.table.window.rows)


async def test_a_search_in_slices_shows_what_it_finds_and_stops_when_told() -> None:
    gate = asyncio.Semaphore(5)
    app = Host(Numbers(range(1000), gate=gate, step=1))
    async with app.run_test(size=(60, 12)) as pilot:
        await until(pilot, lambda: len(app.table.window.rows) >= 5)
        assert app.table.busy
        assert app.lines()[6].strip().startswith("…loading")
        assert app.table.halt()
        assert app.lines()[6].strip().startswith("…stopped")
        for _ in range(100):
            gate.release()
        await pilot.pause()
        assert len(app.table.window.rows) == 5
        await pilot.press(*"jjjjj")
        await settled(pilot)
        assert len(app.table.window.rows) > 5


async def test_an_error_leaves_the_old_rows_and_marks_them_stale() -> None:
    app = Host(Numbers(range(1000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        app.table.open(Numbers(range(1000), error=RuntimeError("gone")))
        await settled(pilot)
        assert [str(m.error) for m in app.heard if isinstance(m, LoadFailed)] == ["gone"]
        assert app.table.stale
        assert app.table.row == 0
        app.table.open(Numbers(range(1000)))
        await settled(pilot)
        assert not app.table.stale


async def test_nothing_found_shows_the_notice() -> None:
    app = Host(Numbers([]))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        app.table.say(Content("Nobody matches\nEsc clears"))
        assert [line.strip() for line in app.lines()[2:4]] == ["Nobody matches", "Esc clears"]
        await pilot.press("j", "k", "space", "v", "enter", "pagedown", "end", "home", "l", "h", "u")
        await settled(pilot)
        assert app.table.row is None


def test_the_news_of_a_page_is_not_replaced_by_the_next_load() -> None:
    came, loading = WindowChanged(200, 0, False, 0.004), WindowChanged(200, 0, True)

    assert loading.can_replace(came)
    assert not came.can_replace(loading)
