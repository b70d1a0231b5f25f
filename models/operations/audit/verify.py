"""The check of the audit: every row as it was written, nothing missing in between, and the anchors agree.

From inside, a chain shows what was edited, deleted, inserted or moved. A cut tail and a log computed anew are whole
from inside: those show where an anchor, kept outside, disagrees. Reads only, in constant memory.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from tortoise.exceptions import FieldError
from tortoise.expressions import Q

from models import AuditArchive, AuditEvent
from models.engines.errors import DatabaseError
from models.operations.audit.row import GENESIS, AuditDraft, AuditOutcome, chain_hash, event_payload
from models.operations.audit.triggers import lacking_triggers
from models.operations.audit.writing import record
from models.operations.plan import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from models.operations.audit.anchors import Anchor
    from models.operations.plan import Actor, Json

ANCHORS_AT_ONCE: Final = 500
MOST_NAMED: Final = 10
"""Anchors that disagree and are named; the others are counted."""

ARCHIVED: Final = "audit.archive"
"""The action of the row that an archive leaves in the chain."""

CHECKED: Final = "audit.verify"
"""The action of the row that a check leaves which found something."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first row at which the chain does not hold, and what is wrong with it."""

    seq: int
    id: int
    problem: str


@dataclass(frozen=True, slots=True)
class BadAnchor:
    """An anchor that does not agree with the trail, and how."""

    anchor: Anchor
    problem: str


@dataclass(frozen=True, slots=True)
class AnchorReport:
    """What a comparison with anchors found. `agreed` of `read` lines agree; `archived` rows are not in the table any
    more, `foreign` anchors are of other databases, `unreadable` lines are none. `latest` is the last one that agrees.
    """

    read: int = 0
    agreed: int = 0
    archived: int = 0
    foreign: int = 0
    unreadable: int = 0
    disagreeing: int = 0
    bad: tuple[BadAnchor, ...] = ()
    latest_seq: int = 0
    latest_at: datetime | None = None

    @property
    def own(self) -> int:
        """How many are of this database."""
        return self.read - self.foreign - self.unreadable


@dataclass(frozen=True, slots=True)
class Start:
    """Behind which row a check begins. `archived_to` is the last row that archives hold, 0 without any."""

    seq: int = 0
    hash: str = GENESIS
    archived_to: int = 0
    archived_hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of the chain found. `tip_seq` and `tip_hash` are those of the last good row: anchor them outside.

    `first_seq` is the first row that was checked; what came before is in an archive, or was not asked for. `lacking`
    are triggers that should refuse changes of the trail and are not there. `anchors` None: none were compared.
    """

    rows: int
    tip_seq: int
    tip_hash: str
    bad: BadRow | None = None
    first_seq: int = 1
    archived_to: int = 0
    archives: str = ""
    lacking: tuple[str, ...] = ()
    anchors: AnchorReport | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every row that is there is as it was written, and no anchor says otherwise."""
        return self.bad is None and not self.archives and not (self.anchors and self.anchors.bad)


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
    found = await _bad_archives() if since is None else ""
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


async def start_of_trail() -> Start:
    """Return where the chain goes on behind the archives.

    Rows that an archive holds and that are not yet taken out of the table are checked too: the first of them says
    itself what it follows, and the last must be the one that the archive names.
    """
    last = await AuditArchive.all().order_by("-last_seq").limit(1).values_list("last_seq", "last_hash")
    if not last:
        return Start()
    seq, digest = last[0]
    first = await AuditEvent.all().order_by("seq").limit(1).values_list("seq", "prev_hash")
    if first and first[0][0] <= seq:
        return Start(first[0][0] - 1, str(first[0][1]), seq, digest)
    return Start(seq, digest, seq, digest)


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


# Archives -----------------------------------------------------------------------------------------------------------


async def _bad_archives() -> str:
    """What is wrong with the list of archives: it is what lets rows go, so each must continue the one before, and the
    chain must have a row that says who made the last one."""
    expected, last = 1, None
    async for archive in AuditArchive.all().order_by("last_seq"):
        if archive.first_seq != expected or archive.rows != archive.last_seq - archive.first_seq + 1:
            return (
                f"The archive {archive.file_name} says that it holds rows {archive.first_seq} to {archive.last_seq}, "
                f"and should begin with row {expected}."
            )
        expected, last = archive.last_seq + 1, archive
    if last is None:
        return ""
    told: list[Any]
    try:
        events = AuditEvent.filter(action=ARCHIVED, outcome="ok", seq__gt=last.last_seq)
        told = [row["meta"] for row in await events.values("meta")]
    except (FieldError, ValueError, TypeError):
        return f"What the trail says of the archive {last.file_name} cannot be read."
    for said in told:
        if isinstance(said, dict) and said.get("last_seq") == last.last_seq:
            same = (said.get("last_hash"), said.get("sha256")) == (last.last_hash, last.file_sha256)
            return "" if same else f"The archive {last.file_name} is not what the trail says of it."
    return f"Nobody is recorded to have made the archive {last.file_name}: its rows may have been taken out by force."


# Anchors ------------------------------------------------------------------------------------------------------------


async def compare(anchors: Iterable[Anchor | None], database: str, start: Start | None = None) -> AnchorReport:
    """Compare anchors with the rows that they name, some hundred by a query. The order of the anchors is free."""
    start = start or await start_of_trail()
    report = AnchorReport()
    source = iter(anchors)
    while part := list(islice(source, ANCHORS_AT_ONCE)):
        report = await _compare_part(report, part, database, start)
    return report


async def _compare_part(report: AnchorReport, part: list[Anchor | None], database: str, start: Start) -> AnchorReport:
    own = [anchor for anchor in part if anchor is not None and (not database or anchor.database == database)]
    unreadable = sum(1 for anchor in part if anchor is None)
    live = sorted({anchor.seq for anchor in own})
    stored = dict(await AuditEvent.filter(seq__in=live).values_list("seq", "hash")) if live else {}
    newest = await AuditEvent.all().order_by("-seq").limit(1).values_list("seq", flat=True)
    tip = max(int(str(newest[0])) if newest else 0, start.archived_to)
    agreed = archived = 0
    bad: list[BadAnchor] = []
    latest_seq, latest_at = report.latest_seq, report.latest_at
    for anchor in own:
        held = stored.get(anchor.seq)
        if held is None and anchor.seq == start.archived_to:
            held = start.archived_hash
        if held is None and anchor.seq <= start.archived_to:
            archived += 1
        elif held == anchor.hash:
            agreed += 1
            if anchor.seq > latest_seq:
                latest_seq, latest_at = anchor.seq, anchor.at
        else:
            bad.append(BadAnchor(anchor, _disagreement(held, anchor, tip)))
    named = sorted((*report.bad, *bad), key=lambda one: one.anchor.seq)[:MOST_NAMED]
    return AnchorReport(
        report.read + len(part),
        report.agreed + agreed,
        report.archived + archived,
        report.foreign + len(part) - unreadable - len(own),
        report.unreadable + unreadable,
        report.disagreeing + len(bad),
        tuple(named),
        latest_seq,
        latest_at,
    )


def _disagreement(held: object, anchor: Anchor, tip: int) -> str:
    if held is not None:
        return "the row has another hash now: the trail was computed anew, from there or before"
    if anchor.seq > tip:
        return f"the trail ends at row {tip}: its tail was cut off"
    return "the row is not there any more"


# Recording ----------------------------------------------------------------------------------------------------------


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
