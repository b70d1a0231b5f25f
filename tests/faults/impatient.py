"""The real program, which waits less long for what does not come: `python -m tests.faults.impatient ARGV...`.

Nothing else of it is another: every deadline of the engines is there, only shorter, so that a test in a terminal meets
the end of each within seconds. On SIGUSR1 the clock of its lock is ten minutes later: nobody has typed meanwhile.
"""

from __future__ import annotations

import signal
import sys
from typing import Final

COMMAND_SECONDS: Final = 4.0
LOCK_MILLISECONDS: Final = 700


def hurry() -> None:
    """Puts shorter times in the place of the program's, before whatever takes a copy of them is imported."""
    from models.engines import sqlite_connection

    set_to(sqlite_connection, "BUSY_MILLISECONDS", LOCK_MILLISECONDS)
    set_to(sqlite_connection, "COMMAND_SECONDS", COMMAND_SECONDS)

    from models.engines import postgres

    set_to(postgres, "COMMAND_SECONDS", COMMAND_SECONDS)
    limits = {"statement_timeout": f"{COMMAND_SECONDS * 1000 - 500:.0f}", "lock_timeout": str(LOCK_MILLISECONDS)}
    set_to(postgres, "SESSION_LIMITS", {**postgres.SESSION_LIMITS, **limits})

    from tui.database import probing
    from tui.screens import work
    from tui.screens.dialogs.base import Dialog
    from tui.terminal import connection

    set_to(probing, "PROBE_SECONDS", COMMAND_SECONDS - 1)
    set_to(work, "READ_DEADLINE", COMMAND_SECONDS + 1)
    set_to(connection.Connection, "beat_seconds", 2.0)
    set_to(Dialog, "SETTLE", 0.0)  # how long a new dialog takes no key


def let_time_pass() -> None:
    from tui.terminal import lock
    from tui.uptime import uptime

    passed = [0.0]
    signal.signal(signal.SIGUSR1, lambda *_: passed.append(600.0))
    set_to(lock, "uptime", lambda: uptime() + sum(passed))


def set_to(module: object, name: str, value: object) -> None:
    assert hasattr(module, name), f"{name} is called otherwise now"
    setattr(module, name, value)


if __name__ == "__main__":
    from tui.terminal.process import harden

    harden()  # before Textual is imported, as the program does it
    hurry()
    let_time_pass()
    from tui.__main__ import main

    sys.exit(main())
