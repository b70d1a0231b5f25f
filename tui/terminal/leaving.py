"""Leaving, by a key, a crash, SIGTERM, SIGHUP or SIGINT: the interface is gone within five seconds and the terminal is
whole again.

The handlers of signals are Python's own, not the loop's: they also run when the loop is stuck. A watchdog thread ends
the process when the orderly way takes too long, after putting the terminal back by itself.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
import threading
from typing import TYPE_CHECKING, Any, Final

from tui.terminal.clipboard import OVERWRITE

if TYPE_CHECKING:
    from types import FrameType

    from tui.app import ShellbackApp

SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
PATIENCE: Final = 4.0
"""Seconds for the orderly way: a running commit is waited for, then the database is closed."""

_OFF: Final = (2026, 2004, 2048, 1000, 1003, 1015, 1006, 1016, 1004)
_RESTORE: Final = "".join(f"\x1b[?{mode}l" for mode in _OFF) + "\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"
"""What Textual switched on, switched off: a frame that is held back until it is whole, paste marks, wrapping, resize
reports, mouse, kitty keys, other screen."""


class Leaving:
    """Turns signals into leaving. Made on the main thread before the interface starts."""

    def __init__(self, app: ShellbackApp) -> None:
        self._app = app
        self._signal: int | None = None
        self._attributes = _attributes()
        self._task: asyncio.Future[None] | None = None
        self._watched = False
        self._gone = threading.Event()

    def install(self) -> None:
        """Takes the signals and every other way out; the interface is not running yet."""
        self._app.on_leaving = self._bound
        for number in SIGNALS:
            signal.signal(number, self._on_signal)

    @property
    def status(self) -> int | None:
        """128 + the signal that ended the interface, as shells count; None if none did."""
        return None if self._signal is None else 128 + self._signal

    def gone(self) -> None:
        """The interface has ended by itself: the process is nobody's but its caller's again."""
        self._gone.set()
        if self._app.clipboard_care.holds_secret:
            _write_to_terminal(OVERWRITE)

    def _bound(self, status: int) -> None:
        """From now on the process ends within `PATIENCE`, with this status where it must be made to."""
        if not self._watched:
            self._watched = True
            threading.Thread(target=self._watch, args=(status,), name="leave", daemon=True).start()

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if self._signal is not None:
            return
        self._signal = number
        self._bound(128 + number)
        loop = self._app._loop
        if loop is None:
            sys.exit(128 + number)
        loop.call_soon_threadsafe(self._leave, 128 + number)

    def _leave(self, status: int) -> None:
        self._task = asyncio.ensure_future(self._app.leave_now(status))

    def _watch(self, status: int) -> None:
        if not self._gone.wait(PATIENCE):
            self.restore_terminal()
            os._exit(self.status or status)

    def restore_terminal(self) -> None:
        """Puts the terminal back without the interface's help; harmless when that is done already. A secret in its
        clipboard is overwritten."""
        overwrite = OVERWRITE if self._app.clipboard_care.holds_secret else ""
        _write_to_terminal(_RESTORE + overwrite, self._attributes)


def _write_to_terminal(text: str, attributes: list[Any] | None = None) -> None:
    try:
        descriptor = os.open("/dev/tty", os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return
    try:
        os.write(descriptor, text.encode("ascii"))
        if attributes is not None:
            termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
    except (OSError, termios.error):
        pass
    finally:
        os.close(descriptor)


def _attributes() -> list[Any] | None:
    try:
        return termios.tcgetattr(0)
    except termios.error:
        return None
