"""When Python looks for garbage: among what is young at any time, and among everything while nobody types.

Most of what is let go is freed at once; what is left are objects that hold each other, as the widgets of a screen that
was closed. To find those Python looks through all objects that there are and holds everything up meanwhile: 60 ms with
a thousand migrations listed. Here it looks through what is new since it looked last, and sets that aside afterwards
(`gc.freeze`), which takes a few milliseconds each time. What was set aside is looked through in a pause of the
person, or once it is too much to wait for one.
"""

from __future__ import annotations

import gc
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tui.app import ShellbackApp

EVERY: Final = 0.5
"""Seconds between two looks at whether there is enough to look through."""
NEW: Final = 3
"""Passes over what is young (`gc.get_count()[2]`) that make it worth while. After each there are some 7 000 objects
more: what was set aside is measured in them as well, since counting it takes as long as looking through it."""
GROWN: Final = 10
"""Passes' worth set aside since everything was looked through last that make it worth while."""
MUCH: Final = 150
"""The same, some 100 MB, where nobody waits for a long pause."""
TOO_MUCH: Final = 4 * MUCH
"""The same, where there is no pause: a key that is held down, or a mouse that never rests."""
PAUSE: Final = 3.0
LONG_PAUSE: Final = 60.0
"""Seconds without a key."""
_NEVER: Final = 1_000_000_000


class Look(Enum):
    """What is looked through."""

    NEW = "what is new"
    EVERYTHING = "everything"


def due(passes: int, grown: int, idle: float) -> Look | None:
    """What to look through now: after so many passes over what is young, with as much set aside as after `grown` of
    them, and nobody having typed for `idle` seconds."""
    pause = 0.0 if grown >= TOO_MUCH else PAUSE if grown >= MUCH else LONG_PAUSE
    if grown >= GROWN and idle >= pause:
        return Look.EVERYTHING
    return Look.NEW if passes >= NEW else None


def look_through(what: Look) -> None:
    """Frees what is garbage there, and sets aside what is not."""
    if what is Look.EVERYTHING:
        gc.unfreeze()
    gc.collect()
    gc.freeze()


class Garbage:
    """The looks of one run of the interface. `begin` is called once the imports of a start are behind it: they were not
    looked through while they came (`tui.terminal.process`), and need not be."""

    def __init__(self, app: ShellbackApp) -> None:
        self._app = app
        self._has_begun = False
        self._grown = 0

    def begin(self) -> None:
        """Looks from now on. A second call changes nothing."""
        if self._has_begun:
            return
        self._has_begun = True
        gc.freeze()
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, _NEVER)
        gc.enable()
        self._app.set_interval(EVERY, self._look)

    def _look(self) -> None:
        passes = gc.get_count()[2]
        what = due(passes, self._grown, self._app.lock.idle)
        if what is None:
            return
        look_through(what)
        self._grown = 0 if what is Look.EVERYTHING else self._grown + passes
