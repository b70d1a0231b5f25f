"""A list of numbers that is read by key ranges, and an application that shows nothing else."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field

from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

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
)
from tui.widgets.keyset_table import KeysetTable


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
