"""The application as its terminal sees it: what reaches the wire, what it waits for before it ends, and how it crashes.

Nothing of users or databases; that is in `tui.app`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import events
from textual.app import App
from textual.css.query import NoMatches

from tui.terminal.crash import EXIT_CRASHED, crash_line, on_loop_exception
from tui.terminal.in_order import Follower, InOrder
from tui.terminal.line_filter import ControlFilter

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.filter import LineFilter


class TerminalApp(App[int]):
    """An application that loses no write when it ends. After `run()`, `return_code` is the exit status."""

    def __init__(self) -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.busy: list[str] = []
        """What is being written now, as `... is still running` completes it."""
        self.on_leaving: Callable[[int], object] = lambda _status: None
        """Told the exit status when the interface begins to end: `tui.terminal.leaving` bounds what follows."""
        self._idle = asyncio.Event()
        self._idle.set()
        self._control_filter = ControlFilter()
        self._in_order = InOrder(self)

    def on_mount(self) -> None:
        asyncio.get_running_loop().set_exception_handler(on_loop_exception)

    # Ending ---------------------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self, label: str) -> Iterator[None]:
        """While inside, quitting is refused with `label` (`"reset of alice"`) as the reason."""
        self.busy.append(label)
        self._idle.clear()
        try:
            yield
        finally:
            self.busy.remove(label)
            if not self.busy:
                self._idle.set()

    async def leave_now(self, status: int) -> None:
        """Leaves on a signal, or when asked for twice: waits for a running write, which `on_leaving` bounds."""
        self.on_leaving(status)
        await self._idle.wait()
        self.exit(return_code=status)

    def exit(self, result: int | None = None, return_code: int = 0, message: Any = None) -> None:
        """As Textual's, but bounded: a thread or a server that stands still does not keep the person."""
        self.on_leaving(return_code)
        super().exit(result, return_code, message)

    # Keys -----------------------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._in_order.take(event)
        else:
            await super().on_event(event)

    async def hear(self, event: events.Key | events.Paste) -> None:
        """A key, or a paste, once what was typed before it has acted."""
        await super().on_event(event)

    async def on_follower(self, message: Follower) -> None:
        await self._in_order.arrived(message)

    # The terminal ---------------------------------------------------------------------------------------------------

    def get_driver_class(self) -> type[Driver]:
        from textual.drivers.linux_driver import LinuxDriver

        from tui.terminal.driver import PatientDriver

        found = super().get_driver_class()
        return PatientDriver if found is LinuxDriver else found

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._control_filter]

    def _handle_exception(self, error: Exception) -> None:
        """A crash: one line without data, a true exit status. Textual's own way prints local variables."""
        if self._exit and isinstance(error, NoMatches):
            return  # what was opened at the moment of leaving never got its widgets, or has lost them
        self.on_leaving(EXIT_CRASHED)
        self._return_code = EXIT_CRASHED
        if self._exception is None:
            self._exception = error
            self._exit_renderables[:] = [Text(crash_line(error), no_wrap=True, overflow="ignore")]
            wakes_pilot: Any = self._exception_event
            wakes_pilot.set()
        self._close_messages_no_wait()
