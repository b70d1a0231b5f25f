"""What the worker process tells while it works, as values. Texts in them are the project's and the database's: not safe
to show before `sanitise`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.sanitise import one_line, sanitise


@dataclass(frozen=True, slots=True)
class Connected:
    """The database, as the live connection says. `pid` is PostgreSQL's backend that runs the files."""

    app: str
    dialect: str
    label: str
    server: str
    schema: str | None
    writable: bool
    pid: int | None = None
    why_read_only: str = ""
    """Why it is not writable, in a sentence."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is waited for. `seconds` since its transaction, or for a lock its connection, began; None on SQLite."""

    pid: int | None = None
    user: str = ""
    application: str = ""
    client: str = ""
    state: str = ""
    seconds: float | None = None
    query: str = ""
    what: str = ""

    def sentence(self) -> str:
        """`pid 4711 (reporting@10.0.0.9, idle in transaction, 7 min): SELECT ...`; safe to show, one line."""
        if self.pid is None:
            return sanitise(self.what, 200)
        who = f"{self.user}@{self.client}" if self.user else self.client
        facts = [who, self.state, _span(self.seconds)]
        text = f"pid {self.pid} ({', '.join(fact for fact in facts if fact)})"
        return sanitise(f"{text}: {one_line(self.query)}" if self.query else text, 300)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing moves: `on` is "lock" (another upgrade) or "table" (a statement waits for somebody's transaction)."""

    on: str
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Locked:
    """The wait that was told last is over."""


@dataclass(frozen=True, slots=True)
class FileStarted:
    """`number` of `total`, from 1."""

    version: str
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A copy of the SQLite database was made and checked."""

    path: str


@dataclass(frozen=True, slots=True)
class StatementStarted:
    """`index` of `total`, from 1, in the script that is running. `line` of the file where that is known."""

    version: str
    index: int
    total: int
    text: str
    offset: int
    line: int | None = None


@dataclass(frozen=True, slots=True)
class StatementDone:
    version: str
    index: int
    ms: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """The first `done` of `total` statements were done by an earlier run, and are not sent again."""

    version: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Advanced:
    """How far the statement that runs is, as the server says: `done` of `total` blocks, tuples or lockers."""

    phase: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Mended:
    """An index that an earlier attempt had left invalid was dropped, to be built anew."""

    version: str
    index: str


@dataclass(frozen=True, slots=True)
class Retrying:
    """A lock was not had in time. What the file did is rolled back; the try `attempt` of `of` comes in `seconds`,
    or when the holders are gone."""

    version: str
    attempt: int
    of: int
    seconds: float
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of the wish to end a blocker."""

    pid: int
    done: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Committing:
    """From here on a cancel waits for the answer."""

    version: str


@dataclass(frozen=True, slots=True)
class FileDone:
    version: str


@dataclass(frozen=True, slots=True)
class Looking:
    """What is being read now (`the models`); `number` of `total` where it is counted, else 0."""

    what: str
    number: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event. `values` has outcome, done, applied, and on failure file, stage, error, statements_done."""

    outcome: str
    done: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)


Event = (
    Connected
    | Waiting
    | Locked
    | FileStarted
    | BackedUp
    | StatementStarted
    | StatementDone
    | Resumed
    | Advanced
    | Mended
    | Retrying
    | Answered
    | Committing
    | FileDone
    | Looking
    | Finished
)

_PLAIN = {
    "connected": Connected,
    "locked": Locked,
    "file_started": FileStarted,
    "backed_up": BackedUp,
    "statement_started": StatementStarted,
    "statement_done": StatementDone,
    "resumed": Resumed,
    "advanced": Advanced,
    "mended": Mended,
    "answered": Answered,
    "committing": Committing,
    "file_done": FileDone,
    "looking": Looking,
}


def as_event(message: Mapping[str, Any]) -> Event:
    """From one JSON object of the worker. Raises ValueError for one that is none of the above."""
    values = dict(message)
    kind = values.pop("event", None)
    if kind == "waiting":
        return Waiting(str(values["on"]), tuple(as_holder(each) for each in values["holders"]))
    if kind == "retrying":
        values["holders"] = tuple(as_holder(each) for each in values["holders"])
        return Retrying(**values)
    if kind == "finished":
        return Finished(str(values["outcome"]), tuple(values.get("done", ())), values)
    if kind not in _PLAIN:
        raise ValueError(f"an unknown event {kind!a}")
    event: Event = _PLAIN[kind](**values)
    return event


def as_holder(values: Mapping[str, Any]) -> Holder:
    """From one of the worker's rows on sessions."""
    known = {name: values[name] for name in Holder.__slots__ if values.get(name) is not None}
    return Holder(**known)


def _span(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
