"""How a bulk ended, in one true sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.operations.bulk.plan import BulkStatus
from models.operations.bulk.verdicts import RowResult
from models.operations.text import grouped, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.operations.bulk.plan import BulkOutcome

_WORDS: Final[Mapping[RowResult, str]] = {
    RowResult.OK: "done",
    RowResult.UNCHANGED: "already so",
    RowResult.CONFLICT: "changed, deleted or gone",
    RowResult.DENIED: "left out",
    RowResult.ERROR: "failed",
    RowResult.PENDING: "not reached",
}

_NOTHING: Final = "Nothing was changed"


def outcome_sentence(outcome: BulkOutcome, why: str) -> str:
    """Return how it ended; `why` is the reason where it did not come to its end."""
    counts = [f"{grouped(number)} {_WORDS[result]}" for result, number in outcome.counts.items()]
    told = f"{outcome.plan.verb.words()}: {listed(counts)}." if counts else f"{outcome.plan.verb.words()}: nobody."
    written = outcome.count(RowResult.OK)
    if outcome.status is BulkStatus.DONE:
        return told
    if outcome.status is BulkStatus.STOPPED:
        return f"Stopped between two batches. {told} What was written stays; it can go on from here."
    if outcome.status is BulkStatus.UNKNOWN:
        number = f"Its number is {outcome.plan.op_id}."
        return f"{why} {number} {told} Go on with it: it asks first what has landed."
    # What a database says of a transaction is true of the one batch that it rolled back, not of those before it.
    undone = why.replace(_NOTHING, "Nothing of that batch was changed")
    nothing = why if _NOTHING in why else f"{_NOTHING}. {why}"
    before = f"{told} {undone}" if written else nothing
    if outcome.status is BulkStatus.FAILED and not outcome.plan.is_atomic:
        return f"{before} It can go on from here."
    return before
