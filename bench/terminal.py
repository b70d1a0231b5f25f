"""A program in a pseudo-terminal, timed: from the process's start, and from a key to the last byte that it paints.

The bytes are read raw, so that what is timed is the program and not a terminal's drawing; a pyte screen is fed with the
same bytes to know what is on it.
"""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

import psutil
import pyte

QUIET = 0.008
"""A paint has ended when nothing came for so long, in seconds. Textual writes one in a single burst, whose pieces come
within a tenth of a millisecond; what is painted later (a preview, when the cursor rests) is another paint."""


class TimedTerminal:
    """One run of `argv` in a terminal of `columns` x `rows`. Use as a context manager: it ends the process."""

    def __init__(
        self, argv: Sequence[str], columns: int = 120, rows: int = 40, environment: Mapping[str, str] | None = None
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._unread = bytearray()
        self._heard = bytearray()
        self._came = 0.0
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            with contextlib.suppress(OSError):
                fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            # A machine that forbids bytecode compiles the program at each start, which nobody who installed it does.
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
            variables = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
            os.execvpe(argv[0], list(argv), variables)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        os.close(self._fd)

    @property
    def text(self) -> str:
        """The screen as it stands, a line a row. Slow: never asked for while something is timed to the millisecond."""
        self._stream.feed(bytes(self._unread))
        self._unread.clear()
        return "\n".join(self.screen.display)

    def heard(self, needle: bytes, deadline: float = 30.0) -> float:
        """Reads until the program has written `needle` since it started; the seconds until then.

        Raises TimeoutError with the screen when it does not within `deadline` seconds.
        """
        return self._until_heard(needle, self.started, deadline)

    def wait(self, seen: Callable[[str], bool], deadline: float = 30.0) -> float:
        """Reads until `seen` holds of the screen's text; the seconds since the process started.

        Raises TimeoutError with the screen when it does not hold within `deadline` seconds.
        """
        end = time.perf_counter() + deadline
        while time.perf_counter() < end:
            self._read(0.02)
            if seen(self.text):
                return time.perf_counter() - self.started
        raise TimeoutError(f"not seen within {deadline} s:\n{self.text}")

    def key(self, keys: bytes, deadline: float = 30.0) -> float:
        """Types `keys`; the seconds until the last byte of the first paint that answers."""
        sent = self._type(keys)
        painted = False
        while time.perf_counter() - sent < deadline:
            if self._read(QUIET):
                painted = True
            elif painted:
                return self._came - sent
        raise TimeoutError(f"{keys!r} was not answered within {deadline} s:\n{self.text}")

    def until(self, keys: bytes, needle: bytes, deadline: float = 60.0) -> float:
        """Types `keys`; the seconds until the program has written `needle` in answer."""
        return self._until_heard(needle, self._type(keys), deadline)

    def settle(self, quiet: float = 0.3, deadline: float = 10.0) -> None:
        """Reads until nothing came for `quiet` seconds."""
        end = time.perf_counter() + deadline
        while time.perf_counter() < end and self._read(quiet):
            pass

    def memory(self) -> float:
        """Resident memory of the process, in MB (10^6 bytes)."""
        return float(psutil.Process(self.pid).memory_info().rss) / 1e6

    def type(self, keys: bytes) -> None:
        """Types `keys`, whether or not anything is painted for them."""
        self._type(keys)

    def _type(self, keys: bytes) -> float:
        """Types `keys` after everything written so far was read; the moment."""
        while self._read(0):
            pass
        self._heard.clear()
        sent = time.perf_counter()
        os.write(self._fd, keys)
        return sent

    def _until_heard(self, needle: bytes, since: float, deadline: float) -> float:
        end = time.perf_counter() + deadline
        while needle not in self._heard:
            if time.perf_counter() > end:
                raise TimeoutError(f"{needle!r} was not written within {deadline} s:\n{self.text}")
            self._read(0.02)
        return self._came - since

    def _read(self, wait: float) -> bool:
        """Reads once if something comes within `wait` seconds; drawing it on the screen is left for later.

        Raises EOFError with the screen when the program has ended.
        """
        ready, _, _ = select.select([self._fd], [], [], wait)
        if not ready:
            return False
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:  # what Linux says of a terminal that nobody holds open any more
            raise EOFError(f"the program has ended:\n{self.text}") from None
        self._came = time.perf_counter()
        self._unread += data
        self._heard += data
        return True


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0..1) of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
