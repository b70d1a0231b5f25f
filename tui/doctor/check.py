"""One finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check came out. `failed` is what does not work, or is not safe; `warning` what could be better."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it came out, and in a sentence what is true; `todo` is what mends it, and `sql` the
    statements for that, each ended by a semicolon. Texts can hold names of a server or a path: not yet safe to show.
    """

    name: str
    state: State
    sentence: str
    todo: str = ""
    sql: str = ""


def worst(checks: Iterable[Check]) -> State:
    """Return the worst state there is; `ok` when there is none."""
    states = {check.state for check in checks}
    return next((state for state in (State.FAILED, State.WARNING) if state in states), State.OK)


def ok(name: str, sentence: str) -> Check:
    """Return a check that came out well."""
    return Check(name, State.OK, sentence)


def warning(name: str, sentence: str, todo: str, sql: str = "") -> Check:
    """Return a check of what could be better."""
    return Check(name, State.WARNING, sentence, todo, sql)


def failed(name: str, sentence: str, todo: str, sql: str = "") -> Check:
    """Return a check of what does not work, or is not safe."""
    return Check(name, State.FAILED, sentence, todo, sql)
