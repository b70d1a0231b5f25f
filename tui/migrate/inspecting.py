"""A database looked at by the worker process: which it is, and which migrations it has. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.migrate.applied import AppliedRow, as_rows
from tui.migrate.events import Connected, Finished
from tui.migrate.faults import Fault, fault_of
from tui.migrate.worker import start_worker

if TYPE_CHECKING:
    from tui.migrate.project import Project


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found. `rows` None: no table of Aerich yet. With `fault` nothing else is known."""

    connected: Connected | None = None
    rows: tuple[AppliedRow, ...] | None = None
    fault: Fault | None = None


async def inspect(project: Project, *, after_backend: int | None = None) -> Inspection:
    """Asks the project's database. This imports the project's configuration: consent comes first.

    With `after_backend`, waits until that PostgreSQL backend of a worker that died is gone, up to half a minute.
    Raises `ProjectError` without consent.
    """
    connected: Connected | None = None
    order: dict[str, Any] = {"job": "inspect", "after_backend": after_backend}
    async with start_worker(project, order) as worker:
        async for event in worker.events():
            if isinstance(event, Connected):
                connected = event
            elif isinstance(event, Finished):
                if event.outcome == "inspected":
                    rows = event.values.get("applied")
                    return Inspection(connected, as_rows(rows) if rows is not None else None)
                return Inspection(connected, fault=fault_of(event.values, worker.output))
    sentence = "The worker process died while it looked at the database"
    return Inspection(connected, fault=Fault(f"{sentence}: {worker.end}." if worker.end else f"{sentence}."))
