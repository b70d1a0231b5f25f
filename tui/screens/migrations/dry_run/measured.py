"""What was measured in this session, by the SHA-256 of the file: kept in memory, gone with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from tui.migrate.dry_run.words import short_words

if TYPE_CHECKING:
    from textual.app import App

    from tui.migrate.dry_run.measured import MeasuredFile
    from tui.migrate.dry_run.trying import DryRun
    from tui.migrate.states import Entry

_KNOWN: WeakKeyDictionary[App[object], dict[str, MeasuredFile]] = WeakKeyDictionary()


def remember(app: App[object], report: DryRun) -> None:
    """Keeps the files that ran to their end."""
    known = _KNOWN.setdefault(app, {})
    known.update({file.sha256: file for file in report.files if file.is_whole})


def measured(app: App[object], sha256: str) -> MeasuredFile | None:
    """What was measured of a file as it is now; None when it was not, or was edited since."""
    return _KNOWN.get(app, {}).get(sha256)


def measured_words(app: App[object], entry: Entry) -> str:
    """`dry run: mind, 340 ms` for the line above a file's SQL; nothing where it was not tried as it is now."""
    found = measured(app, entry.file.sha256) if entry.file is not None else None
    return f"dry run: {short_words(found)}" if found is not None else ""
