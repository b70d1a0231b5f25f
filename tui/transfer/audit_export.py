"""An export of the audit: the events of a query, newest first, to a file that is recorded before it has its name.

JSON Lines have everything of an event, its hashes too. CSV is for people: a text that a spreadsheet would calculate
begins with a quote, and what cannot be seen is visible.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from models.operations.exporting import Export
from models.operations.plan import Action, json_value
from models.permissions import Codename
from models.spreadsheets import quoted
from tui.browse.audit.events import open_audit
from tui.browse.audit.query import AuditQuery
from tui.database.replica.reads import PRIMARY, Reads
from tui.sanitise import sanitise
from tui.transfer.private_file import PrivateFile, Spool
from tui.transfer.recorded import Exported, ExportProgress, Watch, export_recorded
from tui.transfer.sheets import Format

if TYPE_CHECKING:
    from models.operations.plan import Actor
    from tui.browse.audit.events import AuditDetail
    from tui.browse.lists.rows import Position

AT_ONCE: Final = 500
"""Events that are read and written at once: some ten milliseconds of the interface's own time."""

NEEDS: Final = (Codename.AUDIT_VIEW, Codename.AUDIT_EXPORT)

COLUMNS: Final = (
    "seq",
    "at",
    "actor",
    "actor_id",
    "via",
    "action",
    "target_kind",
    "target_id",
    "target",
    "outcome",
    "reason",
    "ticket",
    "changes",
    "batch",
    "operation",
    "hash",
)
LONGEST_CELL: Final = 30_000
"""Characters of a cell: spreadsheets cut longer ones, or refuse the file."""


@dataclass(frozen=True, slots=True)
class AuditExportRequest:
    """What to export; `path` None goes to a pipe."""

    query: AuditQuery
    format: Format
    path: Path | None
    force: bool = False
    reason: str = ""
    ticket: str = ""
    reads: Reads = PRIMARY


async def export_audit(
    request: AuditExportRequest, actor: Actor, progress: Callable[[ExportProgress], object] | None = None
) -> Exported:
    """Write the events of a request, as `export_recorded` does. Raises QueryError besides."""

    def facts(label: str) -> Export:
        return Export(
            request.query.words(),
            COLUMNS if request.format is Format.CSV else ("everything",),
            "newest first",
            str(request.format),
            label,
            request.reason,
            request.ticket,
            "audit",
            Action.EXPORT_AUDIT,
            NEEDS,
        )

    async def write(target: PrivateFile | Spool, watch: Watch) -> tuple[int, int]:
        return await _write(request, target, watch)

    return await export_recorded(request.path, facts, write, actor, progress, force=request.force)


async def _write(request: AuditExportRequest, target: PrivateFile | Spool, watch: Watch) -> tuple[int, int]:
    source = await open_audit(request.query, request.reads)
    lines = csv_lines if request.format is Format.CSV else json_lines
    size = await asyncio.to_thread(_add, target, _csv([COLUMNS]) if request.format is Format.CSV else b"")
    rows = searched = 0
    origin: Position | None = None
    while True:
        page = await source.details(origin, AT_ONCE)
        rows += len(page.rows)
        searched += page.searched or len(page.rows)
        size += await asyncio.to_thread(_add_lines, target, lines, page.rows)
        await watch.told(rows, searched)
        if page.edge is None:
            return rows, size
        origin = page.edge


def _add_lines(
    target: PrivateFile | Spool, lines: Callable[[Sequence[AuditDetail]], bytes], events: Sequence[AuditDetail]
) -> int:
    return _add(target, lines(events))


def _add(target: PrivateFile | Spool, data: bytes) -> int:
    target.write(data)
    return len(data)


def json_lines(events: Sequence[AuditDetail]) -> bytes:
    """Return events as JSON Lines, with every character as it is stored, escaped where it is not ASCII."""
    return "".join(json.dumps(event_json(event)) + "\n" for event in events).encode("ascii")


def csv_lines(events: Sequence[AuditDetail]) -> bytes:
    """Return events as lines of CSV."""
    return _csv([[_cell(value) for value in _cells(event)] for event in events])


def event_json(event: AuditDetail) -> dict[str, Any]:
    """An event as documents have it. `changes` and `meta` are null when what is stored cannot be read."""
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
        "batch_id": event.batch_id or None,
        "undo_of": event.undo_of or None,
        "outcome": row.outcome,
        "reason": row.reason,
        "ticket": row.ticket,
        "changes": None
        if event.changes is None
        else [{"field": c.field, "before": json_value(c.before), "after": json_value(c.after)} for c in event.changes],
        "version_before": event.version_before,
        "version_after": event.version_after,
        "meta": json_value(event.meta),
        "prev_hash": event.prev_hash,
        "hash": event.hash,
    }


def _cells(event: AuditDetail) -> list[object]:
    row = event.row
    changes = (
        "unreadable"
        if event.changes is None
        else "; ".join(f"{c.field}: {c.before} -> {c.after}" for c in event.changes)
    )
    return [
        row.seq,
        f"{row.at:%Y-%m-%d %H:%M:%S}" if row.at else "unreadable",
        row.actor_label,
        row.actor_id,
        row.actor_kind,
        row.action,
        row.target_type,
        row.target_id,
        row.target_label,
        row.outcome,
        row.reason,
        row.ticket,
        changes,
        event.batch_id,
        event.op_id,
        event.hash,
    ]


def _cell(value: object) -> object:
    return quoted(sanitise(value, LONGEST_CELL)) if isinstance(value, str) else value


def _csv(lines: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode("utf-8", "backslashreplace")
