"""Line 1 of every screen: the environment, the database, who is acting, and where we are."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from tui.sanitise import sanitise

if TYPE_CHECKING:
    from tui.app import ShellbackApp
    from tui.badge import Badge

SEPARATOR = " · "


class Header(Widget):
    """Redrawn by `refresh()`; what does not fit is cut, never the badge and last the place."""

    DEFAULT_CSS = """
    Header {
        dock: top;
        height: 1;
        width: 100%;
        background: $panel;
        color: $foreground;
    }
    """

    def render(self) -> Content:
        shell = cast("ShellbackApp", self.app)
        badge = badge_content(self, shell.launch.badge)
        room = self.size.width - badge.cell_length - 2
        right = fit(SEPARATOR.join(self._where(shell)), room)
        left = SEPARATOR.join(sanitise(part, 120) for part in (shell.launch.label, shell.who) if part)
        left = fit(left, room - cell_len(right) - 2)
        gap = max(room - cell_len(left) - cell_len(right), 0)
        return Content.assemble(badge, " ", left, " " * gap, right, " ")

    def _where(self, shell: ShellbackApp) -> list[str]:
        """What is the matter, if anything, then the way here: `read-only · Users > alice`."""
        crumbs = getattr(self.screen, "crumbs", None)
        trail = " > ".join(sanitise(crumb, 60) for crumb in crumbs()) if crumbs else ""
        notice = getattr(self.screen, "notice", "")
        return [part for part in ("read-only" if shell.read_only else "", notice, trail) if part]


def badge_content(widget: Widget, badge: Badge) -> Content:
    """The word of the environment, reversed, in the colour of its tone."""
    colours = widget.app.theme_variables
    colour = {"danger": colours["error"], "caution": colours["warning"]}.get(badge.tone, "")
    style = Style.parse(f"bold {colour} reverse") if colour else Style(reverse=True)
    return Content.styled(f" {sanitise(badge.word, 12)} ", style)


def fit(text: str, room: int) -> str:
    """`text` cut to `room` cells, with an ellipsis where it was cut."""
    if room <= 0:
        return ""
    if cell_len(text) <= room:
        return text
    kept = text
    while kept and cell_len(kept) > room - 1:
        kept = kept[:-1]
    return kept + "…"
