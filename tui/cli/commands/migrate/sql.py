"""`shellback migrate sql`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.exits import Exit, MigrateExit
from tui.cli.failure import Failure
from tui.cli.migrating import look, project_of
from tui.cli.output import document, note
from tui.migrate.source.files import read_files
from tui.migrate.source.sql_file import NotWritten, sql_text, write_sql
from tui.migrate.states import merge
from tui.sanitise import sanitise, sanitise_block

if TYPE_CHECKING:
    import argparse

    from tui.migrate.source.files import Direction, MigrationFile


def sql(args: argparse.Namespace) -> int:
    """`migrate sql`."""
    direction: Direction = "down" if args.down else "up"
    name, files = _named(args) if args.number else _pending(args)
    if direction == "down":
        files.reverse()
    if args.output:
        try:
            path = write_sql(Path(args.output), sql_text(name, files, direction))
        except NotWritten as error:
            raise Failure(str(error), Exit.FAILED) from None
        note(f"{len(files)} {'migration' if len(files) == 1 else 'migrations'} written to {path}.")
        if args.json:
            document({"output": str(path), "versions": [file.version for file in files], "direction": direction})
        return Exit.DONE
    if args.json:
        document(
            {"scripts": [{"version": f.version, "direction": direction, "sql": f.script(direction).sql} for f in files]}
        )
        return Exit.DONE
    for file in files:
        text = file.script(direction).sql
        # A name may have a line feed in it, which would end the comment.
        _write(f"-- {sanitise(file.version)}, {direction}\n")
        _write(f"{text}\n" if text is not None else "-- a program: its SQL is known only by running it\n")
    return Exit.DONE


def _named(args: argparse.Namespace) -> tuple[str, list[MigrationFile]]:
    """The file that a number or a name means; needs no database."""
    project = project_of(args)
    found = merge(read_files(project), None, project.app, is_known=False).find(args.number)
    files = [entry.file for entry in found if entry.file is not None]
    if not files:
        raise Failure(f"There is no migration {args.number}.", Exit.FAILED, kind="not_found")
    if len(files) > 1:
        names = ", ".join(file.version for file in files)
        raise Failure(f"{args.number} is more than one migration: {names}. Name one.", Exit.FAILED, kind="ambiguous")
    return project.name, [_readable(files[0])]


def _pending(args: argparse.Namespace) -> tuple[str, list[MigrationFile]]:
    looked = asyncio.run(look(args))
    pending = [_readable(entry.file) for entry in looked.listing.pending if entry.file is not None]
    return looked.project.name, pending


def _readable(file: MigrationFile) -> MigrationFile:
    if file.unreadable is not None:
        where = f", line {file.unreadable.line}" if file.unreadable.line else ""
        raise Failure(f"{file.version}{where} cannot be read: {file.unreadable.sentence}", MigrateExit.CHANGED)
    return file


def _write(text: str) -> None:
    """As it is into a file or a pipe, since another program will run it; made visible for a terminal."""
    sys.stdout.write(sanitise_block(text) if sys.stdout.isatty() else text)
