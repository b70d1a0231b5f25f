"""SQL on a screen: made visible, highlighted, every line with its number in the file. Pure, no widget."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from textual.content import Content
from textual.highlight import highlight

from tui.sanitise import sanitise_block

LONGEST: Final = 40_000
"""Characters of one statement that are shown; reading it whole is for the file itself."""


def numbered(statements: Iterable[tuple[int | None, str]], *, most: int, width: int = 5) -> Content:
    """Statements one below the other, each given as the line where it begins in the file (None: unknown) and its text.

    A line's number stands before it in `width` cells, dimmed. After `most` lines it says that there are more.
    """
    lines: list[Content] = []
    for first, text in statements:
        if len(lines) >= most:
            break
        for offset, line in enumerate(coloured(text)):
            number = f"{first + offset:>{width}}" if first is not None else " " * width
            lines.append(Content.assemble((f"{number}  ", "dim"), line))
    if len(lines) >= most:
        lines[most:] = [Content.styled(f"{'':{width}}  more lines are in the file", "dim")]
    return Content("\n").join(lines)


def coloured(text: str, limit: int = LONGEST) -> list[Content]:
    """The lines of one statement, highlighted. What would act on a terminal is shown as its escape."""
    # splitlines() of the highlighter and ours agree: after `sanitise_block` only line feeds end a line.
    shown = highlight(sanitise_block(text.rstrip("\n"), limit), language="sql")
    return list(shown.split("\n", allow_blank=True)) or [Content("")]
