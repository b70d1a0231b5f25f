"""An export, from what was asked for to the file: one snapshot, part after part, recorded before it has its name."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from models.clock import database_now
from models.operations.exporting import Export
from tui.browse.lists.orders import Order
from tui.browse.lists.pages import open_source
from tui.browse.lists.statements import after_key
from tui.browse.search.query import Query, parse
from tui.browse.sql import NOTHING, Sql, connection, dialect
from tui.database.replica.reads import PRIMARY, Reads
from tui.transfer.columns import Column, names_of
from tui.transfer.lines import Lines
from tui.transfer.private_file import PrivateFile, Spool
from tui.transfer.ranges import IDS, ROWS, Writer, end_sql, ids_sql, last_key, marked_sql, upto_key
from tui.transfer.readers import Reader, reading
from tui.transfer.recorded import Exported, ExportProgress, Watch, export_recorded
from tui.transfer.sheets import Format, Sheet

if TYPE_CHECKING:
    from models.operations.plan import Actor
    from tui.browse.lists.access import Access
    from tui.transfer.readers import Part


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export. `marked` are ids and replace the query; `path` None goes to a pipe: see `export_users`."""

    query: Query
    order: Order
    columns: tuple[Column, ...]
    format: Format
    path: Path | None
    marked: tuple[int, ...] | None = None
    force: bool = False
    reason: str = ""
    ticket: str = ""
    reads: Reads = PRIMARY

    @property
    def what(self) -> str:
        """Who is exported, in words."""
        if self.marked is not None:
            return f"{len(self.marked)} marked users"
        return self.query.words() if self.query.terms else "everybody"


async def export_users(
    request: ExportRequest, actor: Actor, progress: Callable[[ExportProgress], object] | None = None
) -> Exported:
    """Write the users of a request, as `export_recorded` does. Raises QueryError besides."""
    sheet = Sheet(request.columns, request.format)

    def facts(label: str) -> Export:
        names = tuple(names_of(request.columns))
        return Export(
            request.what, names, str(request.order), str(request.format), label, request.reason, request.ticket
        )

    async def write(target: PrivateFile | Spool, watch: Watch) -> tuple[int, int]:
        async def anew() -> tuple[int, int]:
            await asyncio.to_thread(target.begin_again)
            return await _write(request, sheet, target, watch)

        return await request.reads.run(anew)

    known = len(request.marked or ())
    return await export_recorded(request.path, facts, write, actor, progress, force=request.force, known=known)


async def _write(request: ExportRequest, sheet: Sheet, target: PrivateFile | Spool, watch: Watch) -> tuple[int, int]:
    lines = Lines(sheet)
    header = lines.header()
    await asyncio.to_thread(target.write, header)
    rows = searched = 0
    size = len(header)
    async with reading() as reader, aclosing(_parts(request, sheet, lines, reader)) as parts:
        writing: asyncio.Future[int] | None = None
        async for looked_at, part in parts:
            if writing is not None:
                size += await writing
            # The database reads while a thread writes; one part waits at most, so memory stays flat.
            writing = asyncio.ensure_future(asyncio.to_thread(_write_part, target, part))
            rows += part.rows
            searched += looked_at
            # Whether so many may go out is asked of the primary.
            await request.reads.of_primary(partial(watch.told, rows, searched))
        if writing is not None:
            size += await writing
    return rows, size


def _write_part(target: PrivateFile | Spool, part: Part) -> int:
    data = part.finish()
    target.write(data)
    return len(data)


async def _parts(
    request: ExportRequest, sheet: Sheet, lines: Lines, reader: Reader
) -> AsyncGenerator[tuple[int, Part], None]:
    """Every part, with how many keys were looked at for it."""
    writer = Writer(sheet, dialect(), await database_now(connection()))
    if request.marked is not None:
        source = await open_source(parse(""), request.order)
        ids = await _ordered_ids(source.access, marked_sql(request.marked, dialect()), reader)
        async for found in _by_ids(ids, writer, lines, reader):
            yield found
        return
    source = await open_source(request.query, request.order)
    if source.access.listed:
        ids = await _ordered_ids(source.access, source.access.listed, reader)
        async for found in _by_ids(ids, writer, lines, reader):
            yield found
        return
    for stretch in source.access.stretches:
        after = NOTHING
        while True:
            if writer.tells_end(stretch):
                part = await reader.part(writer.part(stretch, after, NOTHING), lines, sheet.format)
                end = last_key(stretch.segment, part.rows, part.last)
            else:
                end = await reader.rows(end_sql(stretch.segment, after))
                upto = upto_key(stretch.segment, end[0]) if end else NOTHING
                part = await reader.part(writer.part(stretch, after, upto), lines, sheet.format)
            yield ROWS, part
            if not end:
                break
            after = after_key(stretch.segment, end[0], forward=True)


async def _ordered_ids(access: Access, listed: Sql, reader: Reader) -> Sequence[int]:
    """The ids in the order, 4 bytes each."""
    ids = array("i")
    for stretch in access.stretches:
        ids.extend(row[0] for row in await reader.rows(ids_sql(stretch, listed)))
    return ids


async def _by_ids(
    ids: Sequence[int], writer: Writer, lines: Lines, reader: Reader
) -> AsyncGenerator[tuple[int, Part], None]:
    for start in range(0, len(ids), IDS):
        some = ids[start : start + IDS]
        yield len(some), await reader.part(writer.part_of_ids(some), lines, writer.sheet.format)
