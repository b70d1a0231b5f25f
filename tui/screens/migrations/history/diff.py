"""`c`: what changed in the file under the cursor since it was run. Says why not, or opens the diff."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.content import Content

from tui.migrate.past.changes import Changes, changes
from tui.migrate.past.chronicle import when_words, who_words
from tui.migrate.past.history import read_texts
from tui.migrate.states import State
from tui.sanitise import sanitise_block
from tui.screens.migrations.apply.keys import NOT_YET
from tui.screens.migrations.history.page import PageScreen

if TYPE_CHECKING:
    from tui.migrate.listing import Look
    from tui.migrate.states import Entry
    from tui.screens.migrations.screen import MigrationsScreen

READ_SECONDS: Final = 60.0
"""For a foreign project, a worker process imports it first."""
_STYLES: Final = {"+": "$text-success", "-": "$text-error", "@": "$text-accent"}


def why_not(screen: MigrationsScreen) -> str | None:
    """Why there is no diff, in a sentence."""
    row = screen.row
    if screen.look is None or row is None:
        return NOT_YET
    if row.record is None:
        if row.is_applied:
            return "What was run is not known: plain aerich applied it, or the log cannot be read."
        return "It was not applied: there is nothing to compare with."
    if row.file is None:
        return "Its file is not here."
    if row.state is not State.CHANGED and row.record.source_sha256 == row.file.sha256:
        return "The file is what was run, byte for byte."
    return None


def begin(screen: MigrationsScreen) -> None:
    """Reads what was run, compares, and opens the page."""
    found, row = screen.look, screen.row
    assert found is not None
    assert row is not None

    def opened(told: Changes | str) -> None:
        if isinstance(told, str):
            screen.shell.warn(told)
        else:
            screen.shell.push_screen(_page(row, told))

    screen.run_read(partial(_compare, screen, found, row), opened, group="diff", deadline=READ_SECONDS)


async def _compare(screen: MigrationsScreen, found: Look, row: Entry) -> Changes | str:
    record, path = row.record, row.path
    assert record is not None
    assert path is not None
    texts = await read_texts(found.project, record, screen.shell.database)
    if texts is None:
        return "What was run is no longer in the log."
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        return f"The file cannot be read: {error.strerror}."
    return await asyncio.to_thread(changes, texts.source, data, row.version, found.dialect or "postgres")


def _page(row: Entry, told: Changes) -> PageScreen:
    ran = f"run {when_words(row.record)} by {who_words(row.record)}"
    lines = [_line(line) for line in told.lines]
    return PageScreen(
        ("Migrations", "Changed"),
        (told.sentence, f"{row.version} · {ran} · - as run, + now"),
        Content("\n").join(lines),
        "\n".join(told.lines),
        f"the diff of {row.version}",
    )


def _line(line: str) -> Content:
    shown = Content(sanitise_block(line, 2000))
    style = _STYLES.get(line[:1])
    return shown.stylize(style) if style else shown
