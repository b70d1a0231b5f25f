"""What the migration commands share: whose migrations, what the database has, and how an apply is told and judged.

Looking at our own tree executes nothing of anybody. Another project's database is known only by importing its
configuration, so that its directory must have been agreed to first.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.cli.consent import agreed
from tui.cli.exits import Exit, MigrateExit
from tui.cli.failure import Failure, refused, usage
from tui.cli.place import locate
from tui.migrate.applied import read_applied
from tui.migrate.past.history import read_history
from tui.migrate.process.sessions.standing import StateUnknown
from tui.migrate.running.inspecting import inspect
from tui.migrate.source.consent import has_consent, question, remember_consent
from tui.migrate.source.files import read_files
from tui.migrate.source.project import load_project, own_project
from tui.migrate.states import Listing, State, merge

if TYPE_CHECKING:
    import argparse

    from tui.cli.place import Place
    from tui.migrate.past.history import History
    from tui.migrate.past.listed import Past
    from tui.migrate.running.ahead import Ahead
    from tui.migrate.running.faults import Fault
    from tui.migrate.source.project import Project

_ASKED_FOR: Final = "It was opened read-only, as you asked."

BLOCKING = frozenset(
    {
        State.MISSING,
        State.CHANGED,
        State.PARTIAL,
        State.UNREADABLE,
        State.DUPLICATE_ROWS,
        State.SAME_NUMBER,
    }
)
"""States for which `status` ends with 4: the files and the database do not tell the same story."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A project's migrations, put together with what its database has. `create`: the file is still to be made."""

    project: Project
    listing: Listing
    database: str
    writable: bool = True
    create: bool = False
    why_read_only: str = ""
    """Why it takes no changes, in a sentence."""
    dialect: str = ""
    past: Past | None = None
    """What is written of runs; None where there is no database yet."""


def project_of(args: argparse.Namespace) -> Project:
    """The project of `--project`, else our own tree. Raises `Failure`, `ProjectError`, `SettingsError`."""
    if not args.project:
        return own_project(locate(args).url)
    if args.url or args.profile:
        raise usage("--project has a database of its own, in its configuration: leave --url and --profile out")
    return load_project(Path(args.project), args.app)


async def look(args: argparse.Namespace, ahead: Ahead | None = None) -> Looked:
    """Reads the files, and asks the database which of them it has. `ahead`: what an apply needs is started meanwhile.
    Raises what opening raises, and `Failure`."""
    project = project_of(args)
    if not project.is_own:
        trust(args, project)
    if ahead is not None:
        await ahead.prepare(project, "run", "preflight")
    if project.is_own:
        return await look_at_own(locate(args), create=False)
    # Both at once: the worker process takes as long to start as some hundred files take to be read.
    found, files = await asyncio.gather(inspect(project), asyncio.to_thread(read_files, project))
    if found.fault is not None or found.connected is None:
        sentence = found.fault.message if found.fault else "The project's database was not reached."
        raise Failure(sentence, exit_of_fault(found.fault))
    connected = found.connected
    merged = merge(files, found.rows, project.app)
    past = _with_past(project, merged, found.history, connected.label, connected.dialect)
    why = connected.why_read_only or _ASKED_FOR * bool(args.read_only)
    return Looked(
        project,
        past.listing,
        connected.label,
        connected.writable and not args.read_only,
        why_read_only=why,
        dialect=connected.dialect,
        past=past,
    )


async def look_at_own(place: Place, *, create: bool) -> Looked:
    """The same for our own tree. With `create`, or for the embedded database, the file need not be there yet."""
    from tui.database import Kind, identify, open_database  # here: the ORM is known to nobody who looks elsewhere

    project = own_project(place.url)
    files = read_files(project)
    create = create or place.embedded
    if create and place.url.path is not None and not place.url.path.exists():
        listing = merge(files, None, project.app)
        return Looked(project, listing, place.url.label, not place.read_only, create=True, dialect=place.url.dialect)
    async with await open_database(place.url, read_only=place.read_only) as database:
        if (await identify(database)).kind is Kind.FOREIGN:
            raise Failure(
                f"{database.label} holds tables of another application. Nothing was touched. Check the URL.",
                Exit.UNAVAILABLE,
                kind="foreign",
            )
        try:
            rows = await read_applied(database)
        except StateUnknown as error:
            raise Failure(str(error), Exit.UNAVAILABLE, kind="state_unknown") from None
        history = await read_history(database, project.app)
        past = _with_past(project, merge(files, rows, project.app), history, database.label, database.dialect)
        why = _ASKED_FOR * place.read_only or "It is a replica: connect to its primary."
        return Looked(
            project,
            past.listing,
            database.label,
            not database.read_only,
            why_read_only=why if database.read_only else "",
            dialect=database.dialect,
            past=past,
        )


def _with_past(project: Project, listing: Listing, history: History, label: str, dialect: str) -> Past:
    """What is written of runs, and the listing with it and with the branches of missing files."""
    # Here, so that the worker process is started first.
    from tui.migrate.missing import searched
    from tui.migrate.past.listed import read_past

    past = read_past(project, listing, history, label, dialect)
    return replace(past, listing=searched(project, past.listing)[0])


def trust(args: argparse.Namespace, project: Project) -> None:
    """Lets a project's Python run here, once agreed to by `--trust` or a person. Raises `Failure` (refused)."""
    if has_consent(project):
        return
    if not (args.trust or agreed(f"{question(project)}. Agree?")):
        raise refused(f"{question(project)}, which was not agreed to yet: add --trust")
    remember_consent(project)


def exit_of_fault(fault: Fault | None) -> int:
    """What a command ends with that could not look: the project is at fault, or the database."""
    return Exit.FAILED if fault is not None and fault.stage == "project" else Exit.UNAVAILABLE


def exit_of_listing(listing: Listing) -> int:
    """What `status` ends with."""
    if listing.ahead or any(problem.state in BLOCKING for problem in listing.problems):
        return MigrateExit.CHANGED
    return MigrateExit.PENDING if listing.pending else Exit.DONE
