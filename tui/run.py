"""One run of the interface in this process: what must be settled first, in the order in which it must be settled."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui.terminal.crash import install_hooks
from tui.terminal.process import (
    EXIT_USAGE,
    NO_TERMINAL,
    answer_between_threads,
    harden,
    has_terminal,
    import_without_collecting,
)

if TYPE_CHECKING:
    from tui.launch import Launch


def run_interface(launch: Launch) -> int:
    """Runs the interface to its end on this process's terminal and returns the exit status of the process.

    Without a terminal: one sentence on standard error and 2. A crash is 1, a signal 128 + its number.
    """
    if not has_terminal():
        sys.stderr.write(NO_TERMINAL + "\n")
        return EXIT_USAGE
    harden()
    import_without_collecting()
    answer_between_threads()
    install_hooks()
    from tui.app import ShellbackApp
    from tui.terminal.garbage import Garbage
    from tui.terminal.leaving import Leaving

    app = ShellbackApp(launch)
    app.on_settled = Garbage(app).begin
    leaving = Leaving(app)
    leaving.install()
    try:
        app.run(mouse=launch.mouse)
    finally:
        leaving.gone()
    return leaving.status or app.return_code or 0
