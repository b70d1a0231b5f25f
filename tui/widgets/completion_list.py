"""The lines under a search box that say what may follow in it. They lie over the list: nothing is laid out anew for
them but themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui.terminal.safe import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from tui.browse.search.complete import Candidate

MOST: Final = 6
"""Candidates that are shown at once."""

LONGEST: Final = 40
"""Cells of a candidate; what it means stands behind it."""


class CompletionList(Widget):
    """Some candidates of many, of which one is next. It never has the focus."""

    ALLOW_SELECT: ClassVar[bool] = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"completion--next", "completion--help"}
    DEFAULT_CSS = """
    CompletionList {
        overlay: screen;
        constrain: inside none;
        display: none;
        width: auto;
        max-width: 100%;
        height: auto;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        background: $panel;
        color: $foreground;
        .completion--next { text-style: reverse; }
        .completion--help { color: $foreground-muted; }
    }
    """

    @dataclass
    class Clicked(Message):
        """A candidate was clicked, by its number among all."""

        number: int

    def __init__(self) -> None:
        super().__init__()
        self._candidates: Sequence[Candidate] = ()
        self._next = 0
        self._x = 0

    def show(self, candidates: Sequence[Candidate], following: int, x: int) -> None:
        """Show them under the cell `x` of the box, with the next one reversed; none hides the list."""
        same = (candidates, following, x) == (self._candidates, self._next, self._x)
        if same and self.display is bool(candidates):
            return
        self._candidates, self._next, self._x = candidates, following, x
        self.display = bool(candidates)
        self.styles.offset = (x, 0)
        self.refresh(layout=True)

    @property
    def _first(self) -> int:
        return max(0, min(self._next - MOST + 1, len(self._candidates) - MOST))

    def render(self) -> Content:
        shown = self._candidates[self._first : self._first + MOST]
        texts = [safe(candidate.text, LONGEST) for candidate in shown]
        width = max((text.cell_length for text in texts), default=0)
        lines = []
        for number, (text, candidate) in enumerate(zip(texts, shown, strict=True), self._first):
            style = self.get_visual_style("completion--next") if number == self._next else ""
            padded = Content.assemble(" ", text, " " * (width - text.cell_length + 1))
            about = Content.styled(f" {candidate.help} ", self.get_visual_style("completion--help"))
            lines.append(Content.assemble("│", padded.stylize(style) if style else padded, about))
        more = len(self._candidates) - len(shown)
        if more:
            lines[-1] = Content.assemble(
                lines[-1], Content.styled(f"+{more}", self.get_visual_style("completion--help"))
            )
        return Content("\n").join(lines)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        number = self._first + event.y
        if number < len(self._candidates):
            self.post_message(self.Clicked(number))
