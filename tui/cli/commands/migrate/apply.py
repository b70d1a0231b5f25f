"""`shellback migrate apply`: the worker process runs the files, this side tells what happens."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from tui.cli.applying import exit_of_outcome, print_outcome, run_plan
from tui.cli.commands.migrate.looking import nothing_to_do, plan_of
from tui.cli.consent import ask, check_can_ask
from tui.cli.exits import Exit, MigrateExit
from tui.cli.failure import Failure
from tui.cli.migrating import look, trust
from tui.cli.output import document, line, note
from tui.cli.place import locate
from tui.cli.typing_name import ask_before
from tui.migrate.running.ahead import Ahead
from tui.migrate.running.run import RunOptions
from tui.migrate.wording import listed

if TYPE_CHECKING:
    import argparse

    from tui.cli.migrating import Looked
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.plans.preflight import Preflight


def apply(args: argparse.Namespace) -> int:
    """`migrate apply`."""
    check_can_ask(args)
    # One loop from the first look to the last: the workers that are prepared belong to it. It stands still while a
    # person is asked.
    with asyncio.Runner() as runner:
        ahead = Ahead()
        try:
            return _apply(args, runner, ahead)
        finally:
            runner.run(ahead.close())


def _apply(args: argparse.Namespace, runner: asyncio.Runner, ahead: Ahead) -> int:
    looked = runner.run(_look(args, None if args.dry_run else ahead))
    planned = plan_of(args, looked)
    if args.dry_run:
        from tui.cli.dry_running import try_plan

        return try_plan(args, looked, planned)
    if nothing_to_do(looked, planned):
        if args.json:
            document({"outcome": {"status": "done", "sentence": "Nothing is pending.", "applied": []}})
        else:
            line("Nothing is pending.")
        return Exit.DONE
    trust(args, looked.project)
    if planned.is_ok:
        planned = replace(planned, at_once=_at_once(args, planned))
        from tui.migrate.plans.preflight import look_before

        found = runner.run(look_before(planned, looked.dialect or None, ahead=ahead))
        _refuse(args, found)
        _ask(args, looked, found)
    anchored = locate(args).anchored if looked.project.is_own else None
    options = RunOptions(lock_timeout=args.lock_timeout, retries=args.retries)
    if not args.no_drift:
        runner.run(ahead.prepare(looked.project, "drift"))
    outcome = runner.run(run_plan(planned, give_up=args.wait, anchored=anchored, options=options, ahead=ahead))
    if outcome.is_ok and not args.no_drift:
        from tui.migrate.running.after import drift_after

        if said := runner.run(drift_after(planned, looked.dialect, ahead=ahead)):
            outcome = replace(outcome, notes=(*outcome.notes, said))
    print_outcome(args, outcome)
    return exit_of_outcome(outcome, looked)


async def _look(args: argparse.Namespace, ahead: Ahead | None) -> Looked:
    """The look, and meanwhile the import of what comes after it: the lint and its rules."""
    looked, _ = await asyncio.gather(look(args, ahead), asyncio.to_thread(import_module, "tui.migrate.plans.preflight"))
    return looked


def _at_once(args: argparse.Namespace, planned: RunPlan) -> bool:
    """Whether all files are one transaction. Raises `Failure` where one of them cannot be."""
    loose = [file.version for file in planned.files if not file.transactional]
    if args.all_or_nothing and loose:
        raise Failure(
            f"Not all or nothing: {listed(loose)} runs outside a transaction. Apply it by itself.", Exit.FAILED
        )
    return bool(args.all_or_nothing)


def _refuse(args: argparse.Namespace, found: Preflight) -> None:
    """Raises `Failure` with everything that keeps the plan from being run, and how to go on."""
    for holder in found.holders:
        on_what = f"{holder.what}: " if holder.what else ""
        note(f"in the way now: {on_what}{holder.sentence()}")
    for warning in found.warnings:
        note(f"mind: {warning}")
    if found.problems:
        raise Failure(" ".join(found.problems), Exit.FAILED, kind="preflight")
    points = found.open_points(args.accept, args.despite_lint, everything=args.accept_all)
    if not points:
        return
    is_asked = not args.yes and sys.stdin.isatty()
    for point in points:
        if is_asked:
            ask(args, f"{point.label}: {point.sentence} Apply all the same?")
        else:
            option = "--despite-lint" if point.is_lint else "--accept"
            note(f"{point.label}: {point.sentence} ({option} {point.key})")
    if not is_asked:
        states = any(not point.is_lint for point in points)
        raise Failure(
            f"Nothing was applied: {listed([point.label for point in points])} "
            f"{'was' if len(points) == 1 else 'were'} not accepted. Mend it, or accept it by name.",
            MigrateExit.CHANGED if states else Exit.FAILED,
            kind="not_accepted",
        )


def _ask(args: argparse.Namespace, looked: Looked, found: Preflight) -> None:
    """In production, and where rows can be lost for good, a y is too easily typed: the database's name is asked for."""
    if args.yes:
        return
    planned = found.plan
    for file in planned.files:
        note(f"  {file.version}")
    if found.lint_sentence:
        note(found.lint_sentence)
    if found.dump:
        note(f"a backup is yours to make:  {found.dump}")
    together = ", all or nothing" if planned.at_once else ""
    title = f"{planned.target[:1].upper()}{planned.target[1:]} on {looked.database}{together}?"
    ask_before(args, looked, title, "This can lose rows or values for good." if found.is_destructive else "")
