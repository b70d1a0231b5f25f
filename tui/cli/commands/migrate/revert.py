"""`shellback migrate revert`: what goes, what stays, what is lost, the SQL; then the worker process does it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tui.cli.applying import exit_of_outcome, print_outcome, run_plan
from tui.cli.consent import check_can_ask
from tui.cli.exits import Exit, MigrateExit
from tui.cli.migrating import exit_of_listing, look, trust
from tui.cli.output import block, document, line, note
from tui.cli.place import locate
from tui.cli.typing_name import ask_before
from tui.migrate.plans.loss import LossReport, count_loss
from tui.migrate.plans.reverting import plan_revert, plan_revert_all, plan_revert_last, what_stays

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from tui.cli.migrating import Looked
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.source.files import MigrationFile


def revert(args: argparse.Namespace) -> int:
    """`migrate revert`."""
    check_can_ask(args)
    looked = asyncio.run(look(args))
    planned = _plan_of(args, looked)
    if not planned.is_ok:
        return _refuse(args, looked, planned)
    trust(args, looked.project)
    files = {entry.version: entry.file for entry in looked.listing.applied if entry.file is not None}
    loss = asyncio.run(count_loss(planned, files))
    if args.dry_run:
        if args.json:
            document({"plan": _as_json(looked, planned, files, loss)})
        else:
            _print(looked, planned, files, loss, line, line)
        return Exit.DONE
    if not args.json:
        _print(looked, planned, files, loss, note, block)
    _ask(args, looked, planned, loss)
    anchored = locate(args).anchored if looked.project.is_own else None
    outcome = asyncio.run(run_plan(planned, give_up=args.wait, anchored=anchored))
    print_outcome(args, outcome)
    return exit_of_outcome(outcome, looked)


def _plan_of(args: argparse.Namespace, looked: Looked) -> RunPlan:
    given: dict[str, Any] = {
        "writable": looked.writable,
        "read_only": looked.why_read_only,
        "reason": args.reason,
    }
    if args.all:
        return plan_revert_all(looked.project, looked.listing, **given)
    if args.last:
        return plan_revert_last(looked.project, looked.listing, **given)
    return plan_revert(looked.project, looked.listing, args.to, **given)


def _refuse(args: argparse.Namespace, looked: Looked, planned: RunPlan) -> int:
    """Every reason against it. A missing file ends as `status` would."""
    if args.json:
        document({"plan": {**planned.as_json(), "database": looked.database}})
    for refusal in planned.refusals:
        (note if args.json else line)(f"refused: {refusal}")
    return MigrateExit.CHANGED if exit_of_listing(looked.listing) == MigrateExit.CHANGED else Exit.FAILED


def _print(
    looked: Looked,
    planned: RunPlan,
    files: dict[str, MigrationFile],
    loss: LossReport,
    say: Callable[[str], object],
    show: Callable[[str], object],
) -> None:
    together = planned.at_once or (len(planned.files) == 1 and planned.files[0].transactional)
    how = "in one transaction" if together else "one after the other"
    say(f"{planned.target} on {looked.database}, {how}. {what_stays(planned)}")
    for file in planned.files:
        say(f"  {file.version}")
    for caution in planned.cautions:
        say(f"  mind: {caution.version}: {caution.sentence}")
    say("lost for good:")
    for sentence in loss.sentences():
        say(f"  {sentence}")
    for file in planned.files:
        say(f"-- {file.version}, down")
        for text in (files[file.version].down.sql or "-- a program: only running it tells").strip().splitlines():
            show(text)


def _ask(args: argparse.Namespace, looked: Looked, planned: RunPlan, loss: LossReport) -> None:
    """Where something is lost for good a y is too easily typed: the database's name is asked for."""
    title = f"{planned.target[:1].upper()}{planned.target[1:]} on {looked.database}?"
    ask_before(args, looked, title, "What it loses is gone for good." if loss.destroys else "")


def _as_json(looked: Looked, planned: RunPlan, files: dict[str, MigrationFile], loss: LossReport) -> dict[str, Any]:
    return {
        **planned.as_json(),
        "database": looked.database,
        "at_once": planned.at_once,
        "stays": what_stays(planned),
        "sql": {version: files[version].down.sql for version in planned.versions},
        "loss": loss.as_json(),
    }
