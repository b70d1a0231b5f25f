"""The lint with what the database knows: its version, the sizes of the tables, how many values a cast would cut.

    report = await lint_look(look, database=database)                  what is pending
    report = await lint_look(look, files, directions=("up", "down"))

The files are read in a thread, and the database is asked about the tables that they touch, only.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.migrate.lint.dialect import guess_dialect
from tui.migrate.lint.hits import Report
from tui.migrate.lint.known import Known
from tui.migrate.lint.linting import lint_files, read_steps
from tui.migrate.lint.rules_data import casts_of
from tui.migrate.lint.schemas import model_schemas
from tui.migrate.process.sql.ddl import touched_by
from tui.migrate.sizes import Cut, Measured, measure_tables

if TYPE_CHECKING:
    from tui.database import Database
    from tui.migrate.listing import Look
    from tui.migrate.source.files import Direction, MigrationFile
    from tui.migrate.source.project import Project

NOT_ASKED: Final = "The database was not asked: sizes of tables and values that would be cut are not known."
NO_DIALECT: Final = "Nothing tells for which database the files are: they were read as PostgreSQL's."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the database is to be asked."""

    tables: frozenset[str] = frozenset()
    cuts: tuple[Cut, ...] = ()


async def lint_look(
    look: Look,
    files: Sequence[MigrationFile] | None = None,
    *,
    database: Database | None = None,
    directions: Sequence[Direction] = ("up",),
    measure: bool = True,
    stop: threading.Event | None = None,
) -> Report:
    """Lints files of a look as one plan: by default what is pending, else all when the database was not asked.

    `measure` False asks no database: cuts are not known then, and sizes are those of the look.
    Never raises for what a file holds or a database does. Cancelling stops the thread soon after.
    """
    every = [entry.file for entry in look.listing.entries if entry.file is not None]
    if files is None:
        chosen = look.listing.pending if look.listing.is_known else look.listing.entries
        files = [entry.file for entry in chosen if entry.file is not None]
    server = look.facts.server if look.facts is not None else None
    return await lint_project(
        look.project,
        files,
        every,
        look.dialect,
        server=server,
        database=database,
        ask=look.facts is not None,
        measured=None if measure or look.facts is None else Measured(look.sizes),
        directions=directions,
        stop=stop,
    )


async def lint_project(
    project: Project,
    files: Sequence[MigrationFile],
    every: Sequence[MigrationFile],
    dialect: str | None,
    *,
    server: str | None = None,
    database: Database | None = None,
    ask: bool = True,
    measured: Measured | None = None,
    directions: Sequence[Direction] = ("up",),
    stop: threading.Event | None = None,
) -> Report:
    """The same without a look. `ask` False asks no database and says so; `measured` is what it has told already."""
    stop = stop or threading.Event()
    try:
        known, read_as = await asyncio.to_thread(_prepare, project, files, every, dialect, server)
        if measured is not None:
            pass
        elif ask:
            wanted = await asyncio.to_thread(wanted_of, files, read_as, directions)
            measured = await measure_tables(project, wanted.tables, wanted.cuts, database)
        else:
            measured = Measured(fault=NOT_ASKED)
        known = _with(known, measured)
        return await asyncio.to_thread(
            lint_files, files, read_as, every=every, known=known, directions=directions, stop=stop
        )
    except asyncio.CancelledError:
        stop.set()
        raise


def wanted_of(
    files: Sequence[MigrationFile],
    dialect: str,
    directions: Sequence[Direction] = ("up",),
) -> Wanted:
    """The tables that files touch and did not make, and the casts in them. To be called off the event loop."""
    tables: set[str] = set()
    cuts: dict[Cut, None] = {}
    for file in files:
        if file.unreadable is not None or file.ignored:
            continue
        for direction in directions:
            _, steps, _ = read_steps(file, direction, dialect, frozenset())
            touched = touched_by(step.deed for step in steps)
            tables |= touched.tables | touched.reads
            for step in steps:
                for change in casts_of(step):
                    if step.deed.tables:
                        cuts[Cut(step.deed.tables[0], change.column, change.type)] = None
    return Wanted(frozenset(tables), tuple(cuts))


def _prepare(
    project: Project,
    files: Sequence[MigrationFile],
    every: Sequence[MigrationFile],
    dialect: str | None,
    server: str | None,
) -> tuple[Known, str]:
    """What reading alone tells, and the dialect to read by."""
    unchecked: list[str] = []
    if dialect is None:
        dialect = guess_dialect([*every, *files])
        if dialect is None:
            unchecked.append(NO_DIALECT)
            dialect = "postgres"
    schemas, is_whole = ({}, True) if project.is_own or dialect != "postgres" else model_schemas(project)
    if not is_whole:
        unchecked.append(f"Too many Python files below {project.root}: not all were searched for models in schemas.")
    config: Path | None = project.root / ".squawk.toml"
    if project.is_own or config is None or not config.is_file():
        config = None
    return Known(_version(server), schemas=schemas, squawk_config=config, unchecked=tuple(unchecked)), dialect


def _version(server: str | None) -> str | None:
    """`15.18` of `PostgreSQL 15.18 primary`."""
    words = [word for word in (server or "").split() if word[:1].isdigit()]
    return words[0] if words else None


def _with(known: Known, measured: Measured) -> Known:
    unchecked = (*known.unchecked, measured.fault) if measured.fault else known.unchecked
    return Known(known.server, measured.sizes, measured.cuts, known.schemas, known.squawk_config, unchecked)
