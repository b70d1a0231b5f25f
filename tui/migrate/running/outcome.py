"""How an apply ended, as a value: what the screens show and `--json` prints. Everything in it is safe to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from tui.migrate.running.events import Holder
from tui.migrate.source.excerpt import Excerpt


class RunStatus(StrEnum):
    """REFUSED, CHANGED and LOCK_HELD: nothing of the file at hand was changed. UNKNOWN: the database did not answer."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CHANGED = "changed"
    LOCK_HELD = "lock held"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """`applied` are the versions that this run was done with, in order: applied, reverted, stamped or unstamped.
    `sentence` says what state the database is in."""

    status: RunStatus
    sentence: str
    applied: tuple[str, ...] = ()
    failed: str | None = None
    """The version that did not end, if one was begun."""
    path: Path | None = None
    line: int | None = None
    """Where in the file: `place` joins the two."""
    excerpt: Excerpt | None = None
    """The file's lines around the place; the statement itself where a program made it, and then `line` is None."""
    message: str = ""
    detail: str = ""
    hint: str = ""
    code: str = ""
    next_step: str = ""
    """What can be done now, in a sentence."""
    holders: tuple[Holder, ...] = ()
    """Who was waited for last, when that is why it ended."""
    backup: str | None = None
    """The copy of an SQLite database from before the first file."""
    notes: tuple[str, ...] = ()
    """What else is to be known of the database or of the log, in sentences."""
    output: str = ""
    """The last of what the project printed."""
    trace: tuple[str, ...] = ()
    milliseconds: dict[str, float] = field(default_factory=dict)
    """How long each applied file took."""

    @property
    def is_ok(self) -> bool:
        return self.status is RunStatus.DONE

    @property
    def place(self) -> str:
        """`path:line`, or the path, or nothing."""
        if self.path is None:
            return ""
        return f"{self.path}:{self.line}" if self.line is not None else str(self.path)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "status": str(self.status),
            "sentence": self.sentence,
            "applied": list(self.applied),
            "failed": self.failed,
            "place": self.place or None,
            "excerpt": self.excerpt.text() if self.excerpt else None,
            "message": self.message or None,
            "detail": self.detail or None,
            "hint": self.hint or None,
            "code": self.code or None,
            "next_step": self.next_step or None,
            "holders": [holder.sentence() for holder in self.holders],
            "backup": self.backup,
            "notes": list(self.notes),
            "milliseconds": self.milliseconds,
        }
