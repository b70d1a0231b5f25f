"""The table of key ranges renewed while somebody looks at it: the cursor stays, and little is read."""

import asyncio

from textual.pilot import Pilot

from tests.tui.widgets.numbers import Host, Numbers, settled
from tui.browse.lists.rows import Position
from tui.widgets.keyset_messages import (
    RowVanished,
)
from tui.widgets.keyset_window import PAGE


async def renewed(pilot: Pilot[None], source: Numbers) -> None:
    """Read the rows around the cursor again, of another list."""
    app = pilot.app
    assert isinstance(app, Host)
    app.table.renew(source)
    await app.workers.wait_for_complete()
    await pilot.pause()


async def test_renewing_keeps_the_cursor_and_shows_what_came() -> None:
    app = Host(Numbers(range(0, 1000, 10)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        await pilot.press(*"jjjjj", "space")
        await renewed(pilot, Numbers(sorted([*range(0, 1000, 10), 25])))
        assert app.table.changed == {25}
        assert (app.table.row, app.table.marks, app.table.top) == (60, {50}, 0)
        await renewed(pilot, Numbers(sorted([*range(0, 1000, 10), 25])))
        assert app.table.changed == set()


async def test_renewing_costs_about_a_page_and_reads_no_more() -> None:
    app = Host(Numbers(range(10_000_000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        app.table.jump(Position(0, (5_000_000,)))
        await settled(pilot)
        again = Numbers(range(10_000_000))
        await renewed(pilot, again)
        assert len(again.asked) == 2
        assert len(app.table.window.rows) <= PAGE + 1
        assert not app.table.busy
        assert app.table.row == 5_000_001


async def test_renewing_tells_of_a_vanished_row_once() -> None:
    app = Host(Numbers(range(1000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        await pilot.press(*"jjjjj")
        without = Numbers([number for number in range(1000) if number != 5])
        await renewed(pilot, without)
        await renewed(pilot, without)
        assert [m.key for m in app.heard if isinstance(m, RowVanished)] == [5]
        assert app.table.row == 6


async def test_renewing_keeps_what_a_search_found() -> None:
    app = Host(Numbers(range(0, 100, 10), step=1))
    async with app.run_test(size=(60, 12)) as pilot:
        while len(app.table.window.rows) < 10:
            await settled(pilot)
        await pilot.press("j")
        await renewed(pilot, Numbers([0, 10, *range(30, 100, 10)], step=1))
        assert app.table.window.rows == list(range(0, 100, 10))
        await renewed(pilot, Numbers([0, *range(20, 100, 10)], step=1))
        assert app.table.window.rows == [0, *range(20, 100, 10)]
        assert app.table.row == 20


async def test_renewing_gives_way_to_whatever_else_is_read() -> None:
    gate = asyncio.Semaphore(0)
    app = Host(Numbers(range(1000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        app.table.renew(Numbers(range(500, 600), gate=gate))
        assert not app.table.busy
        assert not app.table.halt()
        app.table.open(Numbers(range(5000, 6000)), keep_place=False)
        gate.release()
        gate.release()
        await settled(pilot)
        await pilot.app.workers.wait_for_complete()
        assert app.table.row == 5000
        held = Numbers(range(7000, 8000), gate=gate)
        app.table.open(held, keep_place=False)
        asked = Numbers(range(9))
        app.table.renew(asked)
        await pilot.pause()
        assert asked.asked == []


async def test_the_cursor_that_moved_while_the_list_was_read_stays_where_it_is() -> None:
    gate = asyncio.Semaphore(0)
    app = Host(Numbers(range(1000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        app.table.open(Numbers(range(1000), gate=gate))
        await pilot.press(*"jjj")
        gate.release()
        gate.release()
        await settled(pilot)
        assert app.table.row == 3
