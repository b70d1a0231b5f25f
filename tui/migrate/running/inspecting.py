"""A database looked at by the worker process: which it is, and which migrations it has. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.migrate.applied import AppliedRow, as_rows
from tui.migrate.past.history import NO_HISTORY, History, as_history
from tui.migrate.running.jobs import run_job
from tui.migrate.sizes import Size, as_sizes

if TYPE_CHECKING:
    from tui.migrate.running.events import Connected
    from tui.migrate.running.faults import Fault
    from tui.migrate.source.project import Project


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found. `rows` None: no table of Aerich yet. With `fault` nothing else is known."""

    connected: Connected | None = None
    rows: tuple[AppliedRow, ...] | None = None
    fault: Fault | None = None
    history: History = NO_HISTORY
    """Our own log, as far as it can be read."""
    sizes: Mapping[str, Size] = field(default_factory=dict)
    """Of the tables, where they were asked for and could be read."""


async def inspect(project: Project, *, after_backend: int | None = None, sizes: bool = False) -> Inspection:
    """Asks the project's database. This imports the project's configuration: consent comes first.

    With `after_backend`, waits until that PostgreSQL backend of a worker that died is gone, up to half a minute. With
    `sizes`, reads those of the tables.
    Raises `ProjectError` without consent.
    """
    end = await run_job(project, {"job": "inspect", "after_backend": after_backend, "sizes": sizes})
    if end.fault is not None:
        return Inspection(end.connected, fault=end.fault)
    rows = end.values.get("applied")
    history = as_history(end.values.get("log"))
    applied = as_rows(rows) if rows is not None else None
    return Inspection(end.connected, applied, history=history, sizes=as_sizes(end.values.get("sizes") or {}))
