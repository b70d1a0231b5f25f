"""What the process settles before Textual is imported: no core file, no Textual variables, a terminal to speak to."""

from __future__ import annotations

import gc
import os
import resource
import sys

NO_TERMINAL = (
    "shellback: the interface needs a terminal on standard input, output and error. "
    "Without one use the commands: shellback users list, shellback --help."
)
EXIT_USAGE = 2


def harden() -> None:
    """Call first: memory never goes to a core file, and `TEXTUAL_LOG` and its kin (it records keystrokes) are gone."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    for name in [*os.environ]:
        if name == "TEXTUAL" or name.startswith("TEXTUAL_"):
            del os.environ[name]


def import_without_collecting() -> None:
    """Call before the large imports: looking for garbage among what is kept anyway costs a sixth of the start."""
    gc.disable()


def collect_from_now_on() -> None:
    """Call when all is imported: it is never looked at again, and garbage is collected as usual."""
    gc.freeze()
    gc.enable()


def has_terminal() -> bool:
    """Whether all three streams are a terminal that can be drawn on (`TERM=dumb` cannot)."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    if os.environ.get("TERM", "") in ("", "dumb"):
        return False
    return all(stream is not None and not stream.closed and stream.isatty() for stream in streams)
