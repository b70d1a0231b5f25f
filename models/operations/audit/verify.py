"""The check of the audit: every row as it was written, nothing missing in between, and the anchors agree.

From inside, a chain shows what was edited, deleted, inserted or moved. A cut tail and a log computed anew are whole
from inside: those show where an anchor, kept outside, disagrees (`compared`). Reads only, in constant memory.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from tortoise.exceptions import FieldError
from tortoise.expressions import Q

from models import AuditEvent
from models.engines.errors import DatabaseError
from models.operations.audit.beginning import Start, bad_archives, start_of_trail
from models.operations.audit.compared import compare
from models.operations.audit.recording import record
from models.operations.audit.reports import BadRow, ChainReport
from models.operations.audit.row import GENESIS, AuditDraft, AuditOutcome, chain_hash, event_payload
from models.operations.audit.triggers import lacking_triggers
from models.operations.plan import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from models.operations.audit.anchors import Anchor
    from models.operations.plan import Actor, Json

CHECKED: Final = "audit.verify"
"""The action of the row that a check leaves which found something."""


@dataclass(slots=True)
class _Place:
    """Where the check stands."""

    seq: int
    hash: str
    id: int = 0
    rows: int = 0


async def verify_trail(
    *,
    since: int | None = None,
    anchors: Iterable[Anchor | None] | None = None,
    database: str = "",
    batch: int = 1000,
    progress: Callable[[int], object] | None = None,
) -> ChainReport:
    """Check the whole trail behind what is archived, or the rows from `since` on; then the triggers and the anchors.

    `anchors` of another `database` are counted and left out. Raises `DatabaseError`, and what reading anchors raises.
    """
    start = await start_of_trail()
    found = await bad_archives() if since is None else ""
    if since is not None and since > start.seq + 1:
        start = await _behind(since - 1, start)
    report = await _check(start, batch, progress, found)
    compared = await compare(anchors, database, start) if anchors is not None else None
    return replace(report, lacking=tuple(await lacking_triggers()), anchors=compared)


async def verify_chain(
    *,
    batch: int = 1000,
    after_seq: int = 0,
    after_hash: str = GENESIS,
    progress: Callable[[int], object] | None = None,
) -> ChainReport:
    """Check every row after `after_seq`, in constant memory, and name the first bad one.

    Hand over the `(seq, hash)` of an anchor to check only what came after it. `progress` is told after each batch
    how many rows have been found good.
    """
    start = Start(after_seq, after_hash)
    if after_seq == 0:
        start = await start_of_trail()
    return await _check(start, batch, progress, "")


async def _behind(seq: int, start: Start) -> Start:
    """Where the chain stood at a row, taken as it is stored."""
    found = await AuditEvent.filter(seq__lte=seq).order_by("-seq").limit(1).values_list("seq", "hash")
    return replace(start, seq=found[0][0], hash=str(found[0][1])) if found else start


async def _check(start: Start, batch: int, progress: Callable[[int], object] | None, archives: str) -> ChainReport:
    place = _Place(start.seq, start.hash)
    first = start.seq + 1

    def report(bad: BadRow | None = None) -> ChainReport:
        return ChainReport(place.rows, place.seq, place.hash, bad, first, start.archived_to, archives)

    if first == 1:
        early = await AuditEvent.filter(seq__lt=1).order_by("seq").limit(1).values_list("seq", "id")
        if early:
            [(early_seq, early_id)] = early
            return report(BadRow(early_seq, early_id, "its number is less than 1, which none ever had"))
    while True:
        # Behind the last row also means: another row with its number.
        following = AuditEvent.filter(Q(seq__gt=place.seq) | Q(seq=place.seq, id__gt=place.id))
        following = (
            following.filter(seq__gte=place.seq if place.rows else place.seq + 1).order_by("seq", "id").limit(batch)
        )
        try:
            rows = await following.values()
        except (FieldError, ValueError, TypeError, RecursionError):
            # A value that no writer of ours stored, somewhere among these.
            if batch > 1:
                batch = 1
                continue
            [(bad_seq, bad_id)] = await following.values_list("seq", "id")
            return report(BadRow(bad_seq, bad_id, "its content cannot be read"))
        for row in rows:
            problem = _problem(row, place, start)
            if problem:
                return report(BadRow(row["seq"], row["id"], problem))
            place.seq, place.hash, place.id = row["seq"], row["hash"], row["id"]
            place.rows += 1
        if len(rows) < batch:
            return report()
        if progress is not None:
            progress(place.rows)


def _problem(row: Mapping[str, Any], place: _Place, start: Start) -> str | None:
    seq = row["seq"]
    if seq == place.seq:
        return "there are two rows with its number"
    if seq != place.seq + 1:
        missing = f"row {place.seq + 1} is" if seq == place.seq + 2 else f"rows {place.seq + 1} to {seq - 1} are"
        return f"{missing} missing before it"
    if row["prev_hash"] != place.hash:
        return "it does not continue the row before it"
    try:
        written = row["hash"] == chain_hash(place.hash, event_payload(row))
    except (ValueError, RecursionError):  # NaN, or deeper than anything that we write
        written = False
    if not written:
        return "its content is not what was written"
    if seq == start.archived_to and row["hash"] != start.archived_hash:
        return "it is not the row that the archive ends with"
    return None


async def record_failure(actor: Actor, report: ChainReport) -> None:
    """Record a check that found the trail not whole, where it can be recorded: whoever reads it later must see that it
    was known. Raises nothing that a database does."""
    if report.is_whole:
        return
    meta: dict[str, Json] = {"rows": report.rows, "tip": report.tip_seq}
    if report.bad is not None:
        meta["bad"] = {"seq": report.bad.seq, "id": report.bad.id, "problem": report.bad.problem}
    if report.archives:
        meta["archives"] = report.archives
    if report.anchors is not None and report.anchors.bad:
        meta["anchors"] = [{"seq": one.anchor.seq, "problem": one.problem} for one in report.anchors.bad]
    with suppress(DatabaseError):
        await record(AuditDraft(actor, CHECKED, Target("audit", None, "the trail"), AuditOutcome.ERROR, meta=meta))
