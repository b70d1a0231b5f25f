"""What went wrong lately: a bounded list of plain sentences, kept for the Status screen.

No message of a driver is ever kept: its detail can hold the row, and with it a password hash.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tui.sanitise import sanitise

KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class Trouble:
    """One error: when (UTC), what is true and what to do, its type, its SQLSTATE if it has one, the incident file."""

    at: datetime
    sentence: str
    kind: str
    sqlstate: str = ""
    incident: str = ""


Troubles = deque[Trouble]


def no_troubles() -> Troubles:
    """An empty list that keeps the newest hundred."""
    return deque(maxlen=KEPT)


def describe(error: BaseException, incident: str = "") -> Trouble:
    """The trouble that an exception stands for, in words that hold nothing of the data."""
    sentence = getattr(error, "sentence", "")
    if not sentence:
        if isinstance(error, TimeoutError):
            sentence = "The database has not answered in time. Nothing was changed; ctrl+r tries again."
        else:
            where = f" Details without data: {incident}" if incident else ""
            sentence = f"Shellback made a mistake ({type(error).__name__}).{where}"
    return Trouble(
        at=datetime.now(UTC),
        sentence=sanitise(sentence, 300),
        kind=type(error).__name__,
        sqlstate=sqlstate_of(error),
        incident=incident,
    )


def sqlstate_of(error: BaseException | None) -> str:
    """The SQLSTATE (or SQLite's name) of an error or of what caused it; empty where there is none."""
    while error is not None:
        for state in (getattr(error, "code", None), getattr(error, "sqlstate", None)):
            if isinstance(state, str) and state.replace("_", "").isalnum():
                return state[:40]
        error = error.__cause__ or error.__context__
    return ""


def is_expected(error: BaseException) -> bool:
    """Whether the error is one that the program words itself, so that no incident file is needed."""
    return bool(getattr(error, "sentence", "")) or isinstance(error, TimeoutError)
