"""The application: it holds what all screens share and decides which of them stands in front. Nothing else.

Opening and signing in live in `tui/screens/start/`, database work in `tui/screens/work.py`, keys in `tui/keys.py`, what
the application is to its terminal in `tui/terminal/app.py`. Nothing here may import the database stack: the first paint
comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen

from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens import greyed, rescued
from tui.screens.areas import AREAS
from tui.screens.changes.staged import Staged
from tui.screens.deaf import Hearing
from tui.screens.doubts import Doubts
from tui.screens.palette import Palette, ShellbackCommands
from tui.screens.start import make_lock_screen
from tui.screens.start.screen import StartScreen
from tui.styles.themes import THEMES, choose
from tui.terminal.app import TerminalApp
from tui.terminal.clipboard import Clipboard
from tui.terminal.connection import Connection
from tui.terminal.incidents import record_incident
from tui.terminal.lock import Lock
from tui.terminal.remembered import remember_theme, remembered_theme
from tui.troubles import describe, is_expected, no_troubles
from tui.widgets.too_small import LEAST_HEIGHT, LEAST_WIDTH, is_too_small

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from models.operations.plan import Actor, Outcome
    from tui.database import Database
    from tui.launch import Launch
    from tui.person import Person


class ShellbackApp(TerminalApp):
    """The interface over one database. After `run()`, `return_code` is the exit status of the process."""

    TITLE = "Shellback"
    CSS_PATH = Path(__file__).parent / "styles" / "shellback.tcss"
    DEFAULT_MODE = "start"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {"start": StartScreen}
    COMMANDS: ClassVar[set[Any]] = {ShellbackCommands}
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it on the instance
        (0, "-too-narrow"),
        (LEAST_WIDTH, "-narrow"),
        (120, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-too-short"), (LEAST_HEIGHT, "-tall")]  # noqa: RUF012 - as above
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("app.help", "app.quit", "app.lock", "app.me"),
        # Priority: they are run before the next key is handed out, so that a name, a tab and a password that come in
        # one go (a password manager, a paste) do not end up in one field, to be read there.
        Binding("tab", "app.focus_next", "next field", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "previous field", show=False, priority=True),
        Binding("ctrl+p,colon", "command_palette", "commands", id="app.palette", show=False),
        *(Binding(area.key, f"area('{area.id}')", area.title, id=f"area.{area.id}", show=False) for area in AREAS),
    ]

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self.launch = launch
        self.database: Database | None = None
        self.person: Person | None = None
        self.demo_password: str | None = None
        """What opens the lock of a demo: nobody else knows it."""
        self.failed_status = 0
        """The exit status of leaving now: not 0 while the database could not be opened."""
        self.on_settled: Callable[[], object] = lambda: None
        """Told when the imports and the first paints of a start are over."""
        self.unsettled: dict[int, Outcome] = {}
        """By the id of the user: changes of which nobody knows yet whether they happened. No other is begun before."""
        self.doubts = Doubts()
        """The same of what is no single user."""
        self.staged = Staged(self)
        self._hearing = Hearing(self)
        self.connection = Connection(self)
        self.troubles = no_troubles()
        self.animation_level = "none"
        self.clipboard_care = Clipboard(self)
        self.set_keymap(dict(launch.keys))
        self._dress(choose(launch.theme or remembered_theme(), no_color=self.no_color))
        self.lock = Lock(self, launch.idle_lock, make_lock_screen)
        for area in AREAS:
            self.add_mode(area.id, area.make)

    def on_mount(self) -> None:
        self.lock.watch()

    def _dress(self, theme: str) -> None:
        """Sets the theme before anything is painted, without painting twice."""
        for own in THEMES:
            self.register_theme(own)
        self.set_reactive(App.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())

    # Who and where --------------------------------------------------------------------------------------------------

    @property
    def actor(self) -> Actor:
        """The actor of every write. RuntimeError before anybody is signed in."""
        if self.person is None:
            raise RuntimeError("nobody is signed in")
        return self.person.actor

    @property
    def who(self) -> str:
        """`maria (support)`, or nothing yet."""
        return self.person.who if self.person is not None else ""

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written: asked for, a standby, or a write-protected file."""
        return self.launch.read_only or (self.database is not None and self.database.read_only)

    def may(self, codename: str) -> bool:
        """Whether the person who is signed in holds this permission."""
        return self.person is not None and self.person.may(codename)

    def enter(self, person: Person) -> None:
        """Opens the first area that this person may see."""
        self.person = person
        self.staged.begin()
        self.switch_mode(next(area.id for area in AREAS if person.may(area.permission)))
        rescued.tell(self)

    def action_area(self, name: str) -> None:
        """Opens an area, or says politely that the role does not include it."""
        area = next(area for area in AREAS if area.id == name)
        if self.may(area.permission):
            self.switch_mode(name)
        elif self.person is not None:
            self.warn(greyed.lacking(area.title, area.permission))

    def to_first_area(self) -> bool:
        """Goes from another area to the first one that the role includes; false where that is not a step."""
        areas = [area.id for area in AREAS if self.may(area.permission)]
        if self.current_mode not in areas[1:]:
            return False
        self.switch_mode(areas[0])
        return True

    def action_lock(self) -> None:
        """Locks the screen."""
        self.lock.close()

    def action_me(self) -> None:
        """Opens the page of whoever is signed in."""
        from tui.screens.me.screen import open_me

        open_me(self)

    def push_screen(self, screen: Any, *args: Any, mode: str | None = None, **options: Any) -> Any:
        """As Textual's; what is opened while the lock stands in front waits behind it."""
        return super().push_screen(screen, *args, mode=mode or self.lock.behind or None, **options)

    # Saying things --------------------------------------------------------------------------------------------------

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,  # noqa: ARG002 - never: a toast can hold a name
    ) -> None:
        """One plain line; whatever it holds is made visible and read as text."""
        if self.lock.is_on:
            self.lock.keep(message, severity)
            return
        line = sanitise(" ".join(message.split("\n")), 300)
        if any(shown.message == line for shown in self._notifications):
            return  # a fault is met by many at once, and by whoever tries again
        super().notify(line, title=sanitise(title, 80), severity=severity, timeout=timeout, markup=False)

    def warn(self, sentence: str) -> None:
        """A toast for what was refused or went wrong; stays longer."""
        self.notify(sentence, severity="warning", timeout=8)

    def copy(self, text: str, what: str, *, secret: bool = False) -> None:
        """Copies through the terminal and says what was sent."""
        self.notify(self.clipboard_care.send(text, what, secret=secret))

    def trouble(self, error: BaseException) -> str:
        """Keeps an error for Status and returns its sentence; what the program did not expect leaves an incident."""
        self.connection.heard(error)
        incident = None if is_expected(error) else record_incident(error)
        found = describe(error, str(incident or ""))
        self.troubles.append(found)
        return found.sentence

    # Leaving ----------------------------------------------------------------------------------------------------------

    async def action_quit(self) -> None:
        self.leave()

    def leave(self) -> None:
        """Leaves, or says what is still running, or asks what becomes of what is staged."""
        from tui.screens.changes.leaving import ask_to_leave

        ask_to_leave(self)

    async def on_unmount(self) -> None:
        """Ends the session and closes the database, in bounded time."""
        from tui.screens.start.opening import close_and_sign_out

        database, self.database = self.database, None
        if database is not None:
            await close_and_sign_out(database, self.person, self.trouble)

    def action_help_quit(self) -> None:
        self.notify("ctrl+c does not leave. q at the top or ctrl+q does.")

    # Keys -----------------------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded:
            self.lock.touched()
            if self._hearing.is_deaf_to(event):
                return
        await super().on_event(event)

    async def hear(self, event: events.Key | events.Paste) -> None:
        if not self._hearing.is_deaf_to(event):  # what was typed before it may have opened a dialog
            await super().hear(event)

    def on_resize(self, event: events.Resize) -> None:
        """Paints everything: the terminal may have been another size in between, and cut what stood there. The palette
        is Textual's own screen and would hide the environment in a small terminal."""
        self._hearing.resized(*event.size)
        self.screen.refresh()
        if is_too_small(*event.size) and isinstance(self.screen, CommandPalette):
            self.pop_screen()

    async def run_action(self, action: Any, default_namespace: Any = None, namespaces: Any = None) -> bool:
        """As Textual's; a key that is greyed says why."""
        done = await super().run_action(action, default_namespace, namespaces)
        return done or greyed.say(self, action, default_namespace)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("area", "lock", "me") and self.person is None:
            return False
        if action in ("focus_next", "focus_previous") and getattr(self.focused, "takes_tab", False):
            return False
        if self.lock.is_on and action in ("area", "lock", "me", "help", "command_palette"):
            return False
        return super().check_action(action, parameters)

    def action_help(self) -> None:
        """The keys of the screen in front."""
        from tui.screens.dialogs.help import HelpDialog

        self.push_screen(HelpDialog.of(self.screen))

    def action_command_palette(self) -> None:
        """Every command by name."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    # Looks ------------------------------------------------------------------------------------------------------------

    def choose_theme(self, name: str) -> None:
        """Changes the theme; the next start has it too."""
        self.theme = name
        remember_theme(name)
