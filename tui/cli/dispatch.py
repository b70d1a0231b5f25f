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
    _fill_closed_streams()
    _write_any_text()
    try:
        parser = build_parser(commands=not opens_the_interface(argv), argv=argv)
        args = parser.parse_args(argv)
        check(parser, argv, args)
        code = _run(args)
        code = code if _is_written() else code or Exit.FAILED
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
    from tui.sanitise import without_passwords

    complain(failure.sentence)
    if args.json:
        sentence = without_passwords(failure.sentence)
        document({"error": {"kind": failure.kind, "sentence": sentence, "exit": failure.exit_code}})
        sys.stdout.flush()
    return failure.exit_code


def _fill_closed_streams() -> None:
    """Where the shell closed a standard stream (`>&-`), Python has none, and the next file opened would take its
    number: a database must not be what is printed to."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - until the end


def _is_written() -> bool:
    """Brings what was printed out. False, with a sentence, where that cannot be: a full disk."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"shellback: What was to be written could not be: {error.strerror}.\n")
        _reader_left()
        return False
    return True


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
