"""The file that a crash leaves behind: where in the code, which type of error, which SQLSTATE. Nothing of the data.

No message of an exception and no local variable is ever written: either can hold a password, a hash or a row.
"""

from __future__ import annotations

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from tui.troubles import sqlstate_of


def state_directory() -> Path:
    """Where incident files and sessions are kept; created 0700."""
    kept = os.environ.get("SHELLBACK_STATE_DIR")
    if kept:
        path = Path(kept)
    else:
        from platformdirs import user_state_path

        path = user_state_path("shellback")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def describe_crash(error: BaseException, trace: TracebackType | None) -> str:
    """Lines of `file:line function`, oldest first, then the types of the error and of what caused it."""
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    state = sqlstate_of(error)
    if state:
        lines.append(f"sqlstate {state}")
    return "\n".join(lines) + "\n"


def record_incident(error: BaseException) -> Path | None:
    """Writes the incident file, 0600, and returns its path; None when it cannot be written (never raises OSError)."""
    now = datetime.now(UTC)
    name = f"incident-{now:%Y%m%dT%H%M%S}-{now.microsecond:06d}-{os.getpid()}.txt"
    try:
        path = state_directory() / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{now.isoformat()}\n{describe_crash(error, error.__traceback__)}")
    except OSError:
        return None
    return path
