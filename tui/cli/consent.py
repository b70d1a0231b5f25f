"""Nothing is written before a person, or `--yes`, agreed to exactly what was printed."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tui.cli.exits import Exit
from tui.cli.failure import Failure, usage
from tui.sanitise import sanitise

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


def check_can_ask(args: argparse.Namespace) -> None:
    """Fails before any work, when nobody could be asked and `--yes` was not given."""
    if not (args.yes or args.dry_run or sys.stdin.isatty()):
        raise usage("This writes, and there is no terminal to ask on: add --yes (or --dry-run to see what it would do)")


def ask(args: argparse.Namespace, question: str) -> None:
    """Asks `question (y/n)` on standard error; anything but y or yes ends the command, and nothing was written."""
    if not (args.yes or agreed(question)):
        raise Failure("Not agreed to; nothing was done.", Exit.FAILED, kind="declined")


def agreed(question: str) -> bool:
    """Whether somebody at the terminal says yes; False where there is none."""
    return answered(f"{question} (y/n)").lower() in {"y", "yes"}


def answered(question: str) -> str:
    """What somebody at the terminal answers, without spaces around it; "" where there is none."""
    if not sys.stdin.isatty():
        return ""
    with interruptible():  # before it is asked: whoever reads it may interrupt it
        sys.stderr.write(f"{sanitise(question)} ")
        sys.stderr.flush()
        return sys.stdin.readline().strip()


@contextmanager
def interruptible() -> Iterator[None]:
    """Let a ctrl+c end what waits for a person: the event loop's own handler would only note it, and go on waiting."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
