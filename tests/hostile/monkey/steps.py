"""What a monkey does, step by step, from a seed alone: the same seed makes the same steps, whatever the program does.

It knows the keys of the program and what can be typed into its forms, or it would never get far into them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.e2e.terminal import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

SIZES: Final = ((80, 24), (120, 40), (60, 15), (59, 14), (200, 50), (1, 1), (10, 3), (100, 24))

_WAYS: Final = (
    "1", "2", "3", "4", "5", "6", "enter", "enter", "enter", "escape", "escape", "escape", "tab", "tab", "backtab",
    "down", "down", "up", "left", "right", "pageup", "pagedown", "home", "end", "space", "f1", "f5", "ctrl+p", "M",
)  # fmt: skip
_ACTS: Final = (
    *"abcdefghijklmnoprstuvwxyzACDEGIJKLNRSTUVXY*/:?#%+-[]",
    "ctrl+s", "ctrl+t", "ctrl+r", "ctrl+y", "ctrl+x", "ctrl+u", "ctrl+d", "f2", "f3", "f4",
)  # fmt: skip
_SAID: Final = (
    "is:active", "is:locked role:", "a", "zz", "1", "3", "120", "x.csv", "y\r", "-1", "2026-01-01", "models", "ann@b.c",
)  # fmt: skip
_LINES: Final = ("y\n", "D\ny\n\r", "\x07\x9b2J\u202e\x00[@click=app.quit]", "role:\n", "a" * 3000)
_PAUSES: Final = (0.0, 0.0, 0.0, 0.02, 0.05, 0.1, 0.2)
_BYTES: Final = KEYS | {"backtab": "\x1b[Z", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS"}


@dataclass(frozen=True, slots=True)
class Step:
    """What is sent in one go, or the size that the window takes; then so many seconds of looking on."""

    sent: str
    size: tuple[int, int] | None
    pause: float


def steps(chance: Random, count: int) -> Iterator[Step]:
    """So many steps; none of them leaves."""
    columns, rows = 80, 24
    for _ in range(count):
        kind, size, sent = chance.random(), None, ""
        if kind < 0.3:
            sent = _key(chance.choice(_WAYS))
        elif kind < 0.5:
            sent = _key(chance.choice(_ACTS))
        elif kind < 0.57:
            # As a bad line brings them: all in one packet, and Esc is Alt to what follows.
            sent = "".join(_key(chance.choice(_WAYS + _ACTS)) for _ in range(chance.randint(2, 30)))
        elif kind < 0.63:
            sent = chance.choice(_SAID)
        elif kind < 0.66:
            sent = f"\x1b[200~{chance.choice(_LINES)}\x1b[201~"
        elif kind < 0.95:
            sent = _mouse(chance, columns, rows)
        else:
            size = columns, rows = chance.choice(SIZES)
        yield Step(sent, size, chance.choice(_PAUSES))


def _key(name: str) -> str:
    if name.startswith("ctrl+"):
        return chr(ord(name[-1].upper()) - 64)
    return _BYTES.get(name, name)


def _mouse(chance: Random, columns: int, rows: int) -> str:
    """Passing over, clicks up to four times, sometimes a drag between press and release, sometimes the wheel; also
    beside what is there, and buttons that were never pressed."""
    x, y = chance.randint(1, columns + 1), chance.randint(1, rows + 1)
    button = chance.choice((0, 0, 0, 0, 2, 1))
    sent = ""
    for _ in range(chance.choice((1, 2, 2, 3, 4))):
        sent += f"\x1b[<35;{x};{y}M\x1b[<{button};{x};{y}M"
        for _ in range(chance.choice((0, 0, 1, 6))):
            x, y = chance.randint(1, columns), chance.randint(1, rows)
            sent += f"\x1b[<{32 + button};{x};{y}M"
        sent += f"\x1b[<{button};{x};{y}m" if chance.random() < 0.95 else ""
    if chance.random() < 0.2:
        sent += f"\x1b[<{chance.choice((64, 65, 66, 67))};{x};{y}M" * chance.choice((1, 3, 20))
    return sent
