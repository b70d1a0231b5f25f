"""The last gate before the wire: no character of a painted line may act on the terminal.

Everything should have passed `safe()` already. This filter exists for what slips through (a library's own widget, a
mistake of ours), so it blanks without explaining.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

_ACTING: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""C0, DEL, C1, bidi, zero width, separators, surrogates (which cannot be encoded), tags."""


def _blank(match: re.Match[str]) -> str:
    """As many spaces as the layout counted for the character, so that the rest of the line stays where it is."""
    return " " * cell_len(match[0])


class ControlFilter(LineFilter):
    """Removes acting characters from text segments; Textual's own control segments pass."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """The same segments, those with an acting character rewritten."""
        if not any(control is None and _ACTING.search(text) for text, _, control in segments):
            return segments
        return [
            Segment(text if control else _ACTING.sub(_blank, text), style, control) for text, style, control in segments
        ]
