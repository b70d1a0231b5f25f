"""How a keyset table's lines look: cells to strips, kept until something about them changes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.keyset_bar import Thumb, bar_sign
from tui.widgets.keyset_columns import GAP, GUTTER, Cell, Column, Placed, most_skipped, place

CURSOR, MARK, STAGED = "▌", "●", "±"
UP, DOWN = "▲", "▼"
KEPT_STRIPS = 600

RowT = TypeVar("RowT")


class Look(NamedTuple):
    """What is the matter with a row beyond what it says."""

    cursor: bool = False
    marked: bool = False
    changed: bool = False
    stale: bool = False
    staged: bool = False


class Painter(Generic[RowT]):
    """Paints the lines of one table. A row's cells are made once; its strip once for each look of it."""

    def __init__(self, widget: Widget, columns: Sequence[Column[RowT]]) -> None:
        self._widget = widget
        self.columns = tuple(columns)
        self._rights = [column.right for column in columns]
        self._skipped = 0
        self._width = 0
        self._placed: tuple[Placed, ...] = ()
        self._cells: dict[Hashable, tuple[Cell, ...]] = {}
        self._strips: dict[tuple[Hashable, Look], Strip] = {}
        self.ordered: tuple[str, bool] = ("", False)
        """The id of the column that the list is ordered by, and whether it is descending."""

    def take(self, columns: Sequence[Column[RowT]]) -> None:
        """Show other columns from now on, from the first one; the rows are the same."""
        self.columns = tuple(columns)
        self._rights = [column.right for column in columns]
        self._skipped = 0
        self.forget()
        self.lay_out(self._width)

    def lay_out(self, width: int, skip: int = 0) -> bool:
        """Place the columns in `width` cells, `skip` more of them scrolled away. Returns whether anything moved."""
        before = self._placed
        self._width = width
        self._skipped = max(0, min(self._skipped + skip, most_skipped(self.columns, width)))
        self._placed = place(self.columns, width, self._skipped)
        self._strips.clear()
        return before != self._placed

    def restyle(self) -> None:
        """Forget what lines looked like: the styles are different now."""
        self._strips.clear()

    def forget(self) -> None:
        """Forget rows and looks: other rows may have come under the same keys."""
        self._cells.clear()
        self._strips.clear()

    def header(self) -> Strip:
        """Return the line of column titles; an arrow at one of them says by what the rows are ordered, and how."""
        style = self._widget.get_component_rich_style("keyset--header")
        segments, x = [Segment("   ", style)], GUTTER
        for placed in self._placed:
            column = self.columns[placed.index]
            title, width = column.label, placed.width
            if column.id == self.ordered[0]:
                arrow = DOWN if self.ordered[1] else UP
                if column.right:
                    title = arrow + title
                elif placed.x + width < self._width:
                    title, width = title + arrow, width + 1  # into the gap
                else:
                    title = title[: width - 1] + arrow
            segments.append(Segment(" " * (placed.x - x) + fitted(Content(title), width, right=column.right), style))
            x = placed.x + width
        return Strip(segments).adjust_cell_length(self._width, style)

    def column_at(self, x: int) -> str | None:
        """Return the id of the column at a cell of the line; the gap behind a column is its own."""
        return next((self.columns[p.index].id for p in self._placed if p.x <= x < p.x + p.width + GAP), None)

    def row(self, row: RowT, key: Hashable, look: Look) -> Strip:
        """Return the line of a row."""
        strip = self._strips.get((key, look))
        if strip is None:
            cells = self._cells.get(key)
            if cells is None:
                cells = self._cells[key] = tuple(column.cell(row) for column in self.columns)
            base = self._widget.rich_style
            for name in ("stale", "marked", "changed", "cursor"):
                if getattr(look, name):
                    base += self._part(name)
            signs = f"{CURSOR if look.cursor else ' '}{MARK if look.marked else ' '}{STAGED if look.staged else ' '}"
            # Under the cursor the colours are reversed: a tone would become a loud background.
            tones = [Style() if look.cursor else self._part(cell.tone) for cell in cells]
            strip = self._strip(cells, signs, base, tones)
            if len(self._strips) >= KEPT_STRIPS:
                self._strips.clear()
            self._strips[key, look] = strip
        return strip

    def text(self, content: Content) -> Strip:
        """Return a line that is not a row."""
        style = self._widget.rich_style
        return Strip([Segment(f"   {content.plain}", style)]).adjust_cell_length(self._width, style)

    def with_bar(self, strip: Strip, body: int, line: int, thumb: Thumb | None) -> Strip:
        """Return a line with the position bar's sign at its end; `thumb` is the part of the list in view, of 0 to 1."""
        sign = Segment(bar_sign(body, line, thumb), self._widget.get_component_rich_style("keyset--bar"))
        return Strip([*strip, sign], self._width + 1)

    def _part(self, name: str) -> Style:
        return self._widget.get_component_rich_style(f"keyset--{name}", partial=True)

    def _strip(self, cells: Sequence[Cell], signs: str, base: Style, tones: Sequence[Style]) -> Strip:
        segments = [Segment(signs, base)]
        x = GUTTER
        for column in self._placed:
            if column.x > x:
                segments.append(Segment(" " * (column.x - x), base))
            text = fitted(cells[column.index].content, column.width, right=self._rights[column.index])
            segments.append(Segment(text, base + tones[column.index]))
            x = column.x + column.width
        return Strip(segments).adjust_cell_length(self._width, base)


def fitted(content: Content, width: int, *, right: bool) -> str:
    """Return the text in exactly `width` cells; what does not fit ends in an ellipsis."""
    text = content.plain
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        text = content.truncate(width, ellipsis=True).plain
        length = cell_len(text)
    padding = " " * (width - length)
    return padding + text if right else text + padding
