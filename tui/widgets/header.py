"""Line 1 of every screen: the environment, the database, who is acting, and where we are."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from tui.sanitise import sanitise
from tui.terminal.connection import State

if TYPE_CHECKING:
    from tui.app import ShellbackApp
    from tui.badge import Badge

SEPARATOR = " · "
CONNECTED = f"{State.CONNECTED}{SEPARATOR}"
LEAST_LABEL = 10
"""Cells of the database's name that are kept before what is the matter is cut; fewer than 4 say nothing."""


class Header(Widget):
    """Redrawn by `refresh()`. The badge, the person and the place stay; the database's name is shortened for them."""

    DEFAULT_CSS = """
    Header {
        dock: top;
        height: 1;
        width: 100%;
        background: $panel;
        color: $foreground;
    }
    """

    def on_mount(self) -> None:
        shell = cast("ShellbackApp", self.app)
        shell.staged.changed.subscribe(self, lambda _: self.refresh())
        shell.connection.changed.subscribe(self, lambda _: self._tell_above())

    def _tell_above(self) -> None:
        """Draws it, also where more than one dialog stands before it: what shines through the lower one is kept by
        Textual as it was, until that dialog is drawn again too."""
        self.refresh()
        stack = self.app.screen_stack
        if self.screen in stack:
            for screen in stack[stack.index(self.screen) + 1 :]:
                screen.refresh()

    def render(self) -> Content:
        shell = cast("ShellbackApp", self.app)
        badge = badge_content(self, shell.launch.badge)
        room = self.size.width - badge.cell_length - 2
        label, trail = sanitise(shell.launch.label, 120), self._trail()
        left, right = arrange(label, shell.who, self._matter(shell), trail, room)
        if shell.connection.state is State.CONNECTED and cell_len(left) + cell_len(right) + len(CONNECTED) + 2 <= room:
            right = CONNECTED + right  # the one thing that is said only where there is room for it
        gap = max(room - cell_len(left) - cell_len(right), 0)
        return Content.assemble(badge, " ", left, " " * gap, right, " ")

    def _trail(self) -> str:
        """The way here: `Users > alice`."""
        crumbs = getattr(self.screen, "crumbs", None)
        return " > ".join(sanitise(crumb, 60) for crumb in crumbs()) if crumbs else ""

    def _matter(self, shell: ShellbackApp) -> str:
        """What is the matter, if anything: `2 staged`, `read-only`, `lost, reconnecting`."""
        staged = f"{len(shell.staged)} staged" if len(shell.staged) and not shell.lock.is_on else ""
        state = shell.connection.state
        said = str(state) if state in (State.WAITING, State.LOST) else ""
        return SEPARATOR.join(part for part in (staged, "read-only" if shell.read_only else "", said) if part)


def arrange(label: str, who: str, matter: str, trail: str, room: int) -> tuple[str, str]:
    """The left and the right end of the line, together at most `room` cells.

    A long name of a database is cut in its middle, then what is the matter at its end: who acts, and where, comes
    first.
    """
    trail = fit(trail, room * 3 // 5)
    who = fit(sanitise(who, 120), room - cell_len(trail) - 2)
    spare = room - cell_len(trail) - 2 - (cell_len(who) + len(SEPARATOR) if who else 0)
    if matter:
        matter = fit(matter, spare - len(SEPARATOR) - min(cell_len(label), LEAST_LABEL))
        spare -= cell_len(matter) + len(SEPARATOR) if matter else 0
    label = fit_middle(label, spare) if spare >= min(cell_len(label), 4) else ""
    left, right = ([part for part in parts if part] for parts in ((label, who), (matter, trail)))
    return SEPARATOR.join(left), SEPARATOR.join(right)


def badge_content(widget: Widget, badge: Badge) -> Content:
    """The word of the environment, reversed, in its own colour or that of its tone."""
    colours = widget.app.theme_variables
    colour = badge.color or {"danger": colours["error"], "caution": colours["warning"]}.get(badge.tone, "")
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


def fit_middle(text: str, room: int) -> str:
    """`text` cut to `room` cells, with an ellipsis in its middle: both ends of a path or an address tell it apart."""
    if room <= 0:
        return ""
    if cell_len(text) <= room:
        return text
    head = fit(text, (room + 1) // 2)[:-1]
    tail = text
    while tail and cell_len(head) + 1 + cell_len(tail) > room:
        tail = tail[1:]
    return f"{head}…{tail}"
