"""The baseline of a database that existed before its migrations: which files describe what is there already.

    found = await find_baseline(project)
    found.proposed, found.differences

Each file's end is replayed apart from the application and compared with the database; the one that differs least is
proposed. Nothing is changed: what is proposed is a stamp, agreed to like any other (`tui.migrate.plans.stamping`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.drift.compare import Sides, compare
from tui.migrate.drift.comparing import to_replay
from tui.migrate.drift.facts import facts_of
from tui.migrate.drift.reasons import OURS
from tui.migrate.process.catalogues.catalogue import Catalogue, Table, catalogue_of, table_of
from tui.migrate.running.faults import Fault
from tui.migrate.running.jobs import run_job
from tui.migrate.source.files import read_files
from tui.sanitise import sanitise

if TYPE_CHECKING:
    from tui.migrate.drift.report import Difference
    from tui.migrate.running.events import Event
    from tui.migrate.source.project import Project
    from tui.migrate.states import Listing

_WEIGHED: Final = frozenset(
    {"table", "column", "type", "null", "primary key", "unique", "foreign key", "index", "check"}
)
"""What is counted: names and orders differ without a difference."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How the database would differ from what the files up to and with this one make, in facts."""

    version: str
    differences: int
    is_seen: bool
    """Whether the file changes the schema at all: of others nothing tells whether they were run."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was found. With `fault` nothing is known. Texts of the database are not safe to show before `sanitise`."""

    fits: tuple[Fit, ...] = ()
    proposed: str | None = None
    """Up to and with this version the files describe what is there; None: none of them does."""
    differences: tuple[Difference, ...] = ()
    """What is not the same at the proposed one; `models` in them are the files."""
    others: tuple[str, ...] = ()
    """Tables that no file makes: somebody else's, or made by hand."""
    unseen: tuple[str, ...] = ()
    """Files just behind the proposed one that change no schema: whether they were run cannot be seen."""
    stopped: str = ""
    """Why no file behind the last of `fits` could be replayed, in a sentence."""
    label: str = ""
    fault: Fault | None = None

    @property
    def sentence(self) -> str:
        """What was found, safe to show."""
        if self.fault is not None:
            return self.fault.message
        if self.proposed is None:
            return "None of the files describes what is in the database: there is nothing to stamp."
        if not self.differences:
            return f"The database is what the files make up to {sanitise(self.proposed, 255)}."
        count = len(self.differences)
        return (
            f"The database is nearest to what the files make up to {sanitise(self.proposed, 255)}: "
            f"{count} difference{'' if count == 1 else 's'}."
        )

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "sentence": self.sentence,
            "proposed": self.proposed,
            "files": [
                {"version": fit.version, "differences": fit.differences, "changes_schema": fit.is_seen}
                for fit in self.fits
            ],
            "differences": [words_of(each) for each in self.differences],
            "tables_no_file_makes": list(self.others),
            "not_seen": list(self.unseen),
            "stopped": self.stopped or None,
        }


def wants_baseline(listing: Listing) -> bool:
    """Whether nothing of the app is recorded, so that its tables may have been there before."""
    return listing.is_known and bool(listing.pending) and not any(row.app == listing.app for row in listing.rows or ())


async def find_baseline(
    project: Project,
    on_event: Callable[[Event], object] | None = None,
    *,
    cancel: asyncio.Event | None = None,
) -> Baseline:
    """Looks, and changes nothing. Raises `ProjectError` without consent, OSError when no process can be started."""
    files = [each for each in await asyncio.to_thread(read_files, project) if each.number is not None]
    readable = list(takewhile(lambda file: file.unreadable is None, files))
    broken = files[len(readable)] if len(readable) < len(files) else None
    stopped = f"{broken.version} cannot be read: {broken.unreadable.sentence}" if broken and broken.unreadable else ""
    end = await run_job(project, {"job": "baseline", "files": to_replay(readable)}, on_event, cancel=cancel)
    if end.fault is not None:
        return Baseline(fault=end.fault)
    if end.finished is None or end.finished.outcome != "read" or end.connected is None:
        return Baseline(fault=Fault("Stopped. Nothing was compared.", is_stopped=True))
    if halt := end.values["stopped"]:
        stopped = f"{halt['version']} could not be replayed: {halt['why']}"
    return await asyncio.to_thread(
        _judged, end.values, end.connected.dialect, sanitise(end.connected.label, 300), sanitise(stopped, 600)
    )


def words_of(each: Difference) -> str:
    """`item.size: type: files INT, database BIGINT`; safe to show, one line."""
    where = f"{each.table}.{each.name}" if each.name else each.table
    files = each.in_files if each.in_files is not None else "–"
    database = each.in_database if each.in_database is not None else "–"
    return sanitise(f"{where}: {each.kind}: files {files}, database {database}", 300)


def _judged(values: Mapping[str, Any], dialect: str, label: str, stopped: str) -> Baseline:
    ends = _ends(values["steps"])
    known = {name for _, catalogue, _ in ends for name in catalogue.tables} - OURS.keys()
    whole = catalogue_of(values["database"])
    database = Catalogue({name: table for name, table in whole.tables.items() if name in known})
    others = tuple(sorted(set(whole.tables) - known - OURS.keys()))
    fits = tuple(Fit(version, _distance(catalogue, database), is_seen) for version, catalogue, is_seen in ends)
    nothing = _distance(Catalogue(), database)
    best = min(fits, key=lambda fit: fit.differences, default=None)
    if best is None or best.differences >= nothing:
        return Baseline(fits, None, (), others, (), stopped, label)
    place = fits.index(best)
    unseen = []
    for fit in fits[place + 1 :]:
        if fit.is_seen:
            break
        unseen.append(fit.version)
    catalogue = ends[place][1]
    differences, _ = compare(
        Sides(dialect, catalogue, database, catalogue, tables=frozenset(catalogue.tables), known=frozenset(known))
    )
    return Baseline(fits, best.version, differences, others, tuple(unseen), stopped, label)


def _ends(steps: Sequence[Mapping[str, Any]]) -> list[tuple[str, Catalogue, bool]]:
    """The schema at the end of each file, and whether the file changed it."""
    tables: dict[str, Table] = {}
    found = []
    for step in steps:
        changed = {name: table_of(each) for name, each in step["tables"].items()}
        tables = {name: table for name, table in tables.items() if name not in step["gone"]} | changed
        ours = {name: table for name, table in tables.items() if name not in OURS}
        found.append((step["version"], Catalogue(ours), bool(set(changed) - OURS.keys() or step["gone"])))
    return found


def _distance(one: Catalogue, two: Catalogue) -> int:
    first, second = (
        {key: value for key, value in facts_of(each).values.items() if key[0] in _WEIGHED} for each in (one, two)
    )
    return sum(first.get(key) != second.get(key) for key in first.keys() | second.keys())
