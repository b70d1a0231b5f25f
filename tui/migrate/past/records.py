"""A row of the log as a value, and which rows say something of the database as it is now. Pure.

Anybody who may write the database may have written these rows. They are history to be shown: whatever does not read as
a record is left out, and every text needs `sanitise` before it is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from tui.migrate.plans.action import Action


class Deed(StrEnum):
    """What somebody did that is no run of a file. Such a record has what it was done to in place of a version."""

    RESTORE = "restore"
    END = "end statement"
    ASIDE = "put aside"


@dataclass(frozen=True, slots=True)
class Record:
    """One file in one run. `row` is the id in the table, None in the local file."""

    row: int | None
    run: str
    app: str
    version: str
    action: str
    """apply, revert, stamp or unstamp, or one of the deeds."""
    outcome: str
    """running, done, failed, cancelled, partial or rolled back."""
    actor: str
    reason: str
    started_at: datetime | None
    took_ms: int | None
    aerich_id: int | None
    source_sha256: str
    statements: int = 0
    begun: int = 0
    done: int = 0

    @property
    def is_done(self) -> bool:
        return self.outcome == "done"

    @property
    def is_half(self) -> bool:
        """Whether it began and nobody wrote down that it ended: a run that goes on, or one that was cut off."""
        return self.outcome in ("running", "partial")

    @property
    def is_local(self) -> bool:
        """Whether it is in the local file only."""
        return self.row is None

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "id": self.row,
            "run": self.run,
            "version": self.version,
            "action": self.action,
            "outcome": self.outcome,
            "actor": self.actor or None,
            "reason": self.reason or None,
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "took_ms": self.took_ms,
            "sha256": self.source_sha256,
            "statements": self.statements,
            "begun": self.begun,
            "done": self.done,
            "local": self.is_local,
        }


def as_record(values: Mapping[str, Any]) -> Record | None:
    """From a row or a line; None for what is none of ours."""

    def text(name: str) -> str:
        return str(values.get(name) or "")

    def count(name: str) -> int:
        return max(0, as_number(values.get(name)) or 0)

    if not (text("run") and text("version") and text("action") in {*Action, *Deed}):
        return None
    return Record(
        row=as_number(values.get("id")),
        run=text("run"),
        app=text("app"),
        version=text("version"),
        action=text("action"),
        outcome=text("outcome"),
        actor=text("actor"),
        reason=text("reason"),
        started_at=_moment(values.get("started_at")),
        took_ms=as_number(values.get("took_ms")),
        aerich_id=as_number(values.get("aerich_id")),
        source_sha256=text("source_sha256"),
        statements=count("statements"),
        begun=count("begun"),
        done=count("done"),
    )


def standing(records: Sequence[Record], row_ids: Collection[int]) -> Record | None:
    """Of one version's records, oldest first: the one that wrote Aerich's row, or the half one; None when unknown.

    A row that plain `aerich` wrote has another id than the one that was written down. A half record is over once
    Aerich's row is there (of a revert: is gone), however that came about.
    """
    for record in reversed(records):
        if record.action in set(Deed):
            continue
        if record.is_half:
            if bool(row_ids) == (record.action == Action.REVERT):
                return record
            continue
        if record.is_done:
            is_up = record.action in (Action.APPLY, Action.STAMP)
            return record if is_up and record.aerich_id in row_ids else None
    return None


def _moment(value: Any) -> datetime | None:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def as_number(value: Any) -> int | None:
    """A number that a database can hold, or None."""
    try:
        found = int(str(value))
    except ValueError:
        return None
    return found if abs(found) < 2**63 else None
