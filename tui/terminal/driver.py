"""What reads the keyboard: bytes that are no UTF-8 are typed as U+FFFD, what nobody typed is no key, and an error of
the reading thread ends the program as every other one does, without data. Textual 8.2.8 ends with a traceback at the
first such byte."""

from __future__ import annotations

from codecs import getincrementaldecoder
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.drivers import linux_driver

from tui.terminal.answers import PatientParser

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

CLICKS_AT_ONCE: Final = 10
CLICKS_A_SECOND: Final = 20
"""Nobody presses a button of the mouse more often; what comes faster would only keep the keys waiting."""


class PatientDriver(linux_driver.LinuxDriver):
    """Textual's driver for a terminal, patient with what a terminal sends."""

    _clicks: float = CLICKS_AT_ONCE
    _clicked = 0.0
    _is_held = False

    def process_message(self, message: Message) -> None:
        """Hands on what was typed and clicked, and of a flood of clicks what a hand could have done."""
        if isinstance(message, events.MouseDown):
            now = monotonic()
            self._clicks = min(CLICKS_AT_ONCE, self._clicks + (now - self._clicked) * CLICKS_A_SECOND)
            self._clicked = now
            self._is_held = self._clicks >= 1
            self._clicks -= self._is_held
        if self._is_held or not isinstance(message, events.MouseDown | events.MouseUp):
            super().process_message(message)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - whatever it is, the program ends in its own way
            app: Any = self._app
            app.call_later(app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Reads until the program ends."""
        module: Any = linux_driver
        module.getincrementaldecoder = _patient  # the decoder and the parser are made inside the method below
        module.XTermParser = PatientParser
        super().run_input_thread()


def _patient(encoding: str) -> Callable[[], Any]:
    return partial(getincrementaldecoder(encoding), errors="replace")
