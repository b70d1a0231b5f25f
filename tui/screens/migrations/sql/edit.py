"""`e`: the file in the person's own editor. One that is applied is only opened when something is the matter with it:
to edit it would change what was run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.migrate.states import State
from tui.terminal.editor import NoEditor, edit_file

if TYPE_CHECKING:
    from tui.screens.base import AreaScreen
    from tui.screens.migrations.screen import MigrationsScreen


def why_not(screen: MigrationsScreen) -> str | None:
    """Why the file under the cursor is not to be edited."""
    row = screen.row
    if row is None:
        return "There is nothing under the cursor."
    if row.path is None or row.path.is_dir():
        return f"{row.version} has no file here."
    if row.state is State.APPLIED:
        return f"{row.version} is applied: a change to it would never be run. Make a new migration instead."
    if screen.shell.busy:
        return f"Not yet: {screen.shell.busy[0]} is still running."
    return None


def begin(screen: MigrationsScreen) -> None:
    """Opens it at the line that something is the matter with, else at its SQL; then reads everything again."""
    row = screen.row
    assert row is not None
    assert row.path is not None
    hits = screen.marks.hits(row)
    first = next((hit.line for hit in hits if hit.line is not None), None)
    line = row.line or first or (row.file.up.line if row.file is not None else None)
    if open_file(screen, row.path, line):
        screen.reload()


def open_file(screen: AreaScreen, path: Path, line: int | None) -> bool:
    """Hands the terminal to the editor; False, with a toast, when there is none."""
    try:
        edit_file(screen.app, path, line)
    except NoEditor as error:
        screen.shell.warn(str(error))
        return False
    return True
