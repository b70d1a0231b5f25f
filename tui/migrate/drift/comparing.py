"""`find_drift`: the worker reads the three schemas, this side compares them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from tui.migrate.drift.compare import Sides, compare, unmade
from tui.migrate.drift.report import DriftReport
from tui.migrate.process.catalogues.catalogue import Catalogue, catalogue_of
from tui.migrate.running.faults import Fault
from tui.migrate.running.jobs import run_job
from tui.migrate.source.files import MigrationFile, read_files
from tui.sanitise import sanitise

if TYPE_CHECKING:
    from tui.migrate.running.ahead import Ahead
    from tui.migrate.running.events import Event
    from tui.migrate.source.project import Project


async def find_drift(
    project: Project,
    *,
    tables: Collection[str] | None = None,
    on_event: Callable[[Event], object] | None = None,
    ahead: Ahead | None = None,
) -> DriftReport:
    """Compares the project's models, files and database; `tables`: only these. Changes nothing in the database.

    `on_event` hears what is being looked at (`Looking`). Cancel this task to stop; a worker that does not is ended.
    Raises `ProjectError` without consent to run the project, OSError when no process can be started.
    """
    started = monotonic()
    files = [each for each in await asyncio.to_thread(read_files, project) if each.number is not None]
    broken = next((each for each in files if each.unreadable is not None), None)
    if broken is not None and broken.unreadable is not None:
        line = f", line {broken.unreadable.line}" if broken.unreadable.line else ""
        return DriftReport(fault=Fault(f"{broken.version}{line}: {broken.unreadable.sentence}"))
    end = await run_job(project, {"job": "drift", "files": to_replay(files)}, on_event, ahead=ahead)
    if end.fault is not None:
        return DriftReport(fault=end.fault, reached=end.connected is not None)
    if end.finished is None or end.finished.outcome != "compared" or end.connected is None:
        return DriftReport(fault=Fault("Stopped. Nothing was compared.", is_stopped=True))
    found = await asyncio.to_thread(_report, end.values, files, tables)
    label = sanitise(end.connected.label)
    if end.connected.schema:
        label = f"{label} · {sanitise(end.connected.schema)}"
    return replace(found, label=label, took_ms=round((monotonic() - started) * 1000, 1))


def to_replay(files: Sequence[MigrationFile]) -> list[dict[str, Any]]:
    """What the worker is told of files whose SQL it runs again apart from the application."""
    return [{"version": each.version, "sql": each.up.sql, "is_program": each.up.is_program} for each in files]


def _report(values: Mapping[str, Any], files: Sequence[MigrationFile], only: Collection[str] | None) -> DriftReport:
    """Some milliseconds a hundred tables: off the interface's own task."""
    sides = Sides(
        values["dialect"],
        _catalogue(values["models"]) or Catalogue(),
        _catalogue(values["database"]) or Catalogue(),
        _catalogue(values["files"]),
        _catalogue(values["after_pending"]),
        _catalogue(values["state"]),
        values["is_exact"],
        values["are_files_exact"],
        tables=frozenset(values["tables"]),
        known=frozenset(values["known"]),
        places=values["places"],
        defaults=frozenset((table, column) for table, column in values["defaults"]),
        text="\n".join(each.up.sql or "" for each in files),
        has_programs=any(each.up.is_program for each in files),
    )
    differences, benign = compare(sides, only)
    tables = values["tables"] if only is None else [name for name in values["tables"] if name in only]
    return DriftReport(
        differences,
        benign,
        models=sanitise(values["how_models"], 300),
        files=sanitise(values["how_files"], 300),
        tables=len(tables),
        is_exact=values["is_exact"],
        unmade=unmade(sides, only),
        pending=tuple(values["pending"]),
    )


def _catalogue(values: Mapping[str, Any] | None) -> Catalogue | None:
    return catalogue_of(values) if values is not None else None
