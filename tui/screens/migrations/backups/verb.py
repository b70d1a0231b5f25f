"""`b`: the copies of an SQLite database, and putting one back. Says why not, asks, restores, and opens anew."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from models.engines.errors import DatabaseError
from models.permissions import Codename
from tui.migrate.backups import Backup, Restored, read_backups, restore_backup
from tui.migrate.past.deeds import Deed, note_deed
from tui.migrate.running.audit import record_restore
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.migrations.apply.keys import NOT_YET
from tui.screens.migrations.backups.dialog import BackupsDialog, holds, when
from tui.screens.migrations.command_line import restore_twin
from tui.screens.start.again import start_again

if TYPE_CHECKING:
    from tui.screens.migrations.screen import MigrationsScreen


def why_not(screen: MigrationsScreen) -> str | None:
    """Why there is nothing to see or to restore, in a sentence."""
    found = screen.look
    if found is None:
        return NOT_YET
    if found.needs_consent:
        return "Which database it is is not known: agree first that the project's Python may run here (ctrl+r asks)."
    if found.dialect != "sqlite":
        return "PostgreSQL is backed up by its own tools: the question before a run shows the command."
    if _database(screen) is None:
        return found.trouble or "There is no file of a database."
    return None


def begin(screen: MigrationsScreen) -> None:
    """Lists the copies; restoring one is a question of its own."""
    database = _database(screen)
    assert database is not None
    screen.run_read(
        partial(asyncio.to_thread, read_backups, database), partial(_show, screen, database), group="backups"
    )


def _database(screen: MigrationsScreen) -> Path | None:
    found = screen.look
    if found is None:
        return None
    own = found.project.own_url
    if own is not None:
        return own.path
    path = Path(found.facts.label) if found.facts is not None else None
    return path if path is not None and path.is_absolute() else None


def _show(screen: MigrationsScreen, database: Path, backups: tuple[Backup, ...]) -> None:
    def chosen(backup: Backup | None) -> None:
        if backup is not None:
            _ask(screen, database, backup)

    screen.shell.push_screen(BackupsDialog(database, backups, _why_not_restored(screen)), chosen)


def _why_not_restored(screen: MigrationsScreen) -> str:
    shell = screen.shell
    if not shell.may(Codename.MIGRATIONS_APPLY):
        return f"Restoring needs the permission {Codename.MIGRATIONS_APPLY}, which your roles do not include."
    if shell.launch.read_only or (screen.look is not None and not screen.look.writable):
        return "The database is open read-only: nothing is restored."
    return ""


def _ask(screen: MigrationsScreen, database: Path, backup: Backup) -> None:
    """The plan in sentences; the name of the database is typed."""
    found = screen.look
    is_own = found is not None and found.project.is_own
    sentences = [
        f"{database} becomes what it was at {when(backup)}: {holds(backup)}.",
        "What was written since is gone from it: rows as well as schema.",
        "A copy of what is there now is made first, so that this can be taken back.",
        "It is all of it or nothing; other programs see the change at their next query.",
    ]
    if is_own:
        sentences.append("Accounts, sessions and the audit trail go back as well: you will sign in again.")
    assert found is not None
    command = restore_twin(screen.shell.launch.command, found.project, backup.name)
    dialog = TypeToConfirm(f"Restore {backup.name}", database.name, sentences, yes="Restore", twin=command)

    def answered(answer: bool | None) -> None:
        if answer:
            screen.once_allowed(partial(_begin, screen, database, backup))

    screen.shell.push_screen(dialog, answered)


def _begin(screen: MigrationsScreen, database: Path, backup: Backup) -> None:
    screen.run_write(
        f"restore of {backup.name}",
        partial(_restore, screen, database, backup),
        partial(_done, screen),
        failed=screen.shell.warn,
    )


async def _restore(screen: MigrationsScreen, database: Path, backup: Backup) -> Restored:
    done = await restore_backup(database, backup)
    found, opened = screen.look, screen.shell.database
    if not done.fault and found is not None:
        said = await note_deed(found.project, Deed.RESTORE, backup.name, actor=screen.shell.actor)
        if said:
            screen.shell.warn(said)
    if not done.fault and opened is not None and found is not None and found.project.is_own:
        try:
            await record_restore(backup.name, screen.shell.actor, opened)
        except DatabaseError as error:
            screen.shell.warn(f"The audit row was not written. {error.sentence}")
    return done


def _done(screen: MigrationsScreen, done: Restored) -> None:
    shell, found = screen.shell, screen.look
    if done.fault:
        shell.warn(done.sentence)
        return
    shell.notify(f"{done.sentence} What was there before is in {Path(done.before).name}.")
    if found is not None and found.project.is_own:
        shell.run_worker(start_again(shell), group="start again", exit_on_error=False)
    elif screen.is_mounted:
        screen.reload()
