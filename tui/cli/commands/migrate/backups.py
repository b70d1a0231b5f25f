"""`shellback migrate backups`: the copies of an SQLite database, and putting one back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from models.engines.errors import DatabaseError
from models.operations import system_actor
from tui.cli.consent import answered, check_can_ask
from tui.cli.exits import Exit, MigrateExit
from tui.cli.failure import Failure
from tui.cli.migrating import look
from tui.cli.output import document, line, note, table
from tui.database import open_database
from tui.migrate.backups import find_backup, read_backups, restore_backup
from tui.migrate.past.deeds import Deed, note_deed
from tui.migrate.running.audit import record_restore

if TYPE_CHECKING:
    import argparse

    from tui.cli.migrating import Looked
    from tui.migrate.backups import Backup, Restored
    from tui.migrate.source.project import Project


def backups(args: argparse.Namespace) -> int:
    """`migrate backups`."""
    if args.restore:
        check_can_ask(args)
    looked = asyncio.run(look(args))
    database = _database(looked)
    found = read_backups(database)
    if args.restore:
        return _restore(args, looked, database, found)
    if args.json:
        document({"database": str(database), "backups": [each.as_json() for each in found]})
        return Exit.DONE
    if not found:
        line(f"There is no backup of {database}: one is made before each run.")
        return Exit.DONE
    table(
        ("NAME", "MADE (UTC)", "BYTES", "UP TO"),
        [(each.name, f"{each.copy.made_at:%Y-%m-%d %H:%M:%S}", each.copy.size, _holds(each)) for each in found],
        right=("BYTES",),
    )
    return Exit.DONE


def _database(looked: Looked) -> Path:
    """The file. Raises `Failure` for anything else."""
    own = looked.project.own_url
    path = own.path if own is not None else Path(looked.database)
    if looked.dialect != "sqlite" or path is None or not path.is_absolute():
        raise Failure(
            "Only SQLite files are backed up here; for PostgreSQL `migrate apply` prints the command of its own tools.",
            Exit.FAILED,
        )
    return path


def _restore(args: argparse.Namespace, looked: Looked, database: Path, found: tuple[Backup, ...]) -> int:
    backup = find_backup(found, args.restore)
    if backup is None:
        raise Failure(f"There is no backup {args.restore} of {database}.", Exit.FAILED, kind="not_found")
    when = f"{backup.copy.made_at:%Y-%m-%d %H:%M:%S} UTC"
    plan = f"Put {backup.name} back in place of {database}: {_holds(backup)} as of {when}"
    if args.dry_run:
        if args.json:
            document({"plan": {"database": str(database), "restore": backup.as_json()}})
        else:
            line(f"{plan}. What is there now is copied first.")
        return Exit.DONE
    asked = f"{plan}? What was changed since is gone, but for a copy. Type {database.name} to confirm:"
    if not args.yes and answered(asked) != database.name:
        raise Failure("Not agreed to; nothing was done.", Exit.FAILED, kind="declined")
    done = asyncio.run(_restored(looked, database, backup))
    if done.fault:
        raise Failure(done.sentence, MigrateExit.LOCKED if done.is_held else Exit.FAILED)
    if args.json:
        document({"restored": {"database": str(database), "from": backup.name, "before": done.before}})
    else:
        line(done.sentence)
        line(f"What was there before is in {done.before}")
    return Exit.DONE


async def _restored(looked: Looked, database: Path, backup: Backup) -> Restored:
    """Puts it back, and notes that in our own audit where what was put back has one."""
    done = await restore_backup(database, backup)
    if not done.fault:
        await _note_restore(looked.project, backup.name)
    if not done.fault and looked.project.own_url is not None:
        with suppress(DatabaseError):
            async with await open_database(looked.project.own_url) as opened:
                await record_restore(backup.name, system_actor(), opened)
    return done


async def _note_restore(project: Project, name: str) -> None:
    """In the log that came back with the copy."""
    said = await note_deed(project, Deed.RESTORE, name)
    if said:
        note(said)


def _holds(backup: Backup) -> str:
    if backup.applied is None:
        return "no migrations"
    return backup.newest or "nothing applied"
