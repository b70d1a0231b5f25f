"""A changeset as values: what each row comes to before it is written, and how the whole ended. Nothing is read here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from models.operations.changesets.rows import RowState, blocking
from models.operations.context import Written, target_of
from models.operations.plan import Doubt, Outcome, Status
from models.operations.text import counted, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models.engines.errors import CommitUnknown
    from models.operations.changesets.rows import Asked, Row
    from models.operations.changesets.scene import Wanted
    from models.operations.changesets.staged import StagedEdit
    from models.operations.plan import Json, Refusal

NAMED: Final = 5
"""Users that a sentence names; the rows name all."""

_OUTCOMES: Final = {
    RowState.WRITTEN: Status.OK,
    RowState.READY: Status.UNCHANGED,
    RowState.UNCHANGED: Status.UNCHANGED,
    RowState.CONFLICT: Status.CONFLICT,
    RowState.GONE: Status.GONE,
    RowState.REFUSED: Status.REFUSED,
    RowState.INVALID: Status.REFUSED,
}


@dataclass(frozen=True, slots=True)
class ChangesetPlan:
    """A changeset as the database is now; `rows` in the order of the edits. The rows are judged again under lock."""

    asked: Asked
    rows: tuple[Row, ...]
    wanted: Wanted = field(repr=False)
    refusals: tuple[Refusal, ...] = ()
    """What stands against the whole of it: the password has to be given again."""

    @property
    def op_id(self) -> UUID:
        """The number of the whole: the audit's `op_id` and `batch_id`."""
        return self.asked.op_id

    @property
    def edits(self) -> tuple[StagedEdit, ...]:
        """What is staged."""
        return tuple(row.edit for row in self.rows)

    @property
    def fields(self) -> int:
        """How many fields would be written."""
        return sum(len(row.values) for row in self.rows)

    @property
    def is_allowed(self) -> bool:
        """Whether nothing known now stands against it."""
        return not self.refusals and not any(row.state.blocks for row in self.rows)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to write."""
        return self.is_allowed and not self.fields

    def because(self, reason: str, ticket: str = "") -> ChangesetPlan:
        """Return the plan with why, for the audit."""
        return replace(self, asked=replace(self.asked, reason=reason, ticket=ticket))

    def as_json(self) -> dict[str, Json]:
        """Return what a dry run prints."""
        return {
            "op_id": str(self.op_id),
            "actor": self.asked.actor.as_json(),
            "users": len(self.rows),
            "fields": self.fields,
            "allowed": self.is_allowed,
            "reason": self.asked.reason,
            "ticket": self.asked.ticket,
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "rows": [row.as_json() for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class ChangesetOutcome:
    """How a changeset ended. `rows` is what each came to: WRITTEN ones are in the database; where one blocks, READY
    ones were held back with it. `refusals` stand against the whole. `unknown` is there while the status is UNKNOWN:
    `check_changeset` settles it."""

    status: Status
    plan: ChangesetPlan
    sentence: str
    rows: tuple[Row, ...]
    unknown: CommitUnknown | None = field(default=None, repr=False)
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether what was asked is true now."""
        return self.status in {Status.OK, Status.UNCHANGED}

    @property
    def blocked(self) -> tuple[Row, ...]:
        """The rows that stopped it."""
        return tuple(blocking(self.rows))

    def outcomes(self) -> tuple[Outcome, ...]:
        """Return each row as the outcome of one edit, for whatever asks about one user alone."""
        return tuple(row_outcome(row, self.unknown) for row in self.rows)

    def as_json(self) -> dict[str, Json]:
        """Return what ``--json`` prints."""
        return {
            "op_id": str(self.plan.op_id),
            "status": str(self.status),
            "sentence": self.sentence,
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "rows": [row.as_json() for row in self.rows],
        }


def row_outcome(row: Row, unknown: CommitUnknown | None = None) -> Outcome:
    """Return a row as the outcome of its edit; with `unknown` as one of which nobody knows whether it happened."""
    target = target_of(row.account) if row.account is not None else row.plan.target
    version = row.version_after or (row.account.version if row.account is not None else None)
    doubt = None
    if unknown is not None and row.state is RowState.WRITTEN:
        before = row.account.version if row.account is not None else None
        doubt = Doubt(unknown, Written(target, row.sentence, row.plan.changes, before, row.version_after, row.merged))
    return Outcome(
        Status.UNKNOWN if doubt else _OUTCOMES[row.state],
        row.plan,
        f"{unknown.sentence} Its number is {row.plan.op_id}." if unknown is not None and doubt else row.sentence,
        target,
        version,
        row.plan.changes,
        row.plan.errors,
        row.plan.refusals,
        row.conflicts,
        row.merged,
        doubt=doubt,
    )


def stopped_sentence(rows: Sequence[Row]) -> str:
    """Return why nothing was written: how many rows of each kind, and whose."""
    found = Counter(row.state for row in blocking(rows))
    words = {
        RowState.CONFLICT: "changed meanwhile",
        RowState.GONE: "gone",
        RowState.REFUSED: "refused",
        RowState.INVALID: "with a value that cannot be taken",
    }
    parts = [
        f"{counted(found[state], 'user')} {word} ({named([row for row in rows if row.state is state])})"
        for state, word in words.items()
        if found[state]
    ]
    return f"Nothing was changed: {listed(parts)}."


def named(rows: Sequence[Row]) -> str:
    """Return the users of some rows, the first of them by name."""
    names = [str(row.plan.target) for row in rows[:NAMED]]
    return listed(names) if len(rows) <= NAMED else f"{', '.join(names)} and {len(rows) - NAMED} more"
