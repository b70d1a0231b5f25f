"""What is looked at before a run, executing nothing of it: lint, rights, room, whose transactions are in the way, and
what a person must have seen.

    found = await look_before(plan, dialect)
    found.problems, found.to_accept, found.holders

The screens and the command line show the same, and both let nothing pass that was not accepted line by line.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.lint import NOT_ASKED, Hit, Report, Severity, Wanted, lint_project, wanted_of
from tui.migrate.plans.action import Action
from tui.migrate.process.sql.ddl import touched_by, what_does
from tui.migrate.process.sql.deed import Deed, Kind
from tui.migrate.process.sql.statements import split
from tui.migrate.running.events import Holder, as_holder
from tui.migrate.running.jobs import JobEnd, run_job
from tui.migrate.sizes import Measured, as_measured, measure_order
from tui.migrate.source.files import MigrationFile, read_files
from tui.sanitise import sanitise, shell_word

if TYPE_CHECKING:
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.running.ahead import Ahead

_OWN: Final = (Kind.ALTER_TABLE, Kind.DROP_TABLE, Kind.CREATE_INDEX, Kind.REINDEX, Kind.CREATE_TRIGGER, Kind.COMMENT)
_NEEDS: Final = {
    Kind.INSERT: "INSERT",
    Kind.COPY: "INSERT",
    Kind.UPDATE: "UPDATE",
    Kind.DELETE: "DELETE",
    Kind.TRUNCATE: "TRUNCATE",
}
_MAKES: Final = (Kind.CREATE_TABLE, Kind.CREATE_INDEX, Kind.CREATE_VIEW, Kind.CREATE_ROUTINE)
_SERVER: Final = re.compile(r"(?P<user>[^@]*)@(?P<host>.+):(?P<port>\d+)/(?P<database>.+)")


@dataclass(frozen=True, slots=True)
class ToAccept:
    """One line that is ticked, or named on the command line by its `key`. `is_lint`: the key is a rule, else a file."""

    key: str
    label: str
    sentence: str
    is_lint: bool = False


@dataclass(frozen=True, slots=True)
class Preflight:
    """What was found. Texts are safe to show. With `problems` the run cannot go well; nothing may be begun then."""

    plan: RunPlan
    report: Report | None = None
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    holders: tuple[Holder, ...] = ()
    """Transactions that hold what the files need; PostgreSQL."""
    is_destructive: bool = False
    """Rows or values can be gone for good."""
    dump: str = ""
    """The command that backs a PostgreSQL database up, without a password."""
    tables: tuple[str, ...] = ()
    """What the files touch, as far as their text tells."""

    @property
    def errors(self) -> tuple[Hit, ...]:
        """The findings of the lint that block."""
        hits = self.report.hits if self.report is not None else ()
        return tuple(hit for hit in hits if hit.severity is Severity.ERROR)

    @property
    def to_accept(self) -> tuple[ToAccept, ...]:
        """What has to be accepted one by one: states of files, and errors of the lint."""
        cautions = [
            ToAccept(each.version, sanitise(f"{each.state} {each.version}", 300), sanitise(each.sentence, 600))
            for each in self.plan.cautions
        ]
        errors = [
            ToAccept(hit.rule, sanitise(f"{hit.rule} {hit.place}", 300), sanitise(hit.sentence, 600), is_lint=True)
            for hit in self.errors
        ]
        return (*cautions, *errors)

    def open_points(
        self, accepted: Collection[str] = (), despite: Collection[str] = (), *, everything: bool = False
    ) -> tuple[ToAccept, ...]:
        """What was not accepted yet. `accepted` names files (with or without .py), `despite` rules of the lint."""
        files = {name.removesuffix(".py") for name in accepted}
        return tuple(
            each
            for each in self.to_accept
            if not (each.key in despite if each.is_lint else everything or each.key.removesuffix(".py") in files)
        )

    @property
    def lint_sentence(self) -> str:
        """The worst of the lint in one line."""
        if self.report is None:
            return ""
        worst = self.report.worst
        if worst is None:
            return "Lint: nothing found."
        hits = [hit for hit in self.report.hits if hit.severity is worst]
        more = f", and {len(self.report.hits) - 1} more" if len(self.report.hits) > 1 else ""
        return sanitise(f"Lint: {worst}: {hits[0].place}: {hits[0].sentence}{more}", 400)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "problems": list(self.problems),
            "warnings": list(self.warnings),
            "to_accept": [
                {"key": each.key, "lint": each.is_lint, "sentence": f"{each.label}: {each.sentence}"}
                for each in self.to_accept
            ],
            "in_the_way": [holder.sentence() for holder in self.holders],
            "destructive": self.is_destructive,
            "tables": list(self.tables),
            "backup_command": self.dump or None,
        }


async def look_before(plan: RunPlan, dialect: str | None = None, *, ahead: Ahead | None = None) -> Preflight:
    """Looks. The database is asked by a worker: consent to run the project comes first. `ahead` may have one that waits
    for the job "preflight".

    Raises `ProjectError` without it, and for a folder that cannot be read.
    """
    every = await asyncio.to_thread(read_files, plan.project)
    by_version = {file.version: file for file in every}
    files = [by_version[version] for version in plan.versions if version in by_version]
    dialect = dialect or (plan.project.own_url.dialect if plan.project.own_url is not None else "postgres")
    deeds = await asyncio.to_thread(_deeds, plan, files, dialect) if plan.action.runs_sql else []
    tables = tuple(sorted(touched_by(deeds).tables))
    is_destructive = plan.action is Action.REVERT or any(deed.is_destructive for deed in deeds)
    is_linted = plan.action is Action.APPLY
    found = Preflight(plan, is_destructive=is_destructive, tables=tables)
    if plan.create:
        # Nothing is in it: no size to ask for.
        report = await lint_project(plan.project, files, every, dialect, measured=Measured()) if is_linted else None
        return replace(found, report=report)
    wanted = await asyncio.to_thread(wanted_of, files, dialect) if is_linted else None
    found, end = await _asked(found, deeds, wanted, ahead)
    if not is_linted:
        return found
    measured = as_measured(end.values["measured"]) if end.values.get("measured") else Measured(fault=NOT_ASKED)
    server = end.connected.server if end.connected is not None else None
    report = await lint_project(plan.project, files, every, dialect, server=server, measured=measured)
    return replace(found, report=report)


async def _asked(
    found: Preflight, deeds: list[Deed], wanted: Wanted | None, ahead: Ahead | None
) -> tuple[Preflight, JobEnd]:
    """With what the database says; the sizes that the lint wants are in the job's answer."""
    plan = found.plan
    made = touched_by(deeds).created
    rights = {
        (table, needs)
        for deed in deeds
        if (needs := "own" if deed.kind in _OWN else _NEEDS.get(deed.kind))
        for table in deed.tables
        if table not in made
    }
    end = await run_job(
        plan.project,
        {
            "job": "preflight",
            "action": str(plan.action),
            "rights": sorted(rights),
            "tables": sorted(set(found.tables) - made),
            "creates": any(deed.kind in _MAKES for deed in deeds),
            "concurrently": any(deed.concurrently for deed in deeds),
            "measure": measure_order(wanted.tables, wanted.cuts) if wanted is not None else {},
        },
        ahead=ahead,
    )
    problems: Iterable[str] = end.values.get("problems") or ()
    if end.fault is not None:
        problems = [end.fault.message]
    label = end.connected.label if end.connected is not None else ""
    asked = Preflight(
        plan,
        None,
        tuple(sanitise(each, 1000) for each in problems),
        tuple(sanitise(each, 1000) for each in end.values.get("warnings") or ()),
        tuple(as_holder(each) for each in end.values.get("holders") or ()),
        found.is_destructive,
        dump_command(label),
        found.tables,
    )
    return asked, end


def dump_command(label: str, now: datetime | None = None) -> str:
    """The `pg_dump` that copies `user@host:port/database`, "" for any other label. It asks for the password itself."""
    match = _SERVER.fullmatch(label)
    if match is None:
        return ""
    database = match["database"]
    stamp = f"{now or datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    words = ["pg_dump", "--format=custom", f"--file={database}-{stamp}.dump"]
    words += [f"--host={match['host']}", f"--port={match['port']}", f"--username={match['user']}", database]
    return " ".join(map(shell_word, words))


def _deeds(plan: RunPlan, files: list[MigrationFile], dialect: str) -> list[Deed]:
    return [
        what_does(statement.text, dialect)
        for file in files
        for statement in split(file.script(plan.direction).sql or "", dialect)
    ]
