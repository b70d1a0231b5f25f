"""The one look that the screen and the command line begin with: files, rows, and which database this is.

    found = await look(project, database)
    sql_of(entry, "up"), preview(entry, "up", found.dialect)
    first = await pending_preview(url, database)

Nothing of a foreign project is executed before the person agreed: without consent its files are listed and every state
is "unknown". A database that cannot be reached is a sentence in `trouble`, not an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.migrate.applied import read_applied
from tui.migrate.missing import searched
from tui.migrate.past.history import NO_HISTORY, History, Record, read_history
from tui.migrate.past.listed import read_past
from tui.migrate.past.recovery import Unfinished
from tui.migrate.plans.planning import RunPlan, plan_apply
from tui.migrate.process.sessions.standing import StateUnknown, why_read_only
from tui.migrate.process.sql.statements import split
from tui.migrate.running.inspecting import Inspection, inspect
from tui.migrate.source.consent import has_consent
from tui.migrate.source.files import Direction, MigrationFile, read_files
from tui.migrate.source.git import git_head
from tui.migrate.source.project import Project, own_project
from tui.migrate.states import Entry, Listing, merge
from tui.sanitise import sanitise, sanitise_block

if TYPE_CHECKING:
    from tui.database import Database
    from tui.migrate.sizes import Size
    from tui.migrate.source.branches import Branches
    from tui.settings import DatabaseUrl


@dataclass(frozen=True, slots=True)
class Facts:
    """Values of the live connection, for the header. Texts are not safe to show before `sanitise`."""

    dialect: str
    label: str
    server: str
    schema: str | None
    writable: bool
    why_read_only: str = ""
    """Why it takes no changes, in a sentence."""


@dataclass(frozen=True, slots=True)
class Look:
    """What there is. `facts` None: the database was not asked (`needs_consent`) or did not answer (`trouble`)."""

    project: Project
    listing: Listing
    facts: Facts | None = None
    git: str | None = None
    """`main@4bde431` of the project."""
    needs_consent: bool = False
    trouble: str = ""
    """Why the database did not answer, or what it has is not known, in a sentence that is safe to show."""
    is_new: bool = False
    """Our own SQLite file does not exist yet: applying makes it."""
    branches: Branches | None = None
    """Where the files of MISSING rows are; None where none is missing."""
    history: History = NO_HISTORY
    """What was run, as our own log has it."""
    unfinished: tuple[Unfinished, ...] = ()
    """What runs that were cut off left behind, the most pressing first."""

    sizes: Mapping[str, Size] = field(default_factory=dict)
    """Of the tables of a foreign project, as far as they could be read."""

    @property
    def records(self) -> tuple[Record, ...]:
        """The log's rows of this app, oldest first."""
        return tuple(self.history.of(self.project.app))

    @property
    def dialect(self) -> str | None:
        if self.facts is not None:
            return self.facts.dialect
        return self.project.own_url.dialect if self.project.own_url is not None else None

    @property
    def writable(self) -> bool:
        """False where applying must stay off. Unknown is True: the worker finds out."""
        return self.facts is None or self.facts.writable

    @property
    def why_read_only(self) -> str:
        """Why the database takes no changes, in a sentence; "" where it does, or that is not known."""
        return sanitise(self.facts.why_read_only, 400) if self.facts is not None else ""

    def plan(self, until: str | None = None) -> RunPlan:
        """`plan_apply` with what this look knows."""
        return plan_apply(
            self.project,
            self.listing,
            until,
            writable=self.writable,
            read_only=self.why_read_only,
            create=self.is_new,
        )


@dataclass(frozen=True, slots=True)
class PreviewStatement:
    """One statement of a script; `line` of the file where it begins, None where a program makes the SQL.

    `lines` has that of each of its lines where they do not simply follow: an escaped line feed begins none in the file.
    """

    number: int
    text: str
    line: int | None
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PendingPreview:
    """What the first start shows: our own pending files and the plan that applies them all."""

    look: Look
    plan: RunPlan

    @property
    def files(self) -> tuple[MigrationFile, ...]:
        return tuple(entry.file for entry in self.look.listing.pending if entry.file is not None)


