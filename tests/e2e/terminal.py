"""A program in a pseudo-terminal: type keys, wait for what is shown, read the raw bytes that reached the terminal.

`raw` keeps every byte the program wrote; `text()` is the screen as a person sees it, never half a frame of it. Every
wait is for a state, with a deadline.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Final, Self

import pexpect
import pyte
from pyte.modes import IRM
from pyte.screens import Char
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

HAND: Final = 0.05
"""Seconds between two keys."""

DEAF: Final = 0.35
"""Seconds after which a dialog that was seen takes keys; it takes none in its first 300 ms."""

_NOT_FOR_PYTE: Final = re.compile(rb"\x1b\[[<>=?]?[0-9;]*\$?[pu]|\x1b\[[0-9;]*m")
"""What pyte does not know, and colours: no test asks for them here, and they are four bytes in five."""

_ASKS_FOR_FRAMES: Final = b"\x1b[?2026$p"
_HAS_FRAMES: Final = b"\x1b[?2026;2$y"
_FRAME_BEGINS: Final = b"\x1b[?2026h"
_FRAME_ENDS: Final = b"\x1b[?2026l"
"""Synchronized output, as most terminals have it: a frame is shown once it is whole."""

_ONE_CELL_EACH: Final = re.compile("[ -~\u2500-\u259f]*")
_UNFINISHED: Final = re.compile(rb"\x1b(?:\[[<>=?]?[0-9;]*\$?)?$")
_ORDINARY: Final = re.compile(rb"\x1b\]22;[a-z-]*\x07|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>78]|[\r\n\x08]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


_cell: Final = lru_cache(Char)


class _Screen(pyte.Screen):
    """pyte's, faster where the text is plain; lines are put together again only where something was drawn.

    It draws no mark that takes no cell: pyte drops the rest of the text behind one whose combining class is 0.
    """

    def draw(self, data: str) -> None:
        cursor = self.cursor
        if _ONE_CELL_EACH.fullmatch(data) and cursor.x + len(data) <= self.columns and IRM not in self.mode:
            self.buffer[cursor.y].update(zip(count(cursor.x), map(_cell, data), strict=False))
            cursor.x += len(data)
            self.dirty.add(cursor.y)
        else:
            super().draw("".join(one for one in data if unicodedata.combining(one) or wcwidth(one) != 0))

    def shown(self, lines: list[str]) -> list[str]:
        """The lines as they are now, trailing spaces cut; `lines` are those of the time before."""
        lines = (lines + [""] * self.lines)[: self.lines]
        for y in [y for y in self.dirty if y < self.lines]:
            # A wide character stands in the first of its two cells, nothing in the second.
            lines[y] = "".join([self.buffer[y][x].data for x in range(self.columns)]).rstrip()
        self.dirty.clear()
        return lines


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
        self._pressed = 0.0
        self._seen = 0.0
        self.deaf = DEAF
        self._lines: list[str] = []
        self._screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._child: Any = pexpect.spawn(
            argv[0], list(argv[1:]), dimensions=(rows, columns), env=kept, cwd=directory, timeout=None, echo=True
        )
        self._child.delaybeforesend = None

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

    def settle(self) -> None:
        """Lets the time pass in which a dialog takes no key, since what was waited for last was seen."""
        sleep(max(0.0, self._seen + self.deaf - monotonic()))

    def press(self, *names: str) -> None:
        """Presses keys by name (`enter`, `ctrl+s`, `f1`) or as themselves (`a`)."""
        for name in names:
            if name.startswith("ctrl+") and len(name) == 6:
                self._send(bytes([ord(name[-1].upper()) - 64]))
            else:
                self._send(KEYS.get(name, name).encode())
            self._pressed = monotonic()

    def write(self, text: str) -> None:
        """Types text as it is."""
        self._send(text.encode())

    def _send(self, data: bytes) -> None:
        """As a hand would: after a key it takes a moment to the next one. Within it Esc would make one key of both, and
        text overtakes a key that acts (Ctrl+U), which Textual hands from widget to widget first."""
        sleep(max(0.0, self._pressed + HAND - monotonic()))
        self._child.send(data)

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
        self._lines = self._screen.shown(self._lines)
        return "\n".join(self._lines)

    def wait_for(self, text: str, *, seconds: float = 60.0) -> str:
        """Returns the screen once `text` stands on it; AssertionError with the screen otherwise."""
        return self.wait_until(lambda screen: text in screen, f"{text!r} on the screen", seconds=seconds)

    def wait_gone(self, text: str, *, seconds: float = 60.0) -> str:
        """Returns the screen once `text` stands on it no more."""
        return self.wait_until(lambda screen: text not in screen, f"{text!r} gone", seconds=seconds)

    def wait_until(self, is_so: Callable[[str], bool], what: str, *, seconds: float = 60.0) -> str:
        """Returns the screen once `is_so(screen)`; AssertionError naming `what` otherwise."""
        deadline = monotonic() + seconds
        while True:
            last = monotonic() > deadline
            ended = not self._child.isalive()
            screen = self._last_text() if ended else self.text()
            if is_so(screen):
                self._seen = monotonic()
                return screen
            if ended:
                state = f"ended with {self.status()}"
                raise AssertionError(f"waited for {what}; program {state}; screen:\n{self.last_words()}")
            if last:
                raise AssertionError(f"waited {seconds} s for {what}; program running; screen:\n{screen}")

    def wait_exit(self, *, seconds: float = 30.0) -> int:
        """The exit status, 128 + n after a signal n; AssertionError while it still runs."""
        deadline = monotonic() + seconds
        while self._child.isalive():
            self._read()
            if monotonic() > deadline:
                raise AssertionError(f"still running after {seconds} s; screen:\n{self.text()}")
        self._last_text()
        return self.status()

    def _last_text(self) -> str:
        """The screen once everything is read that a program wrote which has ended."""
        while self._read():
            pass
        return self.text()

    def last_words(self) -> str:
        """The screen of a program that ended, with the incident file that it names: for the report of a test."""
        screen = self._last_text()
        where = re.search(r"without data values: (\S+)", self.raw.decode(errors="replace"))
        if where is None or not Path(where[1]).is_file():
            return screen
        return f"{screen}\n{Path(where[1]).read_text(encoding='utf-8')}"

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

    def _read(self) -> bool:
        """Takes what is there, waiting 20 ms at most for something to come. Whether something came."""
        try:
            data = self._child.read_nonblocking(65536, timeout=0.02)
        except pexpect.TIMEOUT:
            return False
        except (pexpect.EOF, OSError, ValueError):
            sleep(0.02)  # nothing comes any more: whoever waits for the end leaves the processor to the program
            return False
        self.raw += data
        data = self._pending + bytes(data)
        whole = len(data)
        begins = data.rfind(_FRAME_BEGINS)
        if begins >= 0 and data.find(_FRAME_ENDS, begins) < 0:
            whole = begins
        elif unfinished := _UNFINISHED.search(data):
            whole = unfinished.start()
        self._pending = data[whole:]
        data = data[:whole]
        if _ASKS_FOR_FRAMES in data:
            with suppress(OSError):  # it may have ended meanwhile
                self._child.send(_HAS_FRAMES)
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", data))
        return True


def stray_controls(raw: bytes) -> list[str]:
    """What in the bytes is neither text nor one of the plain sequences that a Textual program writes.

    Empty for an honest screen; a name from the database that reached the terminal raw shows up here (as would OSC 52,
    which only copying may send).
    """
    text = _ORDINARY.sub(b"", raw).decode("utf-8", errors="surrogateescape")
    return sorted({ascii(found) for found in _CONTROL.findall(text)})
