"""What the first start does with migrations, without a screen: read what is pending, apply it, look again.

Imported lazily by nobody but the first start: it is the first thing that a new database needs, and never again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING

from tui.migrate.applied import read_applied
from tui.migrate.apply import ApplyOutcome, ApplyPlan, apply_plan, plan_apply
from tui.migrate.events import BackedUp, Committing, Event, FileDone, FileStarted, StatementStarted, Waiting
from tui.migrate.files import MigrationFile, read_files
from tui.migrate.project import own_project
from tui.migrate.states import merge

if TYPE_CHECKING:
    from tui.database import Database


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A file to apply: its name and the SQL it runs."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Pending:
    """The plan of applying all of them, and what each would run, in the same order."""

    plan: ApplyPlan
    files: tuple[PendingFile, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """How it ended. `has_superuser` only means something when all went well."""

    outcome: ApplyOutcome
    has_superuser: bool = False


async def read_pending(database: Database) -> Pending:
    """Reads our own files and the rows of the database. Raises `DatabaseError`, `ProjectError`."""
    project = own_project(database.url)
    files = await asyncio.to_thread(read_files, project)
    listing = merge(files, await read_applied(database), project.app)
    plan = plan_apply(project, listing, writable=not database.read_only)
    by_version = {file.version: file for file in files}
    return Pending(plan, tuple(_pending(by_version[version]) for version in plan.versions))


async def apply_pending(database: Database, plan: ApplyPlan, report: Callable[[str], None]) -> Applied:
    """Applies the plan in the worker process, telling each step in a sentence. Raises OSError, `DatabaseError`."""
    from models.operations import superuser_exists, system_actor

    def hear(event: Event) -> None:
        sentence = sentence_of(event)
        if sentence:
            report(sentence)

    outcome = await apply_plan(plan, hear, actor=system_actor(), database=database)
    return Applied(outcome, await superuser_exists()) if outcome.is_ok else Applied(outcome)


def sentence_of(event: Event) -> str:
    """What is going on, for the line under the list; empty where nothing changes for the person."""
    match event:
        case FileStarted(version=version, number=number, total=total):
            return f"{number} of {total}: {version} ..."
        case StatementStarted(version=version, index=index, total=total):
            return f"{version}: statement {index} of {total} ..."
        case Committing(version=version):
            return f"{version}: committing ..."
        case FileDone(version=version):
            return f"{version} is applied."
        case BackedUp(path=path):
            return f"A copy of the database is in {path}."
        case Waiting(on="lock"):
            return "Waiting: another upgrade is running."
        case Waiting(holders=holders):
            return f"Waiting for {holders[0].sentence()}" if holders else "Waiting for a lock."
    return ""


def problem_of(outcome: ApplyOutcome) -> Sequence[str]:
    """Lines that say what went wrong, where, and what can be done now."""
    lines = (outcome.sentence, outcome.message, outcome.detail, outcome.place, outcome.next_step)
    return [line for line in lines if line]


def _pending(file: MigrationFile) -> PendingFile:
    if file.up.sql is not None:
        note = "-- This file looks at the database first, then runs:\n" if file.up.is_program else ""
        return PendingFile(file.version, note + dedent(file.up.sql).strip())
    return PendingFile(
        file.version, f"-- This file is a program; what it runs is known only by running it:\n{file.path}"
    )