async def look(project: Project, database: Database | None = None) -> Look:
    """Lists a project. For our own, `database` is the one that is open; without it the worker process asks.

    Raises `ProjectError` for a folder that cannot be read, `DatabaseError` of an open database.
    """
    files, git = await asyncio.gather(asyncio.to_thread(read_files, project), asyncio.to_thread(git_head, project.root))
    if project.is_own and database is not None:
        facts = await _facts_of(database)
        try:
            rows = await read_applied(database)
        except StateUnknown as error:
            hidden = merge(files, None, project.app, is_known=False)
            return Look(project, hidden, facts, git, trouble=sanitise_block(str(error), 2000))
        found = Look(project, merge(files, rows, project.app), facts, git)
        return await _searched(await _remembered(found, await read_history(database, project.app)))
    path = project.own_url.path if project.own_url is not None else None
    if path is not None and not await asyncio.to_thread(Path.exists, path):
        return Look(project, merge(files, (), project.app), git=git, is_new=True)
    if not has_consent(project):
        return Look(project, merge(files, None, project.app, is_known=False), git=git, needs_consent=True)
    unknown = Look(project, merge(files, None, project.app, is_known=False), git=git)
    asked = await inspect(project, sizes=True)
    return await _searched(await _remembered(_inspected(unknown, files, asked), asked.history))


async def pending_preview(url: DatabaseUrl, database: Database | None = None) -> PendingPreview:
    """Our own pending migrations for a database that is empty, holds the web service's table, or is older."""
    found = await look(own_project(url), database)
    return PendingPreview(found, found.plan())


def sql_of(entry: Entry | MigrationFile, direction: Direction = "up") -> str:
    """The SQL of a direction as the file says it, "" where there is none or only running the file tells.

    Of a DYNAMIC file it is what the function returns at its end, if that is a constant: Python may do more before.
    """
    file = entry if isinstance(entry, MigrationFile) else entry.file
    if file is None or file.unreadable is not None or file.ignored:
        return ""
    return file.script(direction).sql or ""


def preview(
    entry: Entry | MigrationFile, direction: Direction = "up", dialect: str | None = None
) -> tuple[PreviewStatement, ...]:
    """The statements of `sql_of`, with the lines of the file where they begin."""
    file = entry if isinstance(entry, MigrationFile) else entry.file
    if file is None:
        return ()
    found = []
    for number, statement in enumerate(split(sql_of(file, direction), dialect or "postgres"), 1):
        place = file.place(direction, statement.offset)
        end = file.place(direction, statement.offset + len(statement.text) - 1)
        is_plain = place is None or end is None or end.line - place.line == statement.text.count("\n")
        lines = () if is_plain else tuple(_lines_of(file, direction, statement.offset, statement.text))
        found.append(PreviewStatement(number, statement.text, place.line if place else None, lines))
    return tuple(found)


def _lines_of(file: MigrationFile, direction: Direction, offset: int, text: str) -> Iterator[int]:
    for line in text.split("\n"):
        place = file.place(direction, offset)
        if place is not None:
            yield place.line
        offset += len(line) + 1


def _inspected(before: Look, files: tuple[MigrationFile, ...], found: Inspection) -> Look:
    connected = found.connected
    facts = None
    if connected is not None:
        facts = Facts(
            connected.dialect,
            connected.label,
            connected.server,
            connected.schema,
            connected.writable,
            connected.why_read_only,
        )
    if found.fault is not None:
        return replace(before, trouble=found.fault.message, facts=facts)
    return replace(before, listing=merge(files, found.rows, before.project.app), facts=facts, sizes=found.sizes)


async def _remembered(found: Look, history: History) -> Look:
    """With what our log and this machine's journals know."""
    if not found.listing.is_known or found.facts is None:
        return found
    facts = found.facts
    past = await asyncio.to_thread(read_past, found.project, found.listing, history, facts.label, facts.dialect)
    return replace(found, listing=past.listing, history=past.history, unfinished=past.unfinished)


async def _searched(found: Look) -> Look:
    """With the branches that hold the files of MISSING rows."""
    listing, branches = await asyncio.to_thread(searched, found.project, found.listing)
    return replace(found, branches=branches, listing=listing)


async def _facts_of(database: Database) -> Facts:
    schema, is_replica = None, False
    server = database.server
    if database.dialect == "postgres":
        rows: list[dict[str, Any]] = await database.connection.execute_query_dict(
            "SELECT current_schema() AS schema, pg_is_in_recovery() AS replica"
        )
        schema, is_replica = rows[0]["schema"], rows[0]["replica"]
        server = f"{server} {'replica' if is_replica else 'primary'}"
    why = why_read_only(is_replica=is_replica, is_read_only=False) or "It was opened read-only."
    return Facts(
        database.dialect, database.label, server, schema, not database.read_only, why if database.read_only else ""
    )
