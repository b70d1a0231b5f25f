"""Anchors compared with the trail: whether the rows that they name still have the hashes that they kept."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from models import AuditEvent
from models.operations.audit.beginning import start_of_trail
from models.operations.audit.reports import AnchorReport, BadAnchor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.operations.audit.anchors import Anchor
    from models.operations.audit.beginning import Start

ANCHORS_AT_ONCE: Final = 500
MOST_NAMED: Final = 10
"""Anchors that disagree and are named; the others are counted."""


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
