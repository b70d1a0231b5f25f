"""An import, from the file to what became of it: opened, mapped, planned, and applied if the file is still the same."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from models.operations.importing import ImportOutcome, Verdict, apply_import, plan_import
from models.spreadsheets import quoted
from tui.sanitise import sanitise
from tui.transfer.errors import TransferError
from tui.transfer.lines import read_back
from tui.transfer.mapping import ColumnMap, import_row, map_columns
from tui.transfer.private_file import PrivateFile
from tui.transfer.records import csv_records, header_of, json_records
from tui.transfer.sheets import Format, format_of
from tui.transfer.text_lines import TextFile, digest_of

if TYPE_CHECKING:
    from models.operations import Actor
    from models.operations.importing import ImportPlan, ImportRow
    from models.operations.importing.planning import Tell

MOST_NAMES: Final = 500
"""Different names in a JSON Lines file."""

PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import, and how to read it. `delimiter` and `encoding` None are found out."""

    path: Path
    format: Format
    delimiter: str | None = None
    encoding: str | None = None
    mapping: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    reason: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file shows before it is compared with anything."""

    columns: tuple[str, ...]
    delimiter: str
    encoding: str
    header_lines: int


@dataclass(frozen=True, slots=True)
class PlannedImport:
    """A tried import, with what is true of its file."""

    request: ImportRequest
    looked: Looked
    columns: ColumnMap
    plan: ImportPlan

    def close(self) -> None:
        """Let the rows vanish."""
        self.plan.close()


def request_of(path: Path, format_: str | None = None) -> ImportRequest:
    """Return the request for a file by its name."""
    return ImportRequest(path, Format(format_) if format_ else format_of(path))


def delimiter_of(text: str | None) -> str | None:
    """Return the delimiter that is written as `tab`, `\\t` or itself; None, where nothing is, leaves it to be found."""
    return {"tab": "\t", "\\t": "\t"}.get(text, text) if text else None


async def look_at(request: ImportRequest) -> Looked:
    """Read which columns a file has: the header, or the names of all JSON lines. Raises TransferError."""
    return await asyncio.to_thread(_look, request)


async def plan_file(request: ImportRequest, actor: Actor, tell: Tell = lambda _: None) -> PlannedImport:
    """Read the whole file and try it out. Raises TransferError, and what the engine raises; writes nothing."""
    looked = await look_at(request)
    columns = map_columns(looked.columns, request.mapping, request.ignored)
    file = await asyncio.to_thread(TextFile, request.path, request.encoding)
    seen = hashlib.sha256()
    try:
        rows = _rows(file, request, looked, columns, seen)
        plan = await plan_import(
            actor,
            rows,
            columns.written,
            request.path.name,
            tell,
            as_read=read_back if request.format is Format.CSV else str,
            reason=request.reason,
            ticket=request.ticket,
        )
    finally:
        file.close()
    return PlannedImport(request, looked, columns, replace(plan, digest=seen.hexdigest()))


async def apply_file(planned: PlannedImport, tell: Tell = lambda _: None) -> ImportOutcome:
    """Do exactly what was planned. Raises TransferError when the file is not the one that was read any more."""
    if await asyncio.to_thread(digest_of, planned.request.path) != planned.plan.digest:
        raise TransferError(
            f"{planned.request.path} was changed since it was read. Nothing was changed; read it again."
        )
    return await apply_import(planned.plan, tell)


async def write_errors(plan: ImportPlan, path: Path, *, force: bool = False) -> int:
    """Write every line that is wrong to a new CSV file of its owner; return how many. Raises TransferError."""

    def write() -> int:
        file = PrivateFile(path, force=force)
        try:
            file.write(b"line,username,error\n")
            line = count = 0
            while rows := plan.spool.sample(Verdict.ERROR, line, PAGE):
                text = io.StringIO(newline="")
                csv.writer(text, lineterminator="\n").writerows(
                    (row.line, quoted(sanitise(row.label)), quoted(sanitise(row.error, 2000))) for row in rows
                )
                file.write(text.getvalue().encode("utf-8", "backslashreplace"))
                line, count = rows[-1].line, count + len(rows)
            file.settle()
            file.name()
        finally:
            file.abandon()
        return count

    return await asyncio.to_thread(write)


def _look(request: ImportRequest) -> Looked:
    file = TextFile(request.path, request.encoding)
    try:
        lines = file.lines()
        if request.format is Format.CSV:
            names, delimiter, taken = header_of(lines, request.delimiter)
            return Looked(tuple(names), delimiter, file.encoding, taken)
        found: dict[str, None] = {}
        for record in json_records(lines):
            found |= dict.fromkeys(record.cells)
            if len(found) > MOST_NAMES:
                raise TransferError(f"{request.path} has more than {MOST_NAMES} names: this is no file of users.")
        if not found:
            raise TransferError(f"{request.path} holds no object of fields. Is it JSON Lines, one object a line?")
        return Looked(tuple(found), "", file.encoding, 0)
    finally:
        file.close()


def _rows(
    file: TextFile, request: ImportRequest, looked: Looked, columns: ColumnMap, seen: hashlib._Hash
) -> Iterator[ImportRow]:
    lines = file.lines(follow=seen)
    if request.format is Format.CSV:
        for _ in range(looked.header_lines):
            next(lines)
        for record in csv_records(lines, looked.columns, looked.delimiter, looked.header_lines + 1):
            yield import_row(record, columns, is_csv=True)
        return
    for record in json_records(lines):
        yield import_row(record, columns, is_csv=False)
