"""The table over a list that is read by key range, driven by keys and mouse."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field

from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot
from textual.strip import Strip

from tui.browse.lists.pages import Page
from tui.browse.lists.rows import Position
from tui.widgets.keyset_columns import Cell, Column
from tui.widgets.keyset_messages import (
    BarClicked,
    CursorMoved,
    LoadFailed,
    MarksChanged,
    RowOpened,
    RowVanished,
    TitleClicked,
    WindowChanged,
)
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.keyset_window import KEEP, PAGE


@dataclass
class Numbers:
    """The list of some numbers in order. `step` bounds what one page searches; `gate` lets so many pages through."""

    numbers: range | list[int]
    gate: asyncio.Semaphore | None = None
    step: int | None = None
    error: Exception | None = None
    asked: list[tuple[Position | None, bool]] = field(default_factory=list)

    def key(self, row: int) -> Hashable:
        return row

    def position(self, row: int) -> Position:
        return Position(0, (row,))

    async def page(self, origin: Position | None, count: int, *, forward: bool) -> Page[int]:
        self.asked.append((origin, forward))
        if self.gate is not None:
            await self.gate.acquire()
        if self.error is not None:
            raise self.error
        count = min(count, self.step or count)
        if forward:
            start = 0 if origin is None else self._index(origin.key[0] + 1)
            rows = self.numbers[start : start + count]
        else:
            end = len(self.numbers) if origin is None else self._index(origin.key[0])
            rows = self.numbers[max(0, end - count) : end]
        more = bool(rows) and rows[-1 if forward else 0] != self.numbers[-1 if forward else 0]
        return Page(tuple(rows), self.position(rows[-1 if forward else 0]) if more else None)

    def _index(self, number: int) -> int:
        if isinstance(self.numbers, range):
            return min(max(0, -(-(number - self.numbers.start) // self.numbers.step)), len(self.numbers))
        return next((i for i, other in enumerate(self.numbers) if other >= number), len(self.numbers))

    async def find(self, key: Hashable) -> int | None:
        return key if isinstance(key, int) and key in self.numbers else None


class Host(App[None]):
    def __init__(self, source: Numbers) -> None:
        super().__init__()
        self.source = source
        self.heard: list[object] = []
        self.table: KeysetTable[int] = KeysetTable(
            [
                Column("id", "ID", 10, lambda row: Cell(Content(f"{row}")), right=True, pinned=True),
                Column("a", "A", 20, lambda row: Cell(Content(f"a{row}"))),
                Column("b", "B", 20, lambda row: Cell(Content(f"b{row}"))),
                Column("c", "C", 20, lambda row: Cell(Content(f"c{row}")), from_width=60),
            ],
            marks=True,
        )

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()
        self.table.open(self.source)

    def on_cursor_moved(self, message: CursorMoved) -> None:
        self.heard.append(message)

    def on_marks_changed(self, message: MarksChanged) -> None:
        self.heard.append(message)

    def on_row_opened(self, message: RowOpened) -> None:
        self.heard.append(message)

    def on_row_vanished(self, message: RowVanished) -> None:
        self.heard.append(message)

    def on_load_failed(self, message: LoadFailed) -> None:
        self.heard.append(message)

    def on_title_clicked(self, message: TitleClicked) -> None:
        self.heard.append(message)

    def on_bar_clicked(self, message: BarClicked) -> None:
        self.heard.append(message)
        self.table.jump(Position(0, (int(message.fraction * 9_999_999),)))

    def lines(self) -> list[str]:
        """Return what stands on the screen."""
        return ["".join(segment.text for segment in self.table.render_line(y)) for y in range(self.table.size.height)]


async def settled(pilot: Pilot[None]) -> None:
    """Wait until nothing is being read."""
    app = pilot.app
    assert isinstance(app, Host)
    await pilot.pause()
    while app.table.busy:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


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
        assert app.table.row == 9_999_997
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
        await pilot.pause()
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
        assert app.table.marks == {0, 1, 2, 3}
        assert app.lines()[1].startswith(" ●")
        assert app.lines()[4].startswith("▌●")
        app.table.open(Numbers(range(2, 1000)), keep_place=False)
        await settled(pilot)
        assert app.table.marks == {0, 1, 2, 3}
        assert app.table.marked_out_of_view() == 2
        await pilot.press("u")
        assert app.table.marks == set()


async def test_a_late_answer_is_discarded() -> None:
    gate = asyncio.Semaphore(0)
    app = Host(Numbers(range(1000), gate=gate))
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        assert app.table.busy
        app.table.open(Numbers(range(5000, 6000)))
        gate.release()
        await settled(pilot)
        assert app.table.row == 5000
        assert all(row >= 5000 for row in app.table.window.rows)


async def test_a_search_in_slices_shows_what_it_finds_and_stops_when_told() -> None:
    gate = asyncio.Semaphore(5)
    app = Host(Numbers(range(1000), gate=gate, step=1))
    async with app.run_test(size=(60, 12)) as pilot:
        while len(app.table.window.rows) < 5:
            await pilot.pause()
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


async def test_columns_scroll_while_the_pinned_ones_stay_and_the_width_decides() -> None:
    app = Host(Numbers(range(10)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        assert app.lines()[0].split() == ["ID", "A", "B"]
        await pilot.resize_terminal(75, 12)
        assert app.lines()[0].split()[:3] == ["ID", "A", "B"]
        await pilot.press("l")
        assert app.lines()[0].split() == ["ID", "B", "C"]
        assert all(len(line) == 75 for line in app.lines())
        await pilot.press("h")
        assert app.lines()[0].split()[:3] == ["ID", "A", "B"]


async def test_clicks_and_the_wheel() -> None:
    app = Host(Numbers(range(1000)))
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        await pilot.click(KeysetTable, offset=(5, 4))
        assert app.table.row == 3
        await pilot.click(KeysetTable, offset=(5, 4), times=2)
        assert [m.row for m in app.heard if isinstance(m, RowOpened)] == [3]
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
        assert [m.column for m in app.heard if isinstance(m, TitleClicked)] == ["a", "id"]
        assert app.table.row == 0


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
        assert app.table.row == 50
        await pilot.hover(KeysetTable, offset=(59, 11))
        await pilot.mouse_up(KeysetTable, offset=(59, 11))
        assert app.table.row == 99
        assert len(source.asked) == asked


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
