"""From what was typed to an exit code. Every end of the program on the command line passes here; no traceback does."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from tui.cli.arguments import build_parser, check, opens_the_interface
from tui.cli.exits import Exit
from tui.cli.failure import Failure

if TYPE_CHECKING:
    import argparse


def dispatch(argv: Sequence[str]) -> int:
    """Parse, run, and put every failure into one sentence on standard error."""
    _write_any_text()
    try:
        parser = build_parser(commands=not opens_the_interface(argv), argv=argv)
        args = parser.parse_args(argv)
        check(parser, argv, args)
        code = _run(args)
        sys.stdout.flush()
    except SystemExit as end:  # argparse: help, version, a mistake in what was typed
        return int(end.code or 0)
    except KeyboardInterrupt:
        sys.stderr.write("\nshellback: interrupted\n")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    return int(code)


def _run(args: argparse.Namespace) -> int:
    _log_nothing()
    try:
        return command_of(args.command)(args)
    except Failure as failure:
        return _report(failure, args)
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - the last door: a traceback could show data
        from tui.cli.errors import as_failure

        return _report(as_failure(error), args)


def command_of(name: str | None) -> Callable[[argparse.Namespace], int]:
    """The function behind `module:function`; without a name, the interface. Imports the module only now."""
    module, _, function = (name or "tui.interface:open_interface").partition(":")
    found: Callable[[argparse.Namespace], int] = getattr(import_module(module), function)
    return found


def _report(failure: Failure, args: argparse.Namespace) -> int:
    from tui.cli.output import complain, document

    complain(failure.sentence)
    if args.json:
        document({"error": {"kind": failure.kind, "sentence": failure.sentence, "exit": failure.exit_code}})
        sys.stdout.flush()
    return failure.exit_code


def _write_any_text() -> None:
    """A name that the terminal's encoding lacks is written as its escape instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _log_nothing() -> None:
    """What libraries log of a lost connection has a traceback with it, and where nobody listens Python prints it."""
    import logging

    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())


def _reader_left() -> int:
    """`shellback users list | head`: quiet. The stream is replaced, or the interpreter would complain at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.BROKEN_PIPE
