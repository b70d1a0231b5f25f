"""What the audit says of an operation that is to be undone: its row, and whether it has been taken back already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

from models import AuditEvent
from models.operations.context import USER
from models.operations.presence import TargetGone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

LARGEST: int = 2**63 - 1


class NoSuchEvent(TargetGone):
    """Raised where there is nothing that one undo could be of: no such operation, or many rows at once."""


async def read_event(client: BaseDBAsyncClient, which: UUID | int) -> AuditEvent:
    """Return the row of the audit with this id, or the only row of the operation with this number.

    Raises `NoSuchEvent`, also for an operation on many: that is a batch.
    """
    if isinstance(which, int):
        row = await AuditEvent.get_or_none(id=which, using_db=client) if 0 < which <= LARGEST else None
        if row is None:
            raise NoSuchEvent(f"The audit has no event {which}.")
        return row
    rows = await AuditEvent.filter(op_id=which).using_db(client).order_by("id").limit(3)
    changing = [row for row in rows if row.target_id is not None] or rows
    if not changing:
        raise NoSuchEvent(f"The audit has no operation {which}.")
    if len(changing) > 1 or changing[0].batch_id == which:
        raise NoSuchEvent(f"The operation {which} is a batch: undo the batch, or one event of it.")
    return changing[0]


async def standing_undos(client: BaseDBAsyncClient, event: AuditEvent) -> list[AuditEvent]:
    """Return the undos of this row that were not undone themselves, newest first."""
    undos = AuditEvent.filter(target_type=event.target_type, outcome="ok", undo_of__not_isnull=True)
    if event.target_type == USER:  # what is deleted for good and made again has another id
        undos = undos.filter(target_id=event.target_id)
    return standing(await undos.using_db(client).order_by("-id"), event.op_id)


class Undo(Protocol):
    """An undo, as far as it matters for whether another one holds."""

    @property
    def op_id(self) -> UUID:
        """Its own number."""

    @property
    def undo_of(self) -> UUID | None:
        """What it takes back."""


U = TypeVar("U", bound=Undo)


def standing(undos: Sequence[U], op_id: UUID) -> list[U]:
    """Return those of these undos (newest first, all of one target) that take `op_id` back and hold."""
    held: dict[UUID, list[U]] = {}
    for undo in undos:
        if undo.undo_of is not None and not held.get(undo.op_id):
            held.setdefault(undo.undo_of, []).append(undo)
    return held.get(op_id, [])


def fields_of(undos: Iterable[AuditEvent]) -> dict[str, AuditEvent]:
    """Return the fields that these undos put back, and by which of them."""
    found: dict[str, AuditEvent] = {}
    for undo in undos:
        for name in changes_of(undo):
            found.setdefault(name, undo)
    return found


def changes_of(event: AuditEvent) -> dict[str, tuple[Any, Any]]:
    """Return `{field: (before, after)}`; nothing where the row does not hold what Shellback writes."""
    changes = event.changes if isinstance(event.changes, dict) else {}
    return {
        str(name): (pair[0], pair[1]) for name, pair in changes.items() if isinstance(pair, list) and len(pair) == 2
    }


def meta_of(event: AuditEvent) -> dict[str, Any]:
    """Return what the row says beside its changes."""
    return event.meta if isinstance(event.meta, dict) else {}
