"""The transactions of an import: which rows each of them writes, and the number that the audit knows it by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from models.operations.importing.spool import Verdict

if TYPE_CHECKING:
    from models.operations.importing.planning import ImportPlan

ATOMIC: Final = 100_000
"""Users of one transaction. It holds their locks, and the audit's, for some ten seconds at most."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one transaction: behind these lines, up to those; by verdict."""

    number: int
    after: dict[Verdict, int]
    upto: dict[Verdict, int]
    count: int


@dataclass(slots=True)
class Tally:
    """How many users were created and changed."""

    created: int = 0
    updated: int = 0

    def add(self, other: Tally) -> None:
        """Count another one in."""
        self.created += other.created
        self.updated += other.updated


def parts_of(plan: ImportPlan) -> list[Part]:
    """The transactions: updates first, so that a name that becomes free is free."""
    parts: list[Part] = []
    nothing = {Verdict.UPDATE: 0, Verdict.CREATE: 0}
    for verdict in (Verdict.UPDATE, Verdict.CREATE):
        after = 0
        while lines := plan.spool.lines(verdict, after, ATOMIC):
            upto, count = lines
            room = ATOMIC - parts[-1].count if parts else 0
            if count <= room:
                last = parts.pop()
                part = Part(
                    last.number, {**last.after, verdict: after}, {**last.upto, verdict: upto}, last.count + count
                )
            else:
                part = Part(len(parts), {**nothing, verdict: after}, {**nothing, verdict: upto}, count)
            parts.append(part)
            after = upto
    return parts


def op_id_of(plan: ImportPlan, part: Part) -> UUID:
    """The first transaction has the plan's own number; each further one a number made of it."""
    return uuid5(plan.op_id, str(part.number)) if part.number else plan.op_id
