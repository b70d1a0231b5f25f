"""The list of users that reads itself again every few seconds: never in the way of anything else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tui.screens.replica import reads_of
from tui.screens.users.opening import Refusal, open_list

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.browse.lists.pages import UserSource
    from tui.screens.users.screen import UsersScreen

PERIOD: Final = 10.0
"""Seconds between two reads; each costs about a page."""


GROUP: Final = "live"


class Live:
    """Reads the rows around the cursor again while nothing else is going on.

    It waits while another screen, a dialog or the lock stands in front, while somebody types, and while rows are read.
    After a failure it stands still until the list could be read again, which the status line says.
    """

    def __init__(self, screen: UsersScreen) -> None:
        self._screen = screen
        self._timer: Timer | None = None

    @property
    def is_on(self) -> bool:
        """Whether somebody asked for it."""
        return self._timer is not None

    def toggle(self) -> None:
        """Begin, or stop."""
        if self._timer is None:
            self._timer = self._screen.set_interval(PERIOD, self.look)
        else:
            self._timer.stop()
            self._timer = None
        self._screen.users.stand(live=self.is_on)

    def look(self) -> None:
        """Read again, unless something else comes first."""
        screen = self._screen
        in_front = screen.app.screen is screen and not screen.shell.lock.is_on
        reading = any(worker.group == f"read:{GROUP}" and not worker.is_finished for worker in screen.workers)
        if in_front and not reading and not screen.box.has_focus_within and screen.users.is_quiet:
            work = partial(open_list, *screen.users.wanted, reads_of(screen.shell))
            screen.run_read(work, self._take, group=GROUP, failed=screen.users.fail)

    def _take(self, source: UserSource | Refusal) -> None:
        if isinstance(source, Exception):
            self._screen.users.fail(self._screen.shell.trouble(source))
        else:
            self._screen.users.renew(source)
