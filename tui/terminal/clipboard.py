"""Copying through the terminal (OSC 52): says what was sent, and takes secrets back after half a minute."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer

KEPT_SECONDS: Final = 30.0
OVERWRITE: Final = "\x1b]52;c;IA==\a"
"""What puts one space into the terminal's clipboard, for who writes past Textual."""
TMUX_HINT: Final = " In tmux this needs: set -g set-clipboard on"


class Clipboard:
    """The one way to the clipboard. What reaches it depends on the terminal, so the words claim only the sending."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._timer: Timer | None = None
        self._holds_secret = False
        self._hint = TMUX_HINT if "TMUX" in os.environ else ""

    def send(self, text: str, what: str, *, secret: bool = False) -> str:
        """Sends `text`; returns the sentence that says so. After 30 s it is forgotten here, a secret also out there."""
        self._app.copy_to_clipboard(text)
        self._holds_secret = secret
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._app.set_timer(KEPT_SECONDS, self.forget)
        cleared = f", cleared in {KEPT_SECONDS:.0f} s" if secret else ""
        hint, self._hint = self._hint, ""  # once is enough: a toast of two lines covers the status line
        return f"Sent {what} to the terminal's clipboard (OSC 52){cleared}.{hint}"

    @property
    def holds_secret(self) -> bool:
        """Whether a secret that was sent from here has not been overwritten yet."""
        return self._holds_secret

    def forget(self) -> None:
        """Drops Textual's own copy; overwrites the terminal's clipboard if a secret was sent there."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._holds_secret:
            self._holds_secret = False
            self._app.copy_to_clipboard(" ")
        self._app._clipboard = ""
