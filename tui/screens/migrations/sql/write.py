"""`w`: the SQL of what is pending, or of the file under the cursor when nothing is, as a file of its own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui.migrate.source.sql_file import NotWritten, sql_text, write_sql
from tui.sanitise import stand_ins
from tui.screens.dialogs.path import PathDialog

if TYPE_CHECKING:
    from tui.migrate.source.files import Direction, MigrationFile
    from tui.screens.migrations.screen import MigrationsScreen


def why_not(screen: MigrationsScreen) -> str | None:
    """Why there is nothing to write."""
    if screen.look is None:
        return "Nothing was read yet."
    return None if _files(screen) else "There is no SQL to write."


def _files(screen: MigrationsScreen) -> list[MigrationFile]:
    """Every pending file if the one under the cursor is one of them, else that one alone."""
    assert screen.look is not None
    row = screen.row
    pending = [entry.file for entry in screen.look.listing.pending if entry.file is not None]
    if row is None or row.file in pending:
        return [file for file in pending if file.unreadable is None]
    return [row.file] if row.file is not None and row.file.unreadable is None and not row.file.ignored else []


def begin(screen: MigrationsScreen) -> None:
    """Asks where to."""
    look = screen.look
    assert look is not None
    files = _files(screen)
    alone = files[0] if len(files) == 1 and screen.row is not None else None
    direction: Direction = screen.direction if alone is not None else "up"
    name = f"{_plain(alone.path.stem)}.sql" if alone is not None else f"{_plain(look.project.name)}-pending.sql"
    text = partial(sql_text, look.project.name, files, direction, look.dialect or "")
    what = alone.version if alone is not None else f"{len(files)} pending migrations"

    def chosen(path: Path | None) -> None:
        if path is not None:
            work = partial(asyncio.to_thread, _write, path, text())
            screen.run_read(work, partial(_told, screen, files), group="write-sql")

    screen.shell.push_screen(PathDialog(f"Write the SQL of {what}, {direction}", Path.cwd() / name), chosen)


def _plain(name: str) -> str:
    """Fit for a file beside the others: a project may be called anything, `../etc` or with a line feed in it."""
    return re.sub(r"[^\w.-]+", "-", stand_ins(name)).strip("-.")[:60] or "migrations"


def _write(path: Path, text: str) -> Path | str:
    try:
        return write_sql(path, text)
    except NotWritten as error:
        return str(error)


def _told(screen: MigrationsScreen, files: Sequence[MigrationFile], found: Path | str) -> None:
    if isinstance(found, str):
        screen.shell.warn(found)
        return
    programs = sum(file.up.sql is None or file.up.is_program for file in files)
    more = " Python in it is not SQL: the file says where." if programs else ""
    screen.shell.notify(f"Written to {found}.{more}")
