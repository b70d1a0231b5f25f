"""What the tables that a run touched look like afterwards, in one line: whether they are what the models say."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.migrate.drift import find_drift
from tui.migrate.process.sql.ddl import touched
from tui.migrate.source.files import read_files
from tui.migrate.wording import listed

if TYPE_CHECKING:
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.running.ahead import Ahead

_NAMED = 4


async def drift_after(plan: RunPlan, dialect: str, *, ahead: Ahead | None = None) -> str:
    """The drift of the tables of a plan that was run. "" where its files say of no table that they touch it. `ahead`
    may have a worker that waits for the job "drift".

    Raises `ProjectError` without consent to run the project.
    """
    tables = await asyncio.to_thread(_tables, plan, dialect)
    if not tables:
        return ""
    named = listed(tables) if len(tables) <= _NAMED else f"{len(tables)} tables"
    report = await find_drift(plan.project, tables=tables, ahead=ahead)
    if report.fault is not None:
        return f"Whether {named} are as the models say was not found out: {report.fault.message}"
    if not report.drift:
        return f"No drift in {named}."
    count = len(report.drift)
    what = report.drift[0].sentence()
    more = f", and {count - 1} more" if count > 1 else ""
    return f"Drift in {named}: {what}{more}."


def _tables(plan: RunPlan, dialect: str) -> list[str]:
    files = {file.version: file for file in read_files(plan.project)}
    found: set[str] = set()
    for version in plan.versions:
        if version in files:
            found |= touched(files[version].script(plan.direction).sql or "", dialect).tables
    return sorted(found - {"aerich"})
