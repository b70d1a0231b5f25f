"""The audit trail as a list, newest first by key range, and one event whole. Reading only; what a search selects is in
`conditions`.

Columns are read as they are stored and interpreted here, without raising: the trail is looked at when something is
wrong, and a row that somebody has tampered with must be shown, not end the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any, Final

from tui.browse.audit.changes import FieldChange, field_changes, json_object
from tui.browse.audit.conditions import AuditAccess, open_query
from tui.browse.audit.large import changes_of, cut, meta_of, size
from tui.browse.audit.query import AuditQuery
from tui.browse.audit.statements import candidates, last_of_slice, tested
from tui.browse.lists.pages import Page
from tui.browse.lists.rows import Position
from tui.browse.sql import Sql, all_of, moment, rows, where
from tui.database.replica.reads import PRIMARY, Reads

_EACH: Final = (
    "id, seq, at, actor_id, actor_label, actor_kind, action, target_type, target_id, target_label, outcome, reason,"
    " ticket, batch_id, op_id"
)
_MORE: Final = (
    "claimed_os_user, claimed_host, claimed_ssh_client, db_user, version_before, version_after, undo_of,"
    " prev_hash, hash"
)
WHOLE: Final = f"{_EACH}, {_MORE}, changes, meta"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One event of the list. Texts are as stored, not yet safe to show; `at` is in UTC, None when unreadable.

    `changed` names the fields that changed; None when what is stored cannot be read. `stored_at` is the moment as the
    driver gave it: a place in the order of moments.
    """

    id: int
    seq: int
    at: datetime | None
    actor_id: int | None
    actor_label: str
    actor_kind: str
    action: str
    target_type: str
    target_id: int | None
    target_label: str
    outcome: str
    reason: str
    ticket: str
    changed: tuple[str, ...] | None
    batch_id: str = ""
    op_id: str = ""
    stored_at: object = None


