"""The screen that every area builds on: header, body, footer, help, palette, and database work.

A screen says what it is by class variables (CRUMB, INTRO, HINTS) and composes its body; it never opens a connection,
never waits for one on the interface's own task, and never puts a `str` of the database into a widget.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.reactive import reactive

from tui.keys import bindings
from tui.screens import greyed
from tui.screens.palette import Command
from tui.screens.sturdy import Sturdy
from tui.screens.work import READ_DEADLINE, Reads, start_write
from tui.widgets.exposed import exposed
from tui.widgets.footer import Footer
from tui.widgets.header import Header
from tui.widgets.keyset_messages import RowOpened
from tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from textual.message import Message

    from tui.app import ShellbackApp
    from tui.widgets.keyset_messages import LoadSlow
    from tui.widgets.keyset_table import KeysetTable

R = TypeVar("R")

WAITING: Final = "Waiting for the database, Esc stops waiting"


class AreaScreen(Sturdy[None]):
    """A full screen of the application: an area, or a page opened from one.

    Compose the body in `compose_body`; mount work starts in `on_mount` with `run_read`.
    """

    CRUMB: ClassVar[str] = ""
    """The name of this screen in the header's trail."""

    INTRO: ClassVar[str] = ""
    """One or two sentences at the top of the help."""

    HINTS: ClassVar[tuple[str, ...]] = ()
    """Ids of keys for the footer, most wanted first; six are shown at most, `?` is always added."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app.back")]

    notice: reactive[str] = reactive("")
    """A few words before the hints of the footer while something is waited for; empty when nothing is."""

    def compose(self) -> ComposeResult:
        yield Header()
        yield from exposed(self.shell.launch.exposed)
        yield from self.compose_body()
        yield Footer()
        yield TooSmall()

    def compose_body(self) -> ComposeResult:
        """The widgets between header and footer."""
        yield from ()

    @property
    def shell(self) -> ShellbackApp:
        """The application, by its own type."""
        return cast("ShellbackApp", self.app)

    def crumbs(self) -> Sequence[str]:
        """The trail shown in the header: `("Users", "alice")`. Names are sanitised by the header."""
        return (self.CRUMB,)

    def hints(self) -> Sequence[str]:
        """HINTS, or others where those depend on what is in front; read at every `refresh_bindings()`."""
        return self.HINTS

    def commands(self) -> Iterable[Command]:
        """Commands for the palette beyond the keys of this screen."""
        return ()

    def why_not(self, action: str) -> str:  # noqa: ARG002
        """Why the key of an action cannot be used now, where that is not for a permission; nothing where it can."""
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Greys what cannot be used now; pressing it says why."""
        return None if greyed.reason(self, action) else super().check_action(action, parameters)

    def typed(self, text: str) -> Command | None:  # noqa: ARG002
        """A command made of what is typed into the palette: `goto 50%`."""
        return None

    async def _dispatch_message(self, message: Message) -> None:
        """A row is opened by the first of many clicks or keys: the others meant the list, which is covered by now."""
        if not isinstance(message, RowOpened) or self.is_current:
            await super()._dispatch_message(message)

    def watch_notice(self) -> None:
        """The footer says it."""
        for footer in self.query(Footer):
            footer.refresh()

    def refresh_header(self) -> None:
        """Draws the header again after `crumbs()` would answer something else."""
        for header in self.query(Header):
            header.refresh()

    # Database work ------------------------------------------------------------------------------------------------

    def run_read(
        self,
        work: Callable[[], Awaitable[R]],
        then: Callable[[R], object],
        *,
        group: str = "read",
        deadline: float = READ_DEADLINE,
        failed: Callable[[str], object] | None = None,
        again: bool = False,
    ) -> None:
        """Reads in a worker; `then(result)` runs on this screen's own task if nothing newer of `group` was asked.

        An error becomes one sentence, kept for Status, and goes to `failed(sentence)` or to a toast. `deadline` is in
        seconds. After one second the footer says what is waited for, and Esc stops waiting. `again` is for what the
        screen shows: where the connection was lost, it is read again once that is back.
        """
        self._reads.start(work, then, group=group, deadline=deadline, failed=failed, again=again)

    def run_write(
        self,
        label: str,
        work: Callable[[], Awaitable[R]],
        then: Callable[[R], object],
        *,
        failed: Callable[[str], object] | None = None,
        is_long: bool = False,
    ) -> bool:
        """Writes in a worker of the application, which goes on when this screen is left; quitting waits for it.

        `label` completes "... is still running" (`"reset of alice"`). False, with a toast, while another write runs.
        One that `is_long` says itself how far it is.
        """
        return start_write(self.shell, self, label, work, then, failed, is_long=is_long)

    @property
    def _reads(self) -> Reads:
        if self._reads_made is None:
            self._reads_made = Reads(self.shell, self, self._show_slow)
        return self._reads_made

    _reads_made: Reads | None = None

    def _show_slow(self, slow: bool) -> None:
        self.notice = WAITING if slow or self._slow_tables is not None else ""

    # Tables read by themselves: their screen says what they wait for, and when to try again.

    _slow_tables: ExitStack | None = None

    def on_mount(self) -> None:
        self.shell.connection.back.subscribe(self, self._tables_again)

    def on_load_slow(self, event: LoadSlow) -> None:
        """Rows have been waited for so long that it is said, or came."""
        event.stop()
        if event.slow and self._slow_tables is None:
            self._slow_tables = ExitStack()
            self._slow_tables.enter_context(self.shell.connection.waiting(after=0))
        elif not event.slow and self._slow_tables is not None:
            self._slow_tables.close()
            self._slow_tables = None
        self._show_slow(self._reads.is_late)

    def _tables_again(self, _: bool) -> None:
        for table in self.query("KeysetTable"):  # by its name: its module brings the database stack
            cast("KeysetTable[object]", table).read_again()

    # Keys -----------------------------------------------------------------------------------------------------------

    def action_back(self) -> None:
        """Esc: stops waiting if the footer says so, else one step back."""
        if self._reads.stop_waiting():
            self.notice = ""
            return
        self.leave()

    def leave(self) -> None:
        """One step back: to the screen below, from an area to the first one, out of the application from there."""
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)
        elif not self.shell.to_first_area():
            self.shell.leave()
