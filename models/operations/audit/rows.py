"""Many rows of the audit at once: drawn (made into JSON) and sealed (hashed, one after the other).

Putting them into the table is `inserts`.

A draft is taken apart into what it shares with its neighbours (who, what, why: a `Frame`) and what is its own (on whom,
what changed), so that a row costs microseconds. `draw` and `seal` are pure and run in a thread: a hundred thousand
hashes would stop the event loop for a second.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeAlias, TypeVar
from uuid import UUID

from models.audit import LABEL_LENGTH
from models.operations.audit.row import HASHED_FIELDS, SECRET_FIELDS, canonical, draft_row, event_payload, redact
from models.operations.plan import Change
from models.operations.text import clipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from models.operations.audit.row import AuditDraft
    from models.operations.plan import Json

P = ParamSpec("P")
T = TypeVar("T")

ROWS_AT_ONCE: Final = 2500
"""Rows of one statement: their parameters are encoded in the event loop, in some 10 ms."""

INLINE: Final = 20
"""Up to so many rows a thread costs more than it saves."""

OWN: Final = ("changes", "meta", "op_id", "target_id", "target_label", "version_before", "version_after", "seq")
"""The columns that differ from row to row, `prev_hash` and `hash` apart."""

SHARED: Final = tuple(name for name in HASHED_FIELDS if name not in OWN)

Row: TypeAlias = tuple[int, "str | None", "str | None", str, "int | None", str, "int | None", "int | None"]
"""The number of its frame, then the columns of OWN but `seq`: `changes` and `meta` as JSON text."""

Own: TypeAlias = "tuple[int, str, Mapping[str, list[Json]], Mapping[str, Json], int | None, int | None]"
"""What `draw_alike` takes of a row: target's id and label, changes, meta, version before and after. Rows that share the
very same `changes` or `meta` cost less."""

_NONE: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Frame:
    """What neighbouring rows share: the values of SHARED, and the canonical JSON around what is a row's own."""

    values: tuple[object, ...]
    meta: Mapping[str, Json]
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Rows that wait for their place in the chain."""

    frames: tuple[Frame, ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Rows with their place: `first` is the `seq` of the first one, `before` the hash that it continues."""

    rows: Sequence[Row]
    first: int
    before: str
    hashes: Sequence[str]

    @property
    def last(self) -> int:
        """The `seq` of the last row."""
        return self.first + len(self.rows) - 1


def draw(drafts: Sequence[AuditDraft], at: datetime, db_user: str | None, address: str | None) -> Drawn:
    """Return the drafts as rows, in their order."""
    numbers: dict[tuple[object, ...], int] = {}
    frames: list[Frame] = []
    rows: list[Row] = []
    for draft in drafts:
        kind, actor, target = draft.target.kind, draft.actor, draft.target
        shared = (id(actor), draft.action, kind, draft.outcome, draft.reason, draft.ticket, draft.batch_id)
        key = (*shared, draft.undo_of)
        number = numbers.get(key)
        if number is None:
            number = numbers[key] = len(frames)
            frames.append(_frame(draft, at, db_user, address))
        frame = frames[number]
        changes = {c.field: [c.before, c.after] for c in map(redact, draft.changes)}
        meta = {**draft.meta, **frame.meta} if draft.meta else frame.meta
        rows.append(
            (
                number,
                canonical(changes) if changes else None,
                canonical(meta) if meta else None,
                str(draft.op_id),
                target.id,
                clipped(target.label, 100),
                draft.version_before,
                draft.version_after,
            )
        )
    return Drawn(tuple(frames), rows)


