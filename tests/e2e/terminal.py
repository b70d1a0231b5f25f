"""A program in a pseudo-terminal: type keys, wait for what is shown, read the raw bytes that reached the terminal.

`raw` keeps every byte the program wrote; `text()` is the screen as a person sees it. Nothing sleeps: every wait is for
a state, with a deadline.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self

import pexpect
import pyte
from wcwidth import wcwidth

KEYS: Final = {
    "enter": "\r",
    "tab": "\t",
    "escape": "\x1b",
    "backspace": "\x7f",
    "space": " ",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f5": "\x1b[15~",
}

_UNKNOWN_TO_PYTE: Final = re.compile(rb"\x1b\[[<>=?]?[0-9;]*\$?[pu]")
_UNFINISHED: Final = re.compile(rb"\x1b(?:\[[<>=?]?[0-9;]*\$?)?$")
_ORDINARY: Final = re.compile(rb"\x1b\]22;[a-z-]*\x07|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>78]|[\r\n\x08]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class _Screen(pyte.Screen):
    """Draws no mark that takes no cell: pyte drops the rest of the text behind one whose combining class is 0."""

    def draw(self, data: str) -> None:
        super().draw("".join(one for one in data if unicodedata.combining(one) or wcwidth(one) != 0))


class Terminal:
    """`argv` running in a terminal of so many cells; use it as a context manager, which ends it."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        # COLUMNS and LINES, which parallel test runners set, would count for more than the terminal's own size.
        foreign = ("TEXTUAL", "NO_COLOR", "COLUMNS", "LINES")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        kept |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **(environment or {})}
        self.raw = b""
        self._pending = b""
        self._screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._child: Any = pexpect.spawn(
            argv[0], list(argv[1:]), dimensions=(rows, columns), env=kept, cwd=directory, timeout=None, echo=True
        )

    @classmethod
    def python(
        cls,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> Self:
        """This interpreter, with `-m tui ...` or a script."""
        return cls(
            [sys.executable, *arguments], columns=columns, rows=rows, environment=environment, directory=directory
        )

    @property
    def pid(self) -> int:
        """The program's process id."""
        return int(self._child.pid or 0)

    @property
    def is_running(self) -> bool:
        return bool(self._child.isalive())

    def press(self, *names: str) -> None:
        """Presses keys by name (`enter`, `ctrl+s`, `f1`) or as themselves (`a`)."""
        for name in names:
            if name.startswith("ctrl+") and len(name) == 6:
                self._child.send(bytes([ord(name[-1].upper()) - 64]))
            else:
                self._child.send(KEYS.get(name, name).encode())

    def write(self, text: str) -> None:
        """Types text as it is."""
        self._child.send(text.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Another size of the window; the program is told as usual."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the program alone."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Closes the terminal, as when its window is closed."""
        os.close(self._child.child_fd)

    def text(self) -> str:
        """The screen now, trailing spaces cut."""
        self._read()
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(self, text: str, *, seconds: float = 30.0) -> str:
        """Returns the screen once `text` stands on it; AssertionError with the screen otherwise."""
        return self.wait_until(lambda screen: text in screen, f"{text!r} on the screen", seconds=seconds)

    def wait_gone(self, text: str, *, seconds: float = 30.0) -> str:
        """Returns the screen once `text` stands on it no more."""
        return self.wait_until(lambda screen: text not in screen, f"{text!r} gone", seconds=seconds)

    def wait_until(self, is_so: Callable[[str], bool], what: str, *, seconds: float = 30.0) -> str:
        """Returns the screen once `is_so(screen)`; AssertionError naming `what` otherwise."""
        deadline = monotonic() + seconds
        while True:
            screen = self.text()
            if is_so(screen):
                return screen
            if monotonic() > deadline or not self._child.isalive():
                state = "running" if self._child.isalive() else f"ended with {self.status()}"
                raise AssertionError(f"waited {seconds} s for {what}; program {state}; screen:\n{screen}")

    def wait_exit(self, *, seconds: float = 15.0) -> int:
        """The exit status, 128 + n after a signal n; AssertionError while it still runs."""
        deadline = monotonic() + seconds
        while self._child.isalive():
            self._read()
            if monotonic() > deadline:
                raise AssertionError(f"still running after {seconds} s; screen:\n{self.text()}")
        self._read()
        return self.status()

    def status(self) -> int:
        """How it ended, as a shell counts."""
        if self._child.exitstatus is not None:
            return int(self._child.exitstatus)
        return 128 + int(self._child.signalstatus or 0)

    def modes_left_on(self) -> set[int]:
        """Private modes that were switched on and never off: what a broken exit leaves behind."""
        on: set[int] = set()
        for numbers, switch in re.findall(rb"\x1b\[\?([0-9;]+)([hl])", self.raw):
            for number in map(int, numbers.split(b";")):
                (on.add if switch == b"h" else on.discard)(number)
        return on - {7, 25}  # wrapping and the cursor are meant to be on

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child.isalive():
            self._child.kill(signal.SIGKILL)
            self._child.wait()
        with suppress(OSError):
            self._child.close(force=True)

    def _read(self) -> None:
        """Takes what is there, waiting 20 ms at most for something to come."""
        try:
            data = self._child.read_nonblocking(65536, timeout=0.02)
        except (pexpect.TIMEOUT, pexpect.EOF, OSError, ValueError):
            return
        self.raw += data
        data = self._pending + bytes(data)
        unfinished = _UNFINISHED.search(data)
        self._pending = unfinished[0] if unfinished else b""
        data = data[: len(data) - len(self._pending)]
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data))


def stray_controls(raw: bytes) -> list[str]:
    """What in the bytes is neither text nor one of the plain sequences that a Textual program writes.

    Empty for an honest screen; a name from the database that reached the terminal raw shows up here (as would OSC 52,
    which only copying may send).
    """
    text = _ORDINARY.sub(b"", raw).decode("utf-8", errors="surrogateescape")
    return sorted({ascii(found) for found in _CONTROL.findall(text)})
