"""Where lists are read just now, and why: the words of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Whence:
    """`words` are for a status line (`replica 2 s behind`); `sentence` says what is the matter, and is empty when lists
    come from the replica as they should. `passing`: over in a moment, and nothing that a person must hear of. `kind`
    stays the same while only the numbers change."""

    replica: bool
    words: str
    sentence: str = ""
    passing: bool = False
    kind: str = ""

    @property
    def matter(self) -> str:
        """What is the matter, to be said once; empty when all is as it should be."""
        return (self.kind or self.sentence) if self.sentence and not self.passing else ""


FOR_NOW: Final = Whence(False, "primary")
"""The replica was not there for the read, and is again."""
OWN_WRITE: Final = Whence(
    False,
    "primary: replica lacks your change",
    "The replica does not show the last change yet: lists are read from the primary.",
    passing=True,
)
CATCHING_UP: Final = Whence(
    False,
    "primary: replica is catching up",
    "The replica does not show yet all that was there when this program began: lists are read from the primary.",
    passing=True,
)
CONFLICT: Final = Whence(
    False,
    "primary: replica broke off",
    "The replica broke a read off that was in the way of its replay: lists are read from the primary.",
    passing=True,
)
PROMOTED: Final = Whence(
    False,
    "primary: replica is no standby",
    "The server of read_url is no standby (any more), so nothing says how far it follows: lists are read from the"
    " primary.",
)
STRANGER: Final = Whence(
    False,
    "primary: replica of another system",
    "The server of read_url is no replica of this database: lists are read from the primary.",
)
SILENT: Final = Whence(
    False,
    "primary: replica's lag unknown",
    "The replica does not say how far it is: lists are read from the primary.",
)
AHEAD: Final = Whence(
    False,
    "primary: replica of another history",
    "The replica has changes that the primary does not have: lists are read from the primary.",
)
FORKED: Final = Whence(
    False,
    "primary: replica of before a failover",
    "Another server took over as the primary, and the replica does not say that it follows it: lists are read from the "
    "primary.",
)
STARTING: Final = Whence(
    False,
    "primary: replica is starting up",
    "The replica is starting up: lists are read from the primary.",
)
UNREACHED: Final = Whence(
    False,
    "primary: replica gives no answer",
    "The replica gives no answer: lists are read from the primary.",
)
SEVERAL: Final = Whence(
    False,
    "primary: replica was exchanged",
    "Another server answers as the replica than a moment ago: lists are read from the primary.",
)


def of_replica(lag: float | None) -> Whence:
    """Return what is said of a replica that may be read: `replica up to date`, `replica 2 s behind`."""
    if lag is None:
        return Whence(True, "replica, lag unknown")
    return Whence(True, "replica up to date" if lag < 1 else f"replica {duration(lag)} behind")


def alone(lag: float | None) -> Whence:
    """Return what is said of a replica while the primary does not answer."""
    behind = f"at most {duration(lag)} behind" if lag is not None else "of unknown age"
    return Whence(
        True,
        f"replica alone, {behind}",
        f"The primary does not answer: lists come from the replica, {behind}. Nothing can be changed.",
        kind="alone",
    )


def behind(lag: float | None, limit: float, *, paused: bool, receives: bool) -> Whence:
    """Return what is said of a replica that is too far behind."""
    far = f"{duration(lag)} behind" if lag is not None else "behind, nobody knows how far"
    most = "up to " if lag is not None else ""
    state = ", its replay is paused" if paused else "" if receives else ", it receives nothing"
    return Whence(
        False,
        f"primary: replica {far}",
        f"The replica is {most}{far}{state} (read_lag allows {limit:g} s): lists are read from the primary.",
        kind="behind",
    )


def duration(seconds: float) -> str:
    """Return `2 s`, `4 min` or `3 h`."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
