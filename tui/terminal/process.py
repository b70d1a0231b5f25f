"""What the process settles before Textual is imported: no core file, no Textual variables, a terminal to speak to."""

from __future__ import annotations

import gc
import logging
import os
import resource
import sys
from contextlib import suppress
from typing import Final

NO_TERMINAL = (
    "shellback: the interface needs a terminal on standard input, output and error. "
    "Without one use the commands: shellback users list, shellback --help."
)
EXIT_USAGE = 2
_PR_SET_DUMPABLE: Final = 4
"""Of Linux's <sys/prctl.h>."""


def harden() -> None:
    """Call first: memory stays ours, and what writes down more than anybody should read is off: `TEXTUAL_LOG` and its
    kin (keystrokes), and the log of asyncio, which in its debug mode quotes what tasks returned."""
    keep_memory_private()
    logging.getLogger("asyncio").disabled = True
    for name in [*os.environ]:
        if name == "TEXTUAL" or name.startswith("TEXTUAL_"):
            del os.environ[name]


def keep_memory_private() -> None:
    """No core file is written of this process or its children; and no other process of the same person reads its
    memory or its environment, where the token of a session may be.

    The limit alone is not enough: a program that takes core files through a pipe (`core_pattern`) is given them all
    the same. What says that only Linux has: elsewhere the limit holds.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # another libc: the limit holds
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def import_without_collecting() -> None:
    """Call before the large imports: looking for garbage among what is kept anyway costs a sixth of the start. From
    when on it is looked for is said by `tui.terminal.garbage`."""
    gc.disable()


def answer_between_threads() -> None:
    """Call before threads are started: one that works (a lint, a hash in Python) lets the interface in after a
    millisecond, not after five. A paint asks for its turn several times."""
    sys.setswitchinterval(0.001)


def has_terminal() -> bool:
    """Whether all three streams are a terminal that can be drawn on (`TERM=dumb` cannot)."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    if os.environ.get("TERM", "") in ("", "dumb"):
        return False
    return all(stream is not None and not stream.closed and stream.isatty() for stream in streams)
