"""The copies of a project's SQLite database: which there are, and putting one back.

    found = await asyncio.to_thread(read_backups, path)
    done = await restore_backup(path, found[0])

The files and SQLite's part are in `process.sessions.backups`. A restore makes a copy of what is there first, and keeps
upgrades of this machine's user out while it is at it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.migrate.process.sessions.backups import BackupFailed, Copy, RestoreFailed, list_copies, restore
from tui.migrate.process.sessions.holder import Holder, lock_path
from tui.sanitise import sanitise
from tui.settings import state_dir


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy, and what it precedes. Texts are safe to show."""

    copy: Copy
    applied: tuple[tuple[str, str], ...] | None
    """(app, version) of Aerich's rows in it, oldest first; None where it cannot be read or has no such table."""

    @property
    def name(self) -> str:
        return self.copy.path.name

    @property
    def newest(self) -> str:
        """The migration that was applied last in it, "" without one."""
        return sanitise(self.applied[-1][1], 255) if self.applied else ""

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "name": self.name,
            "path": str(self.copy.path),
            "made_at": self.copy.made_at.isoformat(),
            "size": self.copy.size,
            "applied": [version for _, version in self.applied] if self.applied is not None else None,
        }


@dataclass(frozen=True, slots=True)
class Restored:
    """How a restore ended. Without `fault` the copy is what the database is now."""

    sentence: str
    before: str = ""
    """The copy of what was there before."""
    fault: bool = False
    is_held: bool = False
    """Another upgrade was running."""


def read_backups(database: Path) -> tuple[Backup, ...]:
    """The copies of a database, the newest first, each opened to see what it holds: call it off the event loop."""
    return tuple(Backup(copy, _applied(copy.path)) for copy in list_copies(database))


def find_backup(found: tuple[Backup, ...], name: str) -> Backup | None:
    """The one that a person means: its name, its path, or `latest`."""
    if name == "latest":
        return found[0] if found else None
    return next((each for each in found if name in (each.name, str(each.copy.path))), None)


async def restore_backup(database: Path, backup: Backup) -> Restored:
    """Puts a copy back in one transaction of SQLite: all of it or nothing, whoever reads meanwhile. Never raises for
    what the disk or the database says."""
    return await restore_copy(database, backup.copy.path)


async def restore_copy(database: Path, copy: Path) -> Restored:
    """The same for a copy that is known by its path alone."""
    return await asyncio.shield(asyncio.to_thread(_restore, database, copy))


def _restore(database: Path, copy: Path) -> Restored:
    holder = Holder(lock_path(str(state_dir() / "migrations" / "locks"), str(database)))
    held = holder.take()
    if held is not None:
        who = f"pid {held[0]['pid']} ({held[0]['user']})" if held[0].get("pid") else "another process"
        return Restored(f"Nothing was changed: {who} upgrades this database.", fault=True, is_held=True)
    try:
        before = restore(database, copy)
    except (BackupFailed, RestoreFailed) as error:
        return Restored(sanitise(str(error), 1000), fault=True)
    finally:
        holder.leave()
    return Restored(sanitise(f"{database.name} is as it was in {copy.name}.", 600), before)


def _applied(path: Path) -> tuple[tuple[str, str], ...] | None:
    """Never the content of a row: Aerich would unpickle it."""
    with suppress(sqlite3.Error):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            return tuple(
                (str(app), str(version))
                for app, version in connection.execute("SELECT app, version FROM aerich ORDER BY id LIMIT 10000")
            )
        finally:
            connection.close()
    return None


__all__ = ["Backup", "Restored", "find_backup", "read_backups", "restore_backup", "restore_copy"]
