"""The values of a bulk: the plan that is shown and agreed to, its progress, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from models.operations.bulk.verbs import verb_json
from models.operations.bulk.verdicts import FAILURES, RowResult, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.engines.errors import CommitUnknown
    from models.operations.bulk.selection import Selection
    from models.operations.bulk.verbs import Verb
    from models.operations.plan import Actor, Change, FieldError, Json, Refusal

ATOMIC: Final = 10_000
"""Users of one transaction: up to so many are written all, or nothing; more in batches of so many."""

ASKED: Final = 10
"""Up to so many users a yes is enough; above, their number is typed."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """Users that will not be changed, why, how many, and the names of a few."""

    verdict: Verdict
    count: int
    labels: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Return why, as a sentence without its full stop."""
        return self.verdict.reason

    def as_json(self) -> dict[str, Json]:
        """Return it as a JSON object."""
        return {
            "result": str(self.verdict.result),
            "reason": self.reason,
            "count": self.count,
            "labels": list(self.labels),
        }


@dataclass(frozen=True, slots=True)
class Sample:
    """One of the users that will be changed, and what will change."""

    id: int
    label: str
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Json]:
        """Return it as a JSON object."""
        return {"id": self.id, "label": self.label, "changes": [change.as_json() for change in self.changes]}


@dataclass(frozen=True, slots=True)
class BulkDoubt:
    """A COMMIT that nobody answered, and a user that its transaction wrote."""

    unknown: CommitUnknown
    user_id: int


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """A bulk, computed and not yet done. `op_id` is also the `batch_id` of its rows in the audit.

    `changing`, `unchanged` and the counts of `excluded` add up to `len(selection) - done`; `done` users were written
    before it was interrupted. `results` has a `Verdict` a user where a journal knows it, for `apply_bulk`, and `doubt`
    is the COMMIT that nobody answered, which it asks about first.
    """

    actor: Actor
    selection: Selection
    verb: Verb
    changing: int = 0
    unchanged: int = 0
    excluded: tuple[Excluded, ...] = ()
    samples: tuple[Sample, ...] = ()
    effects: tuple[str, ...] = ()
    irreversible: tuple[str, ...] = ()
    errors: tuple[FieldError, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    reason: str = ""
    ticket: str = ""
    op_id: UUID = field(default_factory=uuid4)
    database: str = ""
    results: bytes = b""
    done: int = 0
    doubt: BulkDoubt | None = field(default=None, repr=False)

    @property
    def total(self) -> int:
        """How many users were selected."""
        return len(self.selection)

    @property
    def excluded_count(self) -> int:
        """How many users are left out."""
        return sum(one.count for one in self.excluded)

    @property
    def is_allowed(self) -> bool:
        """Whether nothing known now stands against it. The guards decide again inside each transaction."""
        return not self.errors and not self.refusals

    @property
    def is_empty(self) -> bool:
        """Whether nobody would be changed."""
        return self.changing == 0

    @property
    def is_atomic(self) -> bool:
        """Whether one transaction writes everything."""
        return self.total <= ATOMIC

    @property
    def batch_size(self) -> int:
        """Users of one transaction at most."""
        return ATOMIC

    @property
    def confirmation(self) -> str:
        """What must be typed to agree: "y" up to 10 users, the number of those that will change above."""
        return "y" if self.changing <= ASKED else str(self.changing)

    def as_json(self) -> dict[str, Json]:
        """Return what `--dry-run --json` prints: the selection in words and numbers, not its ids."""
        return {
            "op_id": str(self.op_id),
            "actor": self.actor.as_json(),
            "verb": verb_json(self.verb),
            "selected": self.selection.words,
            "query": self.selection.query,
            "total": self.total,
            "changing": self.changing,
            "unchanged": self.unchanged,
            "excluded": [one.as_json() for one in self.excluded],
            "done": self.done,
            "samples": [sample.as_json() for sample in self.samples],
            "effects": list(self.effects),
            "irreversible": list(self.irreversible),
            "errors": [error.as_json() for error in self.errors],
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "atomic": self.is_atomic,
            "batch_size": self.batch_size,
            "confirmation": self.confirmation,
            "reason": self.reason,
            "ticket": self.ticket,
        }


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """How far it is: users looked at of all, users a second, seconds left (None before the first batch)."""

    done: int
    total: int
    rate: float
    seconds_left: float | None


class BulkStatus(StrEnum):
    """How a bulk ended. STOPPED: cancelled between batches, what was written stays. UNKNOWN: one commit was sent and
    nobody knows yet: applying the same plan again asks, and goes on from there."""

    DONE = "done"
    STOPPED = "stopped"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """How a bulk ended, with one true sentence, and a `Verdict` a user in `results`, in the order of the selection."""

    status: BulkStatus
    plan: BulkPlan
    sentence: str
    results: bytes = field(repr=False)
    seconds: float = 0.0
    refusals: tuple[Refusal, ...] = ()

    def count(self, result: RowResult) -> int:
        """Return how many users ended so."""
        return sum(self.results.count(verdict) for verdict in Verdict if verdict.result is result)

    @property
    def counts(self) -> dict[RowResult, int]:
        """How many users ended how; only what happened."""
        return {result: number for result in RowResult if (number := self.count(result))}

    @property
    def failures(self) -> int:
        """How many users a retry would take up."""
        return sum(self.count(result) for result in FAILURES)

    @property
    def is_ok(self) -> bool:
        """Whether what was asked is true of every user now."""
        return self.status is BulkStatus.DONE and not self.failures

    @property
    def is_resumable(self) -> bool:
        """Whether applying the same plan again goes on where this one stopped."""
        return self.status in {BulkStatus.STOPPED, BulkStatus.FAILED, BulkStatus.UNKNOWN}

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, Verdict]]:
        """Yield the id and the verdict of each user from one place of the selection to another."""
        for place in range(start, len(self.results) if stop is None else stop):
            yield self.plan.selection.ids[place], Verdict(self.results[place])

    def reasons(self) -> dict[Verdict, int]:
        """Return how many users ended with each verdict; only what happened."""
        return {verdict: number for verdict in Verdict if (number := self.results.count(verdict))}

    def as_json(self) -> dict[str, Json]:
        """Return what `--json` prints."""
        return {
            "op_id": str(self.plan.op_id),
            "status": str(self.status),
            "verb": verb_json(self.plan.verb),
            "sentence": self.sentence,
            "total": self.plan.total,
            "counts": {str(result): number for result, number in self.counts.items()},
            "reasons": {verdict.name.lower(): number for verdict, number in self.reasons().items()},
            "seconds": round(self.seconds, 3),
            "refusals": [refusal.as_json() for refusal in self.refusals],
        }
