"""A file that goes out only with its record in the audit: asked for first, recorded before it has its name.

Which rows and how they are written is the caller's: users in `export`, events in `audit_export`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from models.operations.exporting import Export, check_export, record_export
from models.operations.sign_in.proofs import EXPORTED_ABOVE
from tui.transfer.private_file import PrivateFile, Spool

if TYPE_CHECKING:
    from models.operations.plan import Actor


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """How far it is: rows written, keys looked at, and seconds since the start."""

    rows: int
    searched: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Exported:
    """What went out. `seq` is its record in the audit; `spool` holds the lines when there is no path."""

    rows: int
    size: int
    seconds: float
    seq: int
    path: str
    spool: Spool | None = None


@dataclass(slots=True)
class Watch:
    """Tells how far it is; asks whether so many may go out as soon as it is many, not at the end of hours.

    `is_many`: it was asked, and may.
    """

    actor: Actor
    facts: Export
    progress: Callable[[ExportProgress], object]
    started: float
    is_many: bool = False

    async def told(self, rows: int, searched: int) -> None:
        """So many rows are on their way. Raises `Stopped` when they are too many for this account."""
        if rows > EXPORTED_ABOVE and not self.is_many:
            await check_export(self.actor, self.facts, rows)
            self.is_many = True
        self.progress(ExportProgress(rows, searched, monotonic() - self.started))


async def export_recorded(
    path: Path | None,
    facts_of: Callable[[str], Export],
    write: Callable[[PrivateFile | Spool, Watch], Awaitable[tuple[int, int]]],
    actor: Actor,
    progress: Callable[[ExportProgress], object] | None = None,
    *,
    force: bool = False,
    known: int = 0,
) -> Exported:
    """Write the file and return what went out; the caller lets a `spool` vanish.

    `facts_of` takes the label of where it goes; `write` returns rows and bytes; `known` rows are asked for at once.
    Cancelled, or on any error, nothing is left behind: no record, no file. Raises `Stopped` when it is refused,
    TransferError for the file, and what `write` and the engine raise.
    """
    started = monotonic()
    target: PrivateFile | Spool
    target = Spool() if path is None else PrivateFile(path, force=force)
    kept = False
    try:
        facts = facts_of(target.label)
        watch = Watch(actor, facts, progress or (lambda _: None), started)
        await check_export(actor, facts, known)
        rows, size = await write(target, watch)
        await asyncio.to_thread(target.settle)
        seq = await record_export(actor, facts, rows, proven=watch.is_many)
        # Recorded: what follows is one step, and nobody stops it half-way.
        await asyncio.shield(asyncio.to_thread(target.name))
        kept = isinstance(target, Spool)
        spool = target if isinstance(target, Spool) else None
        return Exported(rows, size, monotonic() - started, seq, target.label, spool)
    finally:
        if not kept:
            target.abandon()