@dataclass(frozen=True, slots=True)
class AuditDetail:
    """One event whole. What is named `claimed` is what the client said of itself; nobody has checked it.

    `changes` and `meta` are None when what is stored cannot be read.
    """

    row: AuditRow
    claimed_os_user: str
    claimed_host: str
    claimed_ssh_client: str
    db_user: str
    version_before: int | None
    version_after: int | None
    undo_of: str
    changes: tuple[FieldChange, ...] | None
    meta: Mapping[str, object] | None
    prev_hash: str
    hash: str

    @property
    def op_id(self) -> str:
        """The operation, by which logs and the command line know it."""
        return self.row.op_id

    @property
    def batch_id(self) -> str:
        """The bulk change that it is part of, or nothing."""
        return self.row.batch_id


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where the trail goes: the least and the greatest id, and the greatest sequence number.

    The sequence has no gaps in a trail that is whole, so `seq` is also how many events there are.
    """

    oldest: int
    newest: int
    seq: int

    def fraction(self, event_id: int) -> float:
        """How far down the list an id stands, from 0 (newest) to 1 (oldest)."""
        length = self.newest - self.oldest
        return min(1.0, max(0.0, (self.newest - event_id) / length)) if length > 0 else 0.0

    def at(self, fraction: float) -> int:
        """The id that stands so far down the list, whether or not there is an event with it."""
        return round(self.newest - min(1.0, max(0.0, fraction)) * (self.newest - self.oldest))


@dataclass(frozen=True, slots=True)
class AuditSource:
    """The events of one query, newest first. The trail is append-only, so an event never moves and a page never changes
    behind us. Make one of a query with `open_audit`; without arguments it is the whole trail."""

    query: AuditQuery = field(default_factory=AuditQuery)
    access: AuditAccess = field(default_factory=AuditAccess, compare=False)
    reads: Reads = field(default=PRIMARY, compare=False)

    def key(self, row: AuditRow) -> int:
        """Return what an event is known by: its id."""
        return row.id

    def position(self, row: AuditRow) -> Position:
        """Return where an event stands."""
        return Position(0, (row.stored_at, row.id)) if self.access.by_moment else position_of(row.id)

    async def page(self, origin: Position | None, count: int, *, forward: bool) -> Page[AuditRow]:
        """Return up to `count` events older (or newer) than `origin`; None begins at the newest (or the oldest).

        Where rows are tested, one slice is searched, and there may be fewer although there are more.
        """
        records, edge, searched = await self._records(origin, listed(), count, forward=forward)
        found = [_row(record) for record in records]
        return Page(tuple(found if forward else reversed(found)), edge, searched)

    async def details(self, origin: Position | None, count: int) -> Page[AuditDetail]:
        """Return the next older events whole, as `page` does."""
        records, edge, searched = await self._records(origin, WHOLE, count, forward=True)
        return Page(tuple(map(_detail, records)), edge, searched)

    async def _records(
        self, origin: Position | None, columns: str, count: int, *, forward: bool
    ) -> tuple[Sequence[Mapping[str, Any]], Position | None, int]:
        return await self.reads.run(partial(self._read, origin, columns, count, forward=forward))

    async def _read(
        self, origin: Position | None, columns: str, count: int, *, forward: bool
    ) -> tuple[Sequence[Mapping[str, Any]], Position | None, int]:
        access = self.access
        if not access.scans:
            found = await rows(candidates(access, origin, columns, count, forward=forward))
            return found, self._place(found[-1]) if len(found) == count else None, 0
        keys = max(count, access.pace.keys)
        started = perf_counter()
        found = await rows(tested(access, origin, columns, keys, count, forward=forward))
        if len(found) == count:
            return found, self._place(found[-1]), 0
        last = await rows(last_of_slice(access, origin, keys, forward=forward))
        access.pace.took(perf_counter() - started)
        return found, self._place(last[0]) if last else None, keys

    def _place(self, record: Mapping[str, Any]) -> Position:
        return Position(0, (record["at"], record["id"])) if self.access.by_moment else position_of(record["id"])

    async def find(self, key: object) -> AuditRow | None:
        """Return one event of the query by its id, or None."""
        one = all_of([Sql("id = ?", (int(str(key)),)), self.access.everything])
        found = await self.reads.run(partial(rows, f"SELECT {listed()} FROM audit_events" + where(one)))
        return _row(found[0]) if found else None


async def open_audit(query: AuditQuery, reads: Reads = PRIMARY) -> AuditSource:
    """Return the events of a query, as of now; it is opened and read where `reads` says. Raises QueryError for an
    action that the trail does not have."""
    return AuditSource(query, await reads.run(partial(open_query, query)), reads)


def position_of(event_id: int) -> Position:
    """Return the place of an id in the list."""
    return Position(0, (event_id,))


_SPAN: Final = Sql(
    "SELECT (SELECT min(id) FROM audit_events) AS oldest, (SELECT max(id) FROM audit_events) AS newest,"
    " (SELECT max(seq) FROM audit_events) AS seq"
)


async def load_span(reads: Reads = PRIMARY) -> Span | None:
    """Return from where to where the trail goes; None when it is empty. Reads the ends of two indexes."""
    found = await reads.run(partial(rows, _SPAN))
    record = found[0]
    return None if record["newest"] is None else Span(record["oldest"], record["newest"], record["seq"])


async def load_event(event_id: int) -> AuditDetail | None:
    """Return one event whole, or None when there is none with this id."""
    found = await rows(Sql(f"SELECT {WHOLE} FROM audit_events WHERE id = ?", (event_id,)))
    return _detail(found[0]) if found else None


async def load_event_cut(event_id: int) -> AuditDetail | None:
    """The same for a page: of documents of megabytes the beginnings of the values, each of which knows its length."""
    large = {"changes": "changes_are_large", "meta": "meta_is_large"}
    documents = ", ".join(f"{cut(name)}, {size(name)} AS {flag}" for name, flag in large.items())
    found = await rows(Sql(f"SELECT {_EACH}, {_MORE}, {documents} FROM audit_events WHERE id = ?", (event_id,)))
    if not found:
        return None
    detail = _detail(found[0])
    if found[0]["changes_are_large"] and detail.changes is not None:
        detail = replace(detail, changes=await changes_of(event_id))
    if found[0]["meta_is_large"] and detail.meta is not None:
        detail = replace(detail, meta=await meta_of(event_id))
    return detail


def listed() -> str:
    """What the list reads."""
    return f"{_EACH}, {cut('changes')}"


def _row(record: Mapping[str, Any]) -> AuditRow:
    changes = json_object(record["changes"])
    return AuditRow(
        id=record["id"],
        seq=record["seq"],
        at=_moment(record["at"]),
        actor_id=record["actor_id"],
        actor_label=_text(record["actor_label"]),
        actor_kind=_text(record["actor_kind"]),
        action=_text(record["action"]),
        target_type=_text(record["target_type"]),
        target_id=record["target_id"],
        target_label=_text(record["target_label"]),
        outcome=_text(record["outcome"]),
        reason=_text(record["reason"]),
        ticket=_text(record["ticket"]),
        changed=tuple(changes) if changes is not None else None,
        batch_id=_text(record["batch_id"]),
        op_id=_text(record["op_id"]),
        stored_at=record["at"],
    )


def _detail(record: Mapping[str, Any]) -> AuditDetail:
    changes = json_object(record["changes"])
    return AuditDetail(
        row=_row(record),
        claimed_os_user=_text(record["claimed_os_user"]),
        claimed_host=_text(record["claimed_host"]),
        claimed_ssh_client=_text(record["claimed_ssh_client"]),
        db_user=_text(record["db_user"]),
        version_before=record["version_before"],
        version_after=record["version_after"],
        undo_of=_text(record["undo_of"]),
        changes=field_changes(changes) if changes is not None else None,
        meta=json_object(record["meta"]),
        prev_hash=_text(record["prev_hash"]),
        hash=_text(record["hash"]),
    )


def _moment(stored: object) -> datetime | None:
    try:
        return moment(stored)
    except ValueError:
        return None


def _text(stored: object) -> str:
    return "" if stored is None else str(stored)
