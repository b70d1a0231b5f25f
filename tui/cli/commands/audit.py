"""`shellback audit list|show|export`: the trail as it is read. Checking and archiving it: `audit_chain.py`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from models.operations.text import grouped
from models.permissions import Codename
from tui.browse.audit.events import load_event, open_audit, position_of
from tui.browse.audit.query import AuditField, AuditQuery, Is, parse_audit
from tui.cli.exits import Exit
from tui.cli.exporting import export_told, exported
from tui.cli.failure import Failure, usage
from tui.cli.output import document, line, note, pairs, table
from tui.cli.progress import ProgressLine
from tui.cli.replica import read_from, reads_of
from tui.cli.running import Session, signed_in
from tui.cli.words import minute
from tui.transfer.audit_export import AuditExportRequest, event_json, export_audit
from tui.transfer.sheets import Format, format_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Awaitable, Callable

    from tui.browse.audit.events import AuditDetail, AuditRow
    from tui.browse.lists.rows import Position
    from tui.transfer.recorded import Exported, ExportProgress


def list_events(args: argparse.Namespace) -> int:
    """`audit list`."""
    query = parse_audit(args.query)

    async def body(args: argparse.Namespace, session: Session) -> int:
        return await _list(args, query, session)

    return signed_in(args, body, Codename.AUDIT_VIEW)


def show(args: argparse.Namespace) -> int:
    """`audit show`."""
    return signed_in(args, _show, Codename.AUDIT_VIEW)


def export(args: argparse.Namespace) -> int:
    """`audit export`."""
    path = None if args.output == "-" else Path(args.output)
    if path is None and args.json:
        raise usage("--json prints how it went where the rows would go: name a file with --output.")
    request = AuditExportRequest(
        parse_audit(args.query),
        Format(args.format) if args.format else format_of(path),
        path,
        args.force,
        args.reason,
        args.ticket,
    )

    async def body(args: argparse.Namespace, session: Session) -> int:
        placed = replace(request, reads=await reads_of(args, session))
        return await exported(session, lambda: _export(args, placed, session))

    return signed_in(args, body, Codename.AUDIT_VIEW, Codename.AUDIT_EXPORT)


async def _list(args: argparse.Namespace, query: AuditQuery, session: Session) -> int:
    """One page; a search that no index serves goes on until it is full, or nothing is left."""
    reads = await reads_of(args, session)
    source = await open_audit(query, reads)
    origin: Position | None = None
    if args.before is not None:
        row = await source.find(args.before) if source.access.by_moment else None
        origin = source.position(row) if row is not None else position_of(args.before)
        if source.access.by_moment and row is None:
            raise usage("--before is the id of an event that the search found before")
    found: list[AuditRow] = []
    searched = 0
    with ProgressLine() as progress:
        while True:
            page = await source.page(origin, args.limit - len(found), forward=True)
            found += page.rows
            searched += page.searched
            origin = page.edge
            if origin is None or len(found) >= args.limit:
                break
            progress.say(f"searched {grouped(searched)} events · ctrl+c stops")
    following = found[-1].id if origin is not None and found else None
    if args.json:
        events = [await reads.run(partial(load_event, row.id)) for row in found]
        listed = [event_json(event) for event in events if event]
        document({"events": listed, "next": following, **read_from(reads)})
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
            for row in found
        ],
        right=("ID",),
    )
    if following is not None:
        note(f"more: --before {following}")
    return Exit.DONE


def _whom(row: AuditRow) -> str:
    label = row.target_label or row.target_type
    return label if row.target_id is None else f"{label} #{row.target_id}"


async def _show(args: argparse.Namespace, _: Session) -> int:
    """One event by its id, or all of an operation by its own."""
    if args.event.isascii() and args.event.isdigit():
        # A longer number is nobody's: cut short it would be somebody else's.
        found = [await load_event(int(args.event))] if len(args.event) <= MOST_DIGITS else []
    else:
        try:
            query = AuditQuery((Is(AuditField.OPERATION, str(UUID(args.event))),))
        except ValueError:
            raise usage(f"{args.event!r} is neither the id of an event nor that of an operation") from None
        found = list((await (await open_audit(query)).details(None, MOST_SHOWN)).rows)
    events = [event for event in found if event is not None]
    if not events:
        raise Failure(f"The audit has no event {args.event}.", Exit.CONFLICT, kind="gone")
    if args.json:
        document({"events": [event_json(event) for event in events]})
        return Exit.DONE
    for number, event in enumerate(events):
        if number:
            line()
        _print(event)
    return Exit.DONE


MOST_SHOWN = 100
MOST_DIGITS = 18


def _print(event: AuditDetail) -> None:
    row = event.row
    claims = (
        ("OS user", event.claimed_os_user),
        ("host", event.claimed_host),
        ("SSH client", event.claimed_ssh_client),
    )
    facts: list[tuple[str, object]] = [
        ("event", f"{row.id}, sequence {row.seq}"),
        ("at", f"{row.at:%Y-%m-%d %H:%M:%S} UTC" if row.at else "unreadable"),
        ("who", f"{row.actor_label} #{row.actor_id} ({row.actor_kind})" if row.actor_id else row.actor_label),
        ("claims", ", ".join(f"{name} {text}" for name, text in claims if text)),
        ("database user", event.db_user),
        ("action", row.action),
        ("on", f"{row.target_type} {_whom(row)}"),
        ("outcome", row.outcome),
        ("reason", row.reason),
        ("ticket", row.ticket),
        ("operation", event.op_id),
        ("batch", event.batch_id),
        ("undoes", event.undo_of),
        ("hash", event.hash),
        ("follows", event.prev_hash),
    ]
    pairs([(name, value) for name, value in facts if value])
    if event.changes is None:
        line("  what is stored of the changes cannot be read")
    for change in event.changes or ():
        line(f"  {change.field}: {_words(change.before)} -> {_words(change.after)}")
    for name, value in (event.meta or {}).items():
        line(f"  {name}: {_words(value)}")


def _words(value: object) -> str:
    return "nothing" if value in (None, "", []) else str(value)


async def _export(args: argparse.Namespace, request: AuditExportRequest, session: Session) -> int:
    def start(tell: Callable[[ExportProgress], object]) -> Awaitable[Exported]:
        return export_audit(request, session.who.actor, tell)

    return await export_told(args, session, start, "event", request.format, lambda: read_from(request.reads))
