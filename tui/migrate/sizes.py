"""How many rows tables have, about, and how large they are: from the catalogue, never by counting.

    sizes = await read_sizes(project, {"book", "shop.author"}, database)
    sizes["book"].rows, sizes["book"].bytes

Our own database is asked over the connection that is open; another project's by the worker process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.process.sizing.measuring import MOST_CUT, measure
from tui.migrate.running.jobs import run_job
from tui.migrate.source.project import ProjectError

if TYPE_CHECKING:
    from tui.database import Database
    from tui.migrate.source.project import Project

NEARLY_EMPTY_BYTES: Final = 64 * 1024
"""A table of that size is scanned, or rewritten, before anybody notices."""
NEARLY_EMPTY_ROWS: Final = 1000
SECONDS: Final = 30.0
"""For all questions together, with the start of a worker process."""


@dataclass(frozen=True, slots=True)
class Size:
    """Of one table. `rows` is the planner's estimate, None where there is none; 0 only for a table without a page."""

    rows: int | None
    bytes: int | None
    """With its indexes and TOAST; None where the database does not say (SQLite without dbstat)."""

    @property
    def is_empty(self) -> bool:
        """Surely without a row."""
        return self.rows == 0

    @property
    def is_nearly_empty(self) -> bool:
        """Small enough that no lock on it is felt."""
        if self.bytes is not None:
            return self.bytes <= NEARLY_EMPTY_BYTES
        return self.rows is not None and self.rows < NEARLY_EMPTY_ROWS


@dataclass(frozen=True, slots=True)
class Cut:
    """A cast of a column to a narrower type."""

    table: str
    column: str
    type: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found. With `fault`, a sentence, nothing was."""

    sizes: Mapping[str, Size] = field(default_factory=dict)
    cuts: Mapping[Cut, int] = field(default_factory=dict)
    """Values that would be cut, MOST_CUT + 1 for more than MOST_CUT; a cast that could not be counted is left out."""
    fault: str = ""


async def read_sizes(project: Project, tables: Collection[str], database: Database | None = None) -> Mapping[str, Size]:
    """The sizes of those tables that are there; none at all when the database does not answer in time."""
    return (await measure_tables(project, tables, (), database)).sizes


async def measure_tables(
    project: Project, tables: Collection[str], cuts: Sequence[Cut] = (), database: Database | None = None
) -> Measured:
    """Sizes, and how many values each cast would cut. Never raises for what a database or a project does."""
    if not tables and not cuts:
        return Measured()
    order = measure_order(tables, cuts)
    try:
        async with asyncio.timeout(SECONDS):
            if database is not None and project.is_own:
                ask = database.connection.execute_query_dict
                return as_measured(await measure(ask, database.dialect, order["tables"], order["cuts"]))
            end = await run_job(project, {"job": "measure", **order})
    except TimeoutError:
        return Measured(fault=f"The database did not tell the sizes of its tables within {SECONDS:.0f} s.")
    except ProjectError as error:
        return Measured(fault=error.sentence)
    except Exception as error:  # noqa: BLE001 - sizes are good to know, and never worth a failure
        return Measured(fault=f"The sizes of the tables could not be read ({type(error).__name__}).")
    return Measured(fault=end.fault.message) if end.fault is not None else as_measured(end.values)


def measure_order(tables: Collection[str], cuts: Sequence[Cut]) -> dict[str, Any]:
    """What a job of the worker is asked to measure."""
    return {
        "tables": sorted(tables),
        "cuts": [{"table": cut.table, "column": cut.column, "type": cut.type} for cut in cuts],
    }


def as_measured(found: Mapping[str, Any]) -> Measured:
    """From what the job answers."""
    cuts = {
        Cut(cut["table"], cut["column"], cut["type"]): int(cut["count"])
        for cut in found["cuts"]
        if cut["count"] is not None
    }
    return Measured(as_sizes(found["sizes"]), cuts)


def as_sizes(found: Mapping[str, Any]) -> Mapping[str, Size]:
    """By table, from what a job answers."""
    return {name: Size(size["rows"], size["bytes"]) for name, size in found.items()}


__all__ = [
    "MOST_CUT",
    "Cut",
    "Measured",
    "Size",
    "as_measured",
    "as_sizes",
    "measure_order",
    "measure_tables",
    "read_sizes",
]
