"""`shellback audit list|verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.operations import verify_chain
from models.operations.plan import json_value
from models.permissions import Codename
from tui.browse.audit import AuditSource, load_event, position_of
from tui.cli.exits import Exit
from tui.cli.output import complain, document, line, note, table
from tui.cli.running import Session, signed_in
from tui.cli.words import minute

if TYPE_CHECKING:
    import argparse

    from tui.browse.audit import AuditDetail, AuditRow


def list_events(args: argparse.Namespace) -> int:
    """`audit list`."""
    return signed_in(args, _list, Codename.AUDIT_VIEW)


def verify(args: argparse.Namespace) -> int:
    """`audit verify`."""
    return signed_in(args, _verify, Codename.AUDIT_VIEW)


async def _list(args: argparse.Namespace, _: Session) -> int:
    before = position_of(args.before) if args.before is not None else None
    page = await AuditSource().page(before, args.limit, forward=True)
    following = page.edge.key[0] if page.edge else None
    if args.json:
        events = [await load_event(row.id) for row in page.rows]
        document({"events": [event_json(event) for event in events if event], "next": following})
        return Exit.DONE
    table(
        ("ID", "AT (UTC)", "WHO", "ACTION", "WHOM", "OUTCOME", "FIELDS"),
        [
            (
                row.id,
                minute(row.at, "unreadable"),
                f"{row.actor_label} ({row.actor_kind})",
                row.action,
                _whom(row),
                row.outcome,
                "unreadable" if row.changed is None else ", ".join(row.changed),
            )
            for row in page.rows
        ],
        right=("ID",),
    )
    if following is not None:
        note(f"more: --before {following}")
    return Exit.DONE


def _whom(row: AuditRow) -> str:
    label = row.target_label or row.target_type
    return label if row.target_id is None else f"{label} #{row.target_id}"


def event_json(event: AuditDetail) -> dict[str, Any]:
    """An event as the documents have it. `changes` and `meta` are null when what is stored cannot be read."""
    row = event.row
    return {
        "id": row.id,
        "seq": row.seq,
        "op_id": event.op_id,
        "at": json_value(row.at),
        "actor": {
            "id": row.actor_id,
            "label": row.actor_label,
            "kind": row.actor_kind,
            "claimed_os_user": event.claimed_os_user,
            "claimed_host": event.claimed_host,
            "claimed_ssh_client": event.claimed_ssh_client,
            "db_user": event.db_user,
        },
        "action": row.action,
        "target": {"kind": row.target_type, "id": row.target_id, "label": row.target_label},
        "outcome": row.outcome,
        "reason": row.reason,
        "ticket": row.ticket,
        "changes": None
        if event.changes is None
        else [{"field": c.field, "before": json_value(c.before), "after": json_value(c.after)} for c in event.changes],
        "version_before": event.version_before,
        "version_after": event.version_after,
        "meta": json_value(event.meta),
        "hash": event.hash,
    }


async def _verify(args: argparse.Namespace, _: Session) -> int:
    report = await verify_chain()
    if args.json:
        bad = report.bad
        document(
            {
                "whole": report.is_whole,
                "rows": report.rows,
                "tip": {"seq": report.tip_seq, "hash": report.tip_hash},
                "bad": {"seq": bad.seq, "id": bad.id, "problem": bad.problem} if bad else None,
            }
        )
    elif report.is_whole:
        line(f"{report.rows} rows are as they were written. Tip: {report.tip_seq} {report.tip_hash}")
    if report.bad:
        complain(f"The audit was tampered with: row {report.bad.seq} (id {report.bad.id}): {report.bad.problem}.")
        return Exit.FAILED
    return Exit.DONE
