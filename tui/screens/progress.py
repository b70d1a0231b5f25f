"""The line of a long work on a screen: a bar where the end is known, and what `tui.progress` says. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from tui.terminal.safe import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

BAR: Final = 30
"""Cells of the bar."""


def progress_line(part: float | None, words: Sequence[str]) -> Content:
    """Return `━━━━╌╌╌╌ 40%  120 000 written · 98 000/s · 12 s left`; no bar where `part`, from 0 to 1, is not known."""
    said = " · ".join(words)
    if part is None:
        return safe(said)
    part = max(0.0, min(1.0, part))
    filled = round(part * BAR)
    bar = (("━" * filled, "$text-success"), ("╌" * (BAR - filled), "$text-muted"))
    return Content.assemble(*bar, f" {part:.0%}  ", safe(said))