def draw_alike(draft: AuditDraft, own: Iterable[Own], at: datetime, db_user: str | None, address: str | None) -> Drawn:
    """Return rows that are as `draft` but for what is their own; the draft's changes and meta are left out."""
    draft = replace(draft, changes=(), meta={})
    frame, op_id = _frame(draft, at, db_user, address), str(draft.op_id)
    texts: dict[int, tuple[object, str | None]] = {}

    def text_of(value: Mapping[str, Any], more: Mapping[str, Any]) -> str | None:
        """The JSON of changes or of a meta. Most rows of a bulk share it: it is kept, and its text with it."""
        known = texts.get(id(value))
        if known is None:
            both = {**value, **more}
            both.update({name: _redacted(name, both[name]) for name in SECRET_FIELDS & both.keys()})
            known = texts[id(value)] = (value, canonical(both) if both else None)
        return known[1]

    rows: list[Row] = []
    for target_id, label, changes, meta, before, after in own:
        # Nothing of a plain name is to be clipped.
        name = (
            label
            if len(label) <= LABEL_LENGTH and label.isascii() and label.isprintable()
            else clipped(label, LABEL_LENGTH)
        )
        rows.append((0, text_of(changes, _NONE), text_of(meta, frame.meta), op_id, target_id, name, before, after))
    return Drawn((frame,), rows)


def seal(drawn: Drawn, rows: Sequence[Row], seq: int, prev_hash: str) -> Sealed:
    """Return the rows chained behind the row `seq` with `prev_hash`."""
    before, first = prev_hash, seq + 1
    sha256, quoted, pieces = hashlib.sha256, encode_basestring_ascii, [frame.pieces for frame in drawn.frames]
    hashes = []
    for number, changes, meta, op_id, target_id, label, version_before, version_after in rows:
        seq += 1
        p = pieces[number]
        text = (
            f"{prev_hash}{p[0]}{changes or 'null'}{p[1]}{meta or 'null'}{p[2]}{op_id}{p[3]}{seq}{p[4]}"
            f"{'null' if target_id is None else target_id}{p[5]}{quoted(label)}{p[6]}"
            f"{'null' if version_after is None else version_after}{p[7]}"
            f"{'null' if version_before is None else version_before}{p[8]}"
        )
        prev_hash = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        hashes.append(prev_hash)
    return Sealed(rows, first, before, hashes)


def sealed_parts(drawn: Drawn, seq: int, prev_hash: str) -> Iterator[Sealed]:
    """Yield all rows chained behind the row `seq` with `prev_hash`, in parts that `insert` takes."""
    for start in range(0, len(drawn.rows), ROWS_AT_ONCE):
        sealed = seal(drawn, drawn.rows[start : start + ROWS_AT_ONCE], seq, prev_hash)
        yield sealed
        seq, prev_hash = sealed.last, sealed.hashes[-1]


async def in_thread(rows: int, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what the pure function does with so many rows, without stopping the event loop for many."""
    return await asyncio.to_thread(function, *args, **kwargs) if rows > INLINE else function(*args, **kwargs)


def _frame(draft: AuditDraft, at: datetime, db_user: str | None, address: str | None) -> Frame:
    row = {**draft_row(draft, at), "db_user": db_user, "seq": 0}
    meta: dict[str, Json] = {}
    if draft.actor.sudo_user:
        meta["sudo_user"] = clipped(draft.actor.sudo_user, 100)
    if address:
        meta["client_address"] = address
    payload = event_payload(row)
    texts = dict.fromkeys(OWN, "\x00")
    texts["op_id"] = '"\x00"'
    parts = ",".join(f'"{name}":{texts.get(name) or canonical(payload[name])}' for name in sorted(payload))
    values = [row[name] for name in SHARED]
    return Frame(tuple(None if value is None else _plain(value) for value in values), meta, _split(parts))


def _split(parts: str) -> tuple[str, ...]:
    """The text around each value of a row's own. Canonical JSON escapes every control character, so none is inside."""
    return tuple(("{" + parts + "}").split("\x00"))


def _redacted(name: str, pair: list[Json]) -> list[Json]:
    kept = redact(Change(name, *pair))
    return [kept.before, kept.after]


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
