"""The position bar of a keyset table: which part of the list is in view. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from tui.browse.lists.rows import Position
from tui.widgets.keyset_window import Window

Thumb: TypeAlias = tuple[float, float]
"""The part of the list in view, of 0 to 1; twice the same where only the place is known."""

TRACK, THUMB = "│", "█"


def thumb(
    window: Window[Any], top: int, body: int, fraction: Callable[[Position], float | None] | None
) -> Thumb | None:
    """Return the part in view: exact when all of the list is held, else as `fraction` estimates it; None: no bar."""
    rows = window.rows
    if not rows or (window.whole and len(rows) <= body):
        return None
    if window.whole:
        return top / len(rows), (top + body) / len(rows)
    if window.head is None and top == 0:
        return 0.0, 0.0
    if window.tail is None and top + body >= len(rows):
        return 1.0, 1.0
    at = fraction(window.source.position(rows[min(top, len(rows) - 1)])) if fraction else None
    return None if at is None else (at, at)


def bar_sign(body: int, line: int, at: Thumb | None) -> str:
    """Return the position bar's sign on one of `body` lines."""
    if at is None:
        return " "
    size = max(1, round((at[1] - at[0]) * body))
    first = min(round(at[0] * body), body - size)
    return THUMB if first <= line < first + size else TRACK
