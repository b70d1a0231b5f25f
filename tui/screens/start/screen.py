"""The first thing painted: which database is being opened, and what to do if that fails.

The database stack is imported after this screen is on the terminal, so that a person sees the program before it is
complete. What comes next (the first start, signing in, an area) is decided here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.base import AreaScreen
from tui.screens.start.opening import Found, open_and_look

if TYPE_CHECKING:
    from textual.screen import Screen

EXIT_UNAVAILABLE: Final = 5
SETTLED_AFTER: Final = 1.0
OPEN_DEADLINE: Final = 60.0
"""Seconds: making the demo's people is part of it."""


class StartScreen(AreaScreen):
    """Stands below everything else; comes into sight while opening and when that failed."""

    CRUMB = "Start"
    INTRO = "The database is being opened. If it does not answer, ctrl+r tries again and q leaves."
    HINTS = ("list.refresh", "app.back")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list.refresh")]

    DEFAULT_CSS = """
    StartScreen #start { align: center middle; height: 1fr; width: 100%; }
    StartScreen #what { width: auto; max-width: 76; height: auto; }
    StartScreen #hint { width: auto; max-width: 76; height: auto; color: $text-muted; }
    """

    _reported = False  # whether what is opened is being made, which says itself what goes on and cannot be halted
    _may_retry = False

    def compose_body(self) -> ComposeResult:
        with Vertical(id="start"):
            yield Static(Content(f"Opening {sanitise(self.shell.launch.label, 60)} ..."), id="what")
            yield Static("", id="hint")

    def on_mount(self) -> None:
        self.call_after_refresh(self._open)

    def action_refresh(self) -> None:
        """Tries again after a failure."""
        if self.shell.database is None:
            self._say(f"Opening {self.shell.launch.label} ...")
            self._open()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "refresh":
            return self._may_retry
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """Esc: stops waiting for a database; leaves while one is made, and from what could not be opened."""
        if not self._reported and self._reads.stop():
            self.notice = ""
            self._failed(f"Stopped waiting for {self.shell.launch.label}: it has not answered.")
            return
        self.shell.leave()

    def _show_slow(self, slow: bool) -> None:
        super()._show_slow(slow and not self._reported)

    def _retry(self, possible: bool) -> None:
        self._may_retry = possible
        self.refresh_bindings()

    def _open(self) -> None:
        def report(sentence: str) -> None:
            self._reported = True
            self.notice = ""
            self.call_later(self._say, sentence)

        self._retry(False)
        work = partial(open_and_look, self.shell.launch, report)
        self.run_read(work, self._opened, group="open", deadline=OPEN_DEADLINE, failed=self._failed)

    def _say(self, sentence: str, hint: str = "") -> None:
        self.query_one("#what", Static).update(Content(sanitise(sentence, 400)))
        self.query_one("#hint", Static).update(Content(sanitise(hint, 200)))

    def _failed(self, sentence: str) -> None:
        self._settle()
        self.shell.failed_status = EXIT_UNAVAILABLE
        self._say(sentence, "ctrl+r tries again · q leaves")
        self._reported = False
        self._retry(True)

    def _settle(self) -> None:
        """The imports of a start are behind us once the next screen has painted."""
        self.shell.set_timer(SETTLED_AFTER, self.shell.on_settled)

    def _opened(self, found: Found) -> None:
        self._settle()
        self.shell.failed_status = 0
        self.shell.database = found.opening.database
        self.shell.connection.watch()
        self.shell.demo_password = found.opening.password
        self._say(f"{self.shell.launch.label} is open.")
        for warning in found.opening.database.warnings:
            self.shell.warn(warning)
        if found.person is not None:
            self.shell.enter(found.person)
        elif found.identity.pending:
            self._migrate_first(found)
        else:
            self.app.push_screen(_next_screen(found))

    def _migrate_first(self, found: Found) -> None:
        from tui.screens.start.first_start import FirstStartScreen

        self.app.push_screen(FirstStartScreen(found.identity), self._migrated)

    async def _migrated(self, _: None) -> None:
        """Opens again: nothing that was prepared for the older schema is left, and what comes next is found anew."""
        database, self.shell.database = self.shell.database, None
        if database is not None:
            await database.close()
        self.action_refresh()


def _next_screen(found: Found) -> Screen[None]:
    """Whoever is asked first: the first superuser, or anybody with an account."""
    if not found.has_superuser:
        from tui.screens.start.first_superuser import FirstSuperuserScreen

        return FirstSuperuserScreen()
    from tui.screens.start.sign_in import SignInScreen

    return SignInScreen()
