"""`shellback` and `python -m tui`: nothing but the way to the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command, or the interface, and returns its exit code. `argv` is without the program's name."""
    from tui.cli.dispatch import dispatch

    return dispatch(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
