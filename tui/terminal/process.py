"""What the process settles before Textual is imported, and how the interface is run in it.

No core file, no Textual variables, hooks that print no data, a terminal to speak to, signals that leave in order.
"""

from __future__ import annotations

import os
import resource
import sys
from typing import TYPE_CHECKING

from tui.terminal.crash import install_hooks

if TYPE_CHECKING:
    from tui.launch import Launch

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


def has_terminal() -> bool:
    """Whether all three streams are a terminal that can be drawn on (`TERM=dumb` cannot)."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    if os.environ.get("TERM", "") in ("", "dumb"):
        return False
    return all(stream is not None and not stream.closed and stream.isatty() for stream in streams)


def run_interface(launch: Launch) -> int:
    """Runs the interface to its end on this process's terminal and returns the exit status of the process.

    Without a terminal: one sentence on standard error and 2. A crash is 1, a signal 128 + its number.
    """
    if not has_terminal():
        sys.stderr.write(NO_TERMINAL + "\n")
        return EXIT_USAGE
    harden()
    install_hooks()
    from tui.app import ShellbackApp
    from tui.terminal.leaving import Leaving

    app = ShellbackApp(launch)
    leaving = Leaving(app)
    leaving.install()
    app.run(mouse=launch.mouse)
    return leaving.status or app.return_code or 0
