"""`apply --dry-run`: the plan is printed, then tried and measured, and all of it taken back."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Final

from tui.cli.commands.migrate.looking import exit_of_plan, nothing_to_do, print_plan
from tui.cli.consent import ask
from tui.cli.exits import Exit, MigrateExit
from tui.cli.failure import usage
from tui.cli.migrating import trust
from tui.cli.output import document, line, note
from tui.cli.place import locate
from tui.migrate.dry_run.trying import DryRun, DryStatus, dry_run, why_not_dry
from tui.migrate.dry_run.words import as_json, cautions, lines
from tui.migrate.running.events import FileStarted, StatementStarted, Waiting
from tui.sanitise import one_line

if TYPE_CHECKING:
    import argparse

    from tui.cli.migrating import Looked
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.running.events import Event

_EXITS: Final = {
    DryStatus.MEASURED: MigrateExit.PENDING,
    DryStatus.LOCK_HELD: MigrateExit.LOCKED,
    DryStatus.LOCKED_OUT: MigrateExit.LOCKED,
    DryStatus.CHANGED: MigrateExit.CHANGED,
    DryStatus.CANCELLED: Exit.INTERRUPTED,
}
"""What is not here failed."""


def try_plan(args: argparse.Namespace, looked: Looked, planned: RunPlan) -> int:
    """Tries it where there is something to try. Ends with 2, as `plan`, when all of it runs through."""
    if not planned.is_ok or nothing_to_do(looked, planned) or planned.create:
        print_plan(args, looked, planned)
        if planned.create:
            note(why_not_dry(planned) or "")
        return exit_of_plan(looked, planned)
    if reason := why_not_dry(planned):
        return _tell(args, looked, planned, DryRun(DryStatus.REFUSED, message=reason))
    for said in cautions(planned, looked.dialect):
        note(f"mind: {said}")
    if any(file.dynamic for file in planned.files) or _is_production(args, looked):
        if not (args.yes or sys.stdin.isatty()):
            raise usage(
                "A program or a production database is tried only when agreed to, and there is no terminal: add --yes"
            )
        ask(args, f"Try {', '.join(str(file.number) for file in planned.files)} on {looked.database}?")
    trust(args, looked.project)
    return _tell(args, looked, planned, asyncio.run(_try(planned)))


async def _try(planned: RunPlan) -> DryRun:
    cancel = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, cancel.set)
    try:
        return await dry_run(planned, _note, cancel=cancel)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _note(event: Event) -> None:
    match event:
        case FileStarted(version=version, number=number, total=total):
            note(f"{version} ({number} of {total})")
        case StatementStarted(index=index, total=total, text=text):
            note(f"  {index} of {total}: {one_line(text)[:100]}")
        case Waiting(holders=holders):
            note(f"  waiting for {'; '.join(holder.sentence() for holder in holders) or 'somebody'}")


def _tell(args: argparse.Namespace, looked: Looked, planned: RunPlan, report: DryRun) -> int:
    if args.json:
        document({"plan": {**planned.as_json(), "database": looked.database}, "dry_run": as_json(report)})
    else:
        print_plan(args, looked, planned)
        line()
        for said in lines(report):
            line(said.text)
    return _EXITS.get(report.status, Exit.FAILED)


def _is_production(args: argparse.Namespace, looked: Looked) -> bool:
    return looked.project.is_own and locate(args).profile.production
