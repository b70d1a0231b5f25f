"""`shellback` and `python -m tui`: nothing but the way to the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command, or the interface, and returns its exit code. `argv` is without the program's name; None is what
    was typed, and a process that is Shellback's alone: its memory and its logs are closed first."""
    from tui.cli.dispatch import dispatch

    if argv is None:
        from tui.terminal.process import harden

        harden()
    return dispatch(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
