"""What every dialog is: a box with the environment in its title, deaf to keys typed before it could be read.

A dialog answers a value and writes nothing itself, so it can be left at any time without a question.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.sturdy import Sturdy
from tui.widgets.header import badge_content
from tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tui.app import ShellbackApp

T = TypeVar("T")

SHORT: Final = 20
"""Rows below which a dialog keeps to what is asked: no command line, no space around it."""


class Dialog(ModalScreen[T | None], Sturdy[T | None]):
    """A modal box; `dismiss(None)` is what leaving it means.

    Compose the inside in `compose_body` and the buttons in `compose_buttons`. `title` may hold text of the database.
    `twin` is the command line that does the same, shown on the last line, `ctrl+y` copies it.
    """

    SETTLE: ClassVar[float] = 0.3
    """Seconds in which keys are ignored: they were typed for what was on the screen before."""

    WIDTH: ClassVar[int] = 72
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("dialog.close", "dialog.copy_command", "move.down", "move.up", "app.lock", "app.quit")
    ]

    HINTS: ClassVar[tuple[str, ...]] = ()

    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]  # noqa: RUF012 - Textual does not type it as a class variable

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
        layers: base cover;
    }
    Dialog > #box {
        width: 72;
        max-width: 96%;
        height: auto;
        max-height: 96%;
        border: round $border;
        background: $surface;
        padding: 0 1;
    }
    Dialog #title { height: 1; width: 100%; }
    Dialog #title-text { width: 1fr; height: 1; text-style: bold; }
    Dialog #title-badge { width: auto; height: 1; }
    Dialog #body { height: auto; max-height: 1fr; padding: 1 0 0 0; scrollbar-size-vertical: 1; }
    Dialog #twin { height: auto; max-height: 2; color: $text-muted; margin: 1 0 0 0; display: none; }
    Dialog #twin.-given { display: block; }
    Dialog #buttons { height: auto; width: 100%; align-horizontal: right; margin: 1 0 0 0; }
    Dialog #buttons Button { margin: 0 0 0 2; }
    Dialog.-short > #box { max-height: 100%; }
    Dialog.-short #body { padding: 0; }
    Dialog.-short #twin.-given { display: none; }  /* what is to be read comes first; the key copies it all the same */
    Dialog.-short #buttons { margin: 0; }
    """

    def __init__(self, title: str, *, twin: str = "") -> None:
        super().__init__()
        self._title_text = title
        self.twin = twin
        self._opened = monotonic()

    def compose(self) -> ComposeResult:
        box = VerticalScroll(id="box", can_focus=False)
        box.styles.width = self.WIDTH
        with box:
            with HorizontalGroup(id="title"):
                yield Static(Content(sanitise(self._title_text, 100)), id="title-text")
                yield Static(badge_content(self, self.shell.launch.badge), id="title-badge")
            with VerticalScroll(id="body", can_focus=False):
                yield from self.compose_body()
            yield Static(id="twin")
            with HorizontalGroup(id="buttons"):
                yield from self.compose_buttons()
        yield TooSmall()

    def compose_body(self) -> ComposeResult:
        """What the dialog says and asks."""
        yield from ()

    def compose_buttons(self) -> ComposeResult:
        """Cancel first, then what it does."""
        yield from ()

    def on_mount(self) -> None:
        self._opened = monotonic()
        self.show_twin(self.twin)

    def render(self) -> RenderableType:
        """The screen below, shining through.

        Textual's own takes it from a list that each picture of the terminal uses up: asked twice for one picture, it
        finds nothing, and the dialog stands before a blank until something has it drawn again.
        """
        stack = self.app.screen_stack
        at = stack.index(self) if self in stack else 0
        return BackgroundScreen(stack[at - 1], self.styles.background) if at else super().render()

    @property
    def shell(self) -> ShellbackApp:
        """The application, by its own type."""
        return cast("ShellbackApp", self.app)

    @property
    def is_settled(self) -> bool:
        """Whether keys count yet."""
        return monotonic() - self._opened >= self.SETTLE

    def show_twin(self, twin: str) -> None:
        """Shows another command line on the last line (forms change it while they are filled in)."""
        self.twin = twin
        line = self.query_one("#twin", Static)
        line.update(Content(sanitise(twin, 400)))
        line.set_class(bool(twin), "-given")

    def action_copy_command(self) -> None:
        """Copies the command line; says so."""
        if self.twin:
            self.shell.copy(self.twin, "the command line")

    def action_down(self) -> None:
        """One row down in a list, else to the next field or button, where nothing inside makes more of the key."""
        if isinstance(self.focused, OptionList):
            self.focused.action_cursor_down()
        else:
            self.focus_next()

    def action_up(self) -> None:
        """To the one before."""
        if isinstance(self.focused, OptionList):
            self.focused.action_cursor_up()
        else:
            self.focus_previous()

    def action_lock(self) -> None:
        """Locks the screen with the dialog behind it: what stands in it may be what nobody else is to see."""
        self.shell.action_lock()

    async def action_quit(self) -> None:
        """Leaves Shellback from here: what is typed and not agreed to is as with Esc. A running write is told."""
        self.shell.leave()

    def action_close(self) -> None:
        """Leaves without doing anything."""
        self.dismiss(None)
