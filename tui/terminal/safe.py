"""Text of the database on its way into a widget: `Content`, so that no widget reads markup in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.sanitise import Cut, sanitise, sanitise_block

if TYPE_CHECKING:
    from textual.style import Style


def safe(value: object, limit: int = 512, *, style: str | Style = "") -> Content:
    """One line of visible text for a widget; `style` dresses all of it."""
    return Content.styled(sanitise(value, limit), style) if style else Content(sanitise(value, limit))


def safe_whole(value: object, limit: int = 512) -> Content:
    """As `safe`, where a value is shown for itself: what was cut is followed by how long it is."""
    return Content(sanitise(value, limit) + _left_out(value, limit))


def safe_block(value: object, limit: int = 100_000) -> Content:
    """Several lines of visible text for a widget (SQL, a note); what was cut is followed by how long it is."""
    return Content(sanitise_block(value, limit) + _left_out(value, limit))


def _left_out(value: object, limit: int) -> str:
    if not isinstance(value, str):
        return ""
    whole = value.whole if isinstance(value, Cut) else len(value)
    return f" ({whole:,} characters in all)".replace(",", " ") if whole > min(limit, len(value)) else ""
