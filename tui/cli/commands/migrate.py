"""`shellback migrate status|plan|sql`: looking. `apply` is in `migrate_apply`."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from tui.cli.exits import Exit, MigrateExit
from tui.cli.failure import Failure
from tui.cli.migrating import BLOCKING, Looked, exit_of_listing, look, project_of
from tui.cli.output import document, line, note, table
from tui.migrate.files import read_files
from tui.migrate.planning import plan_apply, plan_next
from tui.migrate.states import merge
from tui.sanitise import sanitise_block

if TYPE_CHECKING:
    import argparse

    from tui.migrate.files import Direction, MigrationFile
    from tui.migrate.planning import RunPlan
    from tui.migrate.states import Entry


def status(args: argparse.Namespace) -> int:
    """`migrate status`."""
    looked = asyncio.run(look(args))
    listing = looked.listing
    if args.json:
        document(listing_json(looked))
    else:
        line(f"{looked.project.name}, app {listing.app}, on {looked.database}")
        table(
            ("STATE", "NUMBER", "NAME", "FLAGS"),
            [
                (entry.state, "" if entry.number is None else entry.number, entry.name, ", ".join(entry.flags))
                for entry in listing.entries
            ],
            right=("NUMBER",),
        )
    for problem in listing.problems:
        note(f"{problem.state}: {problem.version}: {problem.sentence}")
    return exit_of_listing(listing)


def plan(args: argparse.Namespace) -> int:
    """`migrate plan`."""
    looked = asyncio.run(look(args))
    planned = plan_of(args, looked)
    print_plan(args, looked, planned)
    return exit_of_plan(looked, planned)


def plan_of(args: argparse.Namespace, looked: Looked) -> RunPlan:
    """What `--to` and `--next` choose of what is pending."""
    if args.next:
        return plan_next(
            looked.project,
            looked.listing,
            writable=looked.writable,
            read_only=looked.why_read_only,
            create=looked.create,
        )
    return plan_apply(
        looked.project,
        looked.listing,
        args.to,
        writable=looked.writable,
        read_only=looked.why_read_only,
        create=looked.create,
    )


def print_plan(args: argparse.Namespace, looked: Looked, planned: RunPlan) -> None:
    """The plan as text or as a document."""
    if args.json:
        document({"plan": {**planned.as_json(), "database": looked.database}})
        return
    if planned.files:
        line(f"{planned.target} on {looked.database}")
    for file in planned.files:
        facts = [
            *(["not in a transaction"] if not file.transactional else []),
            *(["a program"] if file.dynamic else []),
            *(["cannot be taken back"] if file.irreversible else []),
        ]
        line(f"  {file.version}{'  (' + ', '.join(facts) + ')' if facts else ''}")
    for caution in planned.cautions:
        line(f"  mind: {caution.version}: {caution.sentence}")
    for refusal in planned.refusals:
        line(refusal if nothing_to_do(looked, planned) else f"refused: {refusal}")


def nothing_to_do(looked: Looked, planned: RunPlan) -> bool:
    """Whether the only reason against the plan is that all is done."""
    return not looked.listing.pending and not looked.listing.ahead and len(planned.refusals) == 1


def exit_of_plan(looked: Looked, planned: RunPlan) -> int:
    """What `plan`, and a dry run, ends with."""
    if nothing_to_do(looked, planned):
        return exit_of_listing(looked.listing)
    if planned.is_ok:
        return MigrateExit.PENDING
    return MigrateExit.CHANGED if exit_of_listing(looked.listing) == MigrateExit.CHANGED else Exit.FAILED


def sql(args: argparse.Namespace) -> int:
    """`migrate sql`."""
    direction: Direction = "down" if args.down else "up"
    files = _named(args) if args.number else _pending(args)
    if args.json:
        document(
            {"scripts": [{"version": f.version, "direction": direction, "sql": f.script(direction).sql} for f in files]}
        )
        return Exit.DONE
    for file in files:
        text = file.script(direction).sql
        _write(f"-- {file.version}, {direction}\n")
        _write(f"{text}\n" if text is not None else "-- a program: its SQL is known only by running it\n")
    return Exit.DONE


def _named(args: argparse.Namespace) -> list[MigrationFile]:
    """The file that a number or a name means; needs no database."""
    project = project_of(args)
    found = merge(read_files(project), None, project.app, is_known=False).find(args.number)
    files = [entry.file for entry in found if entry.file is not None]
    if not files:
        raise Failure(f"There is no migration {args.number}.", Exit.FAILED, kind="not_found")
    if len(files) > 1:
        names = ", ".join(file.version for file in files)
        raise Failure(f"{args.number} is more than one migration: {names}. Name one.", Exit.FAILED, kind="ambiguous")
    return [_readable(files[0])]


def _pending(args: argparse.Namespace) -> list[MigrationFile]:
    looked = asyncio.run(look(args))
    return [_readable(entry.file) for entry in looked.listing.pending if entry.file is not None]


def _readable(file: MigrationFile) -> MigrationFile:
    if file.unreadable is not None:
        where = f", line {file.unreadable.line}" if file.unreadable.line else ""
        raise Failure(f"{file.version}{where} cannot be read: {file.unreadable.sentence}", MigrateExit.CHANGED)
    return file


def _write(text: str) -> None:
    """As it is into a file or a pipe, since another program will run it; made visible for a terminal."""
    sys.stdout.write(sanitise_block(text) if sys.stdout.isatty() else text)


def listing_json(looked: Looked) -> dict[str, Any]:
    """The listing as the documents have it."""
    listing = looked.listing
    return {
        "project": looked.project.name,
        "app": listing.app,
        "database": looked.database,
        "migrations": [_entry_json(entry) for entry in listing.entries],
        "pending": [entry.version for entry in listing.pending],
        "ahead": list(listing.ahead),
        "problems": [
            {
                "state": str(problem.state),
                "version": problem.version,
                "sentence": problem.sentence,
                "blocks": problem.blocks or problem.state in BLOCKING,
            }
            for problem in listing.problems
        ],
    }


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {
        "version": entry.version,
        "number": entry.number,
        "name": entry.name,
        "state": str(entry.state),
        "flags": [str(flag) for flag in entry.flags],
        "transactional": entry.transactional,
        "note": entry.note,
        "line": entry.line,
    }
