"""A write as a value: the plan of it, and how it ended. What they are made of stands in `parties` (who, on whom, which
change), `objections` (what stands against it), `actions` and `secret`, and is offered here too.

Nothing here touches a database. A plan is computed first, shown (the confirm dialog, ``--dry-run``), applied in one
transaction, recorded in the audit and later inverted by undo: one value for all five.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import UUID, uuid4

from models.operations.actions import Action
from models.operations.audit.text import reason_problem, ticket_problem
from models.operations.objections import FieldConflict, FieldError, Merged, Refusal, RefusalCode, Skipped
from models.operations.parties import Actor, ActorKind, Change, Json, Target, json_value
from models.operations.secret import REDACTED, REDACTED_CHANGED, Secret

if TYPE_CHECKING:
    from datetime import datetime

    from models.engines.errors import CommitUnknown
    from models.operations.context import WriteContext, Written
    from models.operations.deletion.dependants import Dependant

__all__ = [
    "REDACTED",
    "REDACTED_CHANGED",
    "Action",
    "Actor",
    "ActorKind",
    "Change",
    "Doubt",
    "FieldConflict",
    "FieldError",
    "Json",
    "Merged",
    "Outcome",
    "Plan",
    "Refusal",
    "RefusalCode",
    "Secret",
    "Skipped",
    "Status",
    "Step",
    "Target",
    "json_value",
]


class Status(StrEnum):
    """How an apply ended. UNKNOWN is a state of its own: the commit was sent and nobody knows yet."""

    OK = "ok"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    CONFLICT = "conflict"
    GONE = "gone"
    ERROR = "error"
    UNKNOWN = "unknown"


class Step(Protocol):
    """What a verb does when its plan is applied. Each verb has its own frozen value with what it needs."""

    @property
    def counts_superusers(self) -> bool:
        """Whether every superuser must be locked, because the last one could be lost."""

    async def prepare(self) -> Step:
        """Do the slow work that needs no transaction (a password is hashed); return the step to write with."""

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Write inside the transaction of ``context``, after the locks; raise ``Stopped`` to undo all of it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A write, computed and not yet done. ``op_id`` is there before it starts: an unknown commit is settled by it."""

    action: Action
    actor: Actor
    target: Target
    step: Step = field(repr=False)
    changes: tuple[Change, ...] = ()
    errors: tuple[FieldError, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    effects: tuple[str, ...] = ()
    irreversible: tuple[str, ...] = ()
    reason: str = ""
    ticket: str = ""
    op_id: UUID = field(default_factory=uuid4)
    dependants: tuple[Dependant, ...] = ()
    """What a hard delete reaches besides the target; its `effects` say the same in sentences."""
    undo_of: UUID | None = None
    """The operation that this one takes back."""
    skipped: tuple[Skipped, ...] = ()
    """What an undo leaves as it is."""

    def __post_init__(self) -> None:
        """A reason or a ticket that the audit cannot keep whole is an error, also where it is added to a plan later."""
        others = tuple(error for error in self.errors if error.field not in {"reason", "ticket"})
        object.__setattr__(self, "errors", (*others, *_unkept(self.reason, self.ticket)))

    @property
    def is_allowed(self) -> bool:
        """Whether nothing known now stands against it. The guards decide again inside the transaction."""
        return not self.errors and not self.refusals

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to change."""
        return not self.changes

    def as_json(self) -> dict[str, Json]:
        """Return what ``--dry-run --json`` prints: everything but the step, which may hold a secret."""
        return {
            "op_id": str(self.op_id),
            "action": str(self.action),
            "actor": self.actor.as_json(),
            "target": self.target.as_json(),
            "changes": [change.as_json() for change in self.changes],
            "errors": [error.as_json() for error in self.errors],
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "effects": list(self.effects),
            "irreversible": list(self.irreversible),
            "dependants": [dependant.as_json() for dependant in self.dependants],
            "undo_of": str(self.undo_of) if self.undo_of else None,
            "skipped": [one.as_json() for one in self.skipped],
            "reason": self.reason,
            "ticket": self.ticket,
        }


def _unkept(reason: str, ticket: str) -> tuple[FieldError, ...]:
    problems = {"reason": reason_problem(reason), "ticket": ticket_problem(ticket)}
    return tuple(FieldError(name, problem) for name, problem in problems.items() if problem)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A COMMIT that was not answered, and what it would have written: enough to ask again, and to say it then."""

    unknown: CommitUnknown
    written: Written


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a plan ended, with one true sentence. ``secret`` is set once, by the verb that generated one.

    ``changes`` is what was written, which can be less than planned (somebody else saved the same) or say more (times).
    ``doubt`` is there while the status is UNKNOWN: `check_again` settles it.
    """

    status: Status
    plan: Plan
    sentence: str
    target: Target
    version: int | None = None
    changes: tuple[Change, ...] = ()
    errors: tuple[FieldError, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    conflicts: tuple[FieldConflict, ...] = ()
    merged: tuple[Merged, ...] = ()
    secret: Secret | None = None
    secret_expires_at: datetime | None = None
    doubt: Doubt | None = field(default=None, repr=False)

    @property
    def op_id(self) -> UUID:
        """The id that the audit knows this by."""
        return self.plan.op_id

    @property
    def is_ok(self) -> bool:
        """Whether what was asked is true now."""
        return self.status in {Status.OK, Status.UNCHANGED}

    def as_json(self) -> dict[str, Json]:
        """Return what ``--json`` prints; a secret is never part of it."""
        return {
            "op_id": str(self.op_id),
            "status": str(self.status),
            "action": str(self.plan.action),
            "sentence": self.sentence,
            "target": self.target.as_json(),
            "version": self.version,
            "changes": [change.as_json() for change in self.changes],
            "errors": [error.as_json() for error in self.errors],
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "conflicts": [conflict.as_json() for conflict in self.conflicts],
            "merged": [merged.as_json() for merged in self.merged],
            "secret_expires_at": json_value(self.secret_expires_at),
        }
