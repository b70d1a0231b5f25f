"""The last gate before the wire: no character of a painted line may act on the terminal.

Everything should have passed `safe()` already. This filter exists for what slips through (a library's own widget, a
mistake of ours), so it blanks without explaining.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

_ACTING: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f-\u11ff\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
"""C0, DEL, C1, bidi, zero width, separators, surrogates (which cannot be encoded), tags; and what joins or chooses, so
that terminals do not agree on the width."""

_MARKS: Final = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILED: Final = re.compile(f"({_MARKS}{_MARKS}){_MARKS}+")
"""Combining marks beyond the second: they climb over other lines."""


def _inert(text: str) -> str:
    """The text with spaces for what acts, as wide as the layout counted it: the rest of the line stays where it is."""
    if text.isascii() and text.isprintable():
        return text
    bare = _PILED.sub(r"\1", _ACTING.sub(lambda found: " " * cell_len(found[0]), text))
    return bare if bare == text else set_cell_size(bare, cell_len(text))


class ControlFilter(LineFilter):
    """Removes acting characters from text segments; Textual's own control segments pass."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """The same segments, those with an acting character rewritten."""
        return [Segment(text if control else _inert(text), style, control) for text, style, control in segments]
