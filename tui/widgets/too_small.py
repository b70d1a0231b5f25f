"""What covers every screen when the terminal is too small to act in safely: the environment stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from textual.content import Content
from textual.widget import Widget

from tui.widgets.header import badge_content

if TYPE_CHECKING:
    from tui.app import ShellbackApp

LEAST_WIDTH: Final = 60
LEAST_HEIGHT: Final = 15


class TooSmall(Widget):
    """Covers the screen below 60 x 15; the application takes no key but those that leave while it shows."""

    DEFAULT_CSS = """
    TooSmall {
        layer: cover;
        dock: top;
        width: 100%;
        height: 100%;
        display: none;
        background: $background;
        color: $foreground;
    }
    """

    def render(self) -> Content:
        size = self.app.size
        return Content("\n").join(
            (
                badge_content(self, cast("ShellbackApp", self.app).launch.badge),
                Content("Terminal too small"),
                Content(f"{size.width}x{size.height}, needs {LEAST_WIDTH}x{LEAST_HEIGHT}"),
                Content("q leaves"),
            )
        )


def is_too_small(width: int, height: int) -> bool:
    """Whether a dialog could not be shown whole in so many cells."""
    return width < LEAST_WIDTH or height < LEAST_HEIGHT
