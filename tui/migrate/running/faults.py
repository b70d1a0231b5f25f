"""What the worker says went wrong, as sentences. Everything in a `Fault` is safe to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tui.sanitise import sanitise, sanitise_block

LOCK_TIMEOUT: Final = "55P03"
NO_PRIVILEGE: Final = "42501"


@dataclass(frozen=True, slots=True)
class Fault:
    """`message` is the database's or Python's; `detail` and `hint` PostgreSQL's; `trace` files and lines, no values."""

    message: str
    detail: str = ""
    hint: str = ""
    code: str = ""
    """SQLSTATE, or SQLite's name of the error."""
    is_stopped: bool = False
    """The migration itself refused, and its message says why and what to do."""
    stage: str = ""
    """How far it came: project, connect, rows, file."""
    trace: tuple[str, ...] = ()
    output: str = ""
    """The last of what the project printed."""


def fault_of(values: Mapping[str, Any], output: str = "") -> Fault:
    """From a `Finished` event that failed."""
    error = values.get("error") or {}
    text = str(error.get("message") or "")
    kind = error.get("type")
    if error.get("kind") == "python" and kind and not error.get("code"):
        text = f"{kind}: {text}" if text else str(kind)
    if values.get("stage") == "connect":
        text = f"The database was not opened. {text}"
    elif values.get("stage") == "project":
        place = f" ({error['place']})" if error.get("place") else ""
        text = f"The project's configuration could not be loaded. {text}{place}"
    elif values.get("stage") == "rows" and error.get("kind") != "stopped":
        text = f"Aerich's table could not be read. {text}"
    return Fault(
        sanitise_block(text, 20_000) or "No reason was given.",
        detail=sanitise(error.get("detail"), 2000),
        hint=sanitise(error.get("hint"), 2000),
        code=sanitise(error.get("code"), 40),
        is_stopped=error.get("kind") == "stopped",
        stage=str(values.get("stage") or ""),
        trace=tuple(sanitise(frame, 400) for frame in error.get("trace") or ()),
        output=output,
    )
