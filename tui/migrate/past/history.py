"""The log of what was run, read from the database and from the local file: a `Record` for each file and run.

    history = await read_history(database, app)        over our own open connection
    history = as_history(values)                       from what the worker's inspect job found
    texts = await read_texts(project, record, database)

Anybody who may write the database may have written these rows. They are history to be shown: whatever does not read as
a record is left out, and every text needs `sanitise` before it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.past.journals import local_log_of
from tui.migrate.past.records import Record, as_number, as_record
from tui.migrate.process.runs import local_log
from tui.migrate.process.runs.log_reading import read_log
from tui.migrate.process.runs.log_reading import read_texts as ask_texts

if TYPE_CHECKING:
    from tui.database import Database
    from tui.migrate.source.project import Project


@dataclass(frozen=True, slots=True)
class Backend:
    """A statement of ours that runs on PostgreSQL now, whoever waits for it. `since` says when its connection began."""

    pid: int
    user: str
    query: str
    seconds: float
    since: str


@dataclass(frozen=True, slots=True)
class History:
    """Every record, oldest first. `fault`: why the table's are not among them, as half a sentence."""

    records: tuple[Record, ...] = ()
    fault: str = ""
    holders: tuple[int, ...] = ()
    """PostgreSQL backends that hold the lock of this app: a run goes on."""
    backends: tuple[Backend, ...] = ()

    def of(self, app: str) -> Sequence[Record]:
        """The records of one app."""
        return [record for record in self.records if record.app == app]

    def with_local(self, lines: Iterable[Mapping[str, Any]], database: str) -> History:
        """With those of the local file that are about this database; "" takes them all."""
        ours = [line for line in lines if not database or line.get("database") in (database, None, "")]
        local = [record for line in ours if (record := as_record({**line, "id": None})) is not None]
        if not local:
            return self
        known = {(record.run, record.version) for record in self.records}
        added = [record for record in local if (record.run, record.version) not in known]
        return replace(self, records=tuple(sorted([*self.records, *added], key=_when)))


NO_HISTORY: Final = History()


@dataclass(frozen=True, slots=True)
class Texts:
    """The file as it was run, without its MODELS_STATE, and the SQL that was sent. Not safe to show as they are."""

    source: str
    sql: str


async def read_history(database: Database, app: str) -> History:
    """The log of our own open database."""

    async def ask(sql: str, values: Sequence[Any]) -> Any:
        return await database.connection.execute_query_dict(sql, list(values))

    return as_history(await read_log(ask, database.dialect, app))


def as_history(values: Mapping[str, Any] | None) -> History:
    """From the answer of `read_log`; what does not read as it should is left out."""
    if not isinstance(values, Mapping):
        return History()
    records = tuple(record for each in values.get("records") or () if (record := as_record(each)) is not None)
    holders = tuple(
        number for each in values.get("holders") or () if (number := as_number(each.get("pid"))) is not None
    )
    backends = tuple(
        Backend(
            int(each["pid"]),
            str(each.get("user") or ""),
            str(each.get("query") or ""),
            float(each.get("seconds") or 0),
            str(each.get("since") or ""),
        )
        for each in values.get("backends") or ()
    )
    return History(records, str(values.get("fault") or ""), holders, backends)


async def read_texts(project: Project, record: Record, database: Database | None = None) -> Texts | None:
    """The two long texts of a record; None when they are not there any more.

    Over our own open `database`, else by the worker. Raises `DatabaseError`, or `ProjectError` without consent.
    """
    if record.row is None:
        lines = local_log.merged(local_log.read(local_log_of(project)))
        found = [each for each in lines if (each.get("run"), each.get("version")) == (record.run, record.version)]
        return _texts(found[0]) if found else None
    if project.is_own and database is not None:

        async def ask(sql: str, values: Sequence[Any]) -> Any:
            return await database.connection.execute_query_dict(sql, list(values))

        return _texts(await ask_texts(ask, database.dialect, record.row))
    from tui.migrate.running.jobs import run_job

    end = await run_job(project, {"job": "history", "row": record.row})
    return _texts(end.values.get("texts"))


async def end_backend(project: Project, backend: Backend) -> bool:
    """Ends a backend of ours that nobody waits for any more; what it had not committed is undone. Whether it was there.

    Raises `ProjectError` without consent.
    """
    from tui.migrate.running.jobs import run_job

    end = await run_job(project, {"job": "history", "end": [backend.pid, backend.since]})
    return bool(end.values.get("ended"))


def _texts(values: Mapping[str, Any] | None) -> Texts | None:
    return Texts(str(values.get("source") or ""), str(values.get("sql") or "")) if values else None


def _when(record: Record) -> datetime:
    return record.started_at or datetime.min.replace(tzinfo=UTC)


__all__ = [
    "NO_HISTORY",
    "Backend",
    "History",
    "Record",
    "Texts",
    "as_history",
    "end_backend",
    "read_history",
    "read_texts",
]
