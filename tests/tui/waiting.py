"""Waiting for a state of the interface instead of for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.widget import Widget


async def until(pilot: Pilot[Any], is_so: Callable[[], object], *, seconds: float = 30.0) -> None:
    """Returns when `is_so()` is true; AssertionError with the screen's text when that takes too long."""
    try:
        async with asyncio.timeout(seconds):
            while not is_so():
                await pilot.pause(0.01)
    except TimeoutError:
        raise AssertionError(f"still not so after {seconds} s; on the screen:\n{screen_text(pilot)}") from None


def screen_text(pilot: Pilot[Any]) -> str:
    """What the terminal would show, line by line, without styles."""
    app = pilot.app
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line).rstrip()[:width] for line in lines[:height])


async def until_shown(pilot: Pilot[Any], *texts: str, seconds: float = 30.0) -> None:
    """Returns when `texts` all stand somewhere on the screen, at the same time."""
    await until(pilot, lambda: all(text in screen_text(pilot) for text in texts), seconds=seconds)


async def focus(pilot: Pilot[Any], widget: Widget) -> None:
    """Focus comes when the application has nothing else to do, and a key before it would go elsewhere."""
    widget.focus()
    await until(pilot, lambda: pilot.app.screen.focused is widget)


def text_of(pilot: Pilot[Any], selector: str) -> str:
    """The plain text of a Static on the screen in front."""
    return str(pilot.app.screen.query_one(selector, Static).render())
