"""Where the lists of the interface are read, and what is said of it: in their status lines, and once as a toast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from tui.database.replica.reads import PRIMARY, Reads

if TYPE_CHECKING:
    from tui.app import ShellbackApp
    from tui.database.replica.replica import Replica

_TOLD: Final[WeakKeyDictionary[Replica, str]] = WeakKeyDictionary()
"""What was the matter with a replica when somebody was last told."""

AGAIN: Final = "Lists are read from the replica again."


def reads_of(shell: ShellbackApp) -> Reads:
    """Return where a list is to be read."""
    return shell.database.reads if shell.database is not None else PRIMARY


def whence_words(shell: ShellbackApp, reads: Reads) -> str:
    """Return what a status line says of where its list was read; empty without a replica.

    What is the matter with the replica is a toast when it begins, and its end is another.
    """
    replica, read = reads.replica, reads.whence
    if replica is None or read is None:
        return ""
    whence, told = replica.whence, _TOLD.get(replica, "")
    if whence.matter != told and not whence.passing:
        _TOLD[replica] = whence.matter
        if whence.matter:
            shell.warn(whence.sentence)
        else:
            shell.notify(AGAIN)
    return read.words
