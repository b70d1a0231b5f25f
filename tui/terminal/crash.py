"""The process outside the interface: what it says when it dies, and how it dies when it is told to.

Python's own reports print the exception's message, and Rich's the local variables: both can hold secrets. So the hooks
of the interpreter, of threads and of warnings are replaced by one line and an incident file.
"""

from __future__ import annotations

import errno
import sys
import threading
import warnings
from typing import TYPE_CHECKING, Any, Final, TextIO

from tui.terminal.incidents import record_incident

if TYPE_CHECKING:
    import asyncio
    from types import TracebackType

EXIT_CRASHED = 1

TERMINAL_GONE: Final = (errno.EIO, errno.ENXIO, errno.EPIPE)
"""What writing to a terminal answers whose other end hung up, as a lost SSH connection does: not a fault of ours."""


def crash_line(error: BaseException) -> str:
    """The one line that a person sees: the type, and where the details are."""
    inner = getattr(error, "error", None)  # Textual wraps what a worker raised
    if isinstance(inner, BaseException):
        error = inner
    path = record_incident(error)
    where = f"Details, without data values: {path}" if path else "The state directory cannot be written."
    return f"shellback: internal error ({type(error).__name__}). {where}"


def install_hooks() -> None:
    """Replaces the hooks of the interpreter, threads and warnings for the rest of the process."""
    sys.excepthook = _on_exception
    sys.unraisablehook = _on_unraisable
    threading.excepthook = _on_thread
    warnings.showwarning = _on_warning


def _say(line: str) -> None:
    stream: TextIO | None = sys.__stderr__
    if stream is not None:
        stream.write(line + "\n")
        stream.flush()


def _on_exception(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    _say(crash_line(error))


def _on_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    if unraisable.exc_value is not None:
        record_incident(unraisable.exc_value)


def _on_thread(arguments: threading.ExceptHookArgs) -> None:
    error = arguments.exc_value
    if isinstance(error, OSError) and error.errno in TERMINAL_GONE:
        return
    if error is not None:
        record_incident(error)


def on_loop_exception(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio would print with a traceback: an error that nobody awaited."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        record_incident(error)


def _on_warning(
    message: Warning | str,  # noqa: ARG001 - a warning's text can hold a value
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,  # noqa: ARG001
) -> None:
    if file is not None:
        file.write(f"{filename}:{lineno}: {category.__name__}\n")
