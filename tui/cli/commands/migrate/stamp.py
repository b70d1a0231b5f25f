"""`shellback migrate stamp`: rows without runs, forgotten again; the baseline of a database that was there before."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.cli.applying import exit_of_outcome, print_outcome, run_plan
from tui.cli.consent import check_can_ask
from tui.cli.exits import Exit, MigrateExit
from tui.cli.failure import Failure, usage
from tui.cli.migrating import exit_of_listing, look, trust
from tui.cli.output import document, line, note
from tui.cli.place import locate
from tui.cli.typing_name import ask_before
from tui.migrate.plans.baseline import Baseline, find_baseline, wants_baseline, words_of
from tui.migrate.plans.stamping import NO_REASON, plan_stamp, plan_unstamp
from tui.migrate.running.after import drift_after

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from tui.cli.migrating import Looked
    from tui.migrate.plans.planning import RunPlan


def stamp(args: argparse.Namespace) -> int:
    """`migrate stamp`."""
    _check(args)
    check_can_ask(args)
    looked = asyncio.run(look(args))
    baseline: Baseline | None = None
    which, up_to = args.number or args.to, args.number is None
    if args.baseline:
        baseline, which = _baseline(args, looked), args.to
        which = which or baseline.proposed
        if which is None:
            return _nothing(args, baseline)
    planned = _plan_of(args, looked, which, up_to=up_to)
    if not planned.is_ok:
        return _refuse(args, looked, planned)
    if args.dry_run:
        if args.json:
            document(_as_json(looked, planned, baseline))
        else:
            _print(looked, planned, baseline, line)
        return Exit.DONE
    if not args.json:
        _print(looked, planned, baseline, note)
    if baseline is not None and args.yes and baseline.differences and args.to is None:
        raise Failure(
            "Nothing was stamped: the database differs. Name the file with --to if that is right.", Exit.FAILED
        )
    ask_before(args, looked, f"{planned.target[:1].upper()}{planned.target[1:]} on {looked.database}? Nothing is run.")
    trust(args, looked.project)
    anchored = locate(args).anchored if looked.project.is_own else None
    outcome = asyncio.run(run_plan(planned, give_up=args.wait, anchored=anchored))
    if outcome.is_ok and not args.no_drift and not args.undo:
        said = asyncio.run(drift_after(planned, looked.dialect))
        outcome = replace(outcome, notes=(*outcome.notes, said)) if said else outcome
    print_outcome(args, outcome)
    return exit_of_outcome(outcome, looked)


def _check(args: argparse.Namespace) -> None:
    """Raises `Failure` (usage) before anything is looked at."""
    if args.undo and (args.to or args.baseline or not args.number):
        raise usage("--undo takes the NUMBER of one migration")
    if args.number and (args.to or args.baseline):
        raise usage("Name one NUMBER, or all up to one with --to or --baseline")
    if not (args.number or args.to or args.baseline):
        raise usage("Which one? Name its NUMBER, or all up to one with --to, or --baseline")
    if not (args.reason.strip() or args.dry_run):
        raise usage(f"{NO_REASON} Add --reason TEXT")


def _plan_of(args: argparse.Namespace, looked: Looked, which: str, *, up_to: bool) -> RunPlan:
    given: dict[str, Any] = {
        "writable": looked.writable,
        "read_only": looked.why_read_only,
        # A dry run shows what would be done; it may come before the reason does.
        "reason": args.reason or ("(not given yet)" if args.dry_run else ""),
    }
    if args.undo:
        return plan_unstamp(looked.project, looked.listing, which, **given)
    return plan_stamp(looked.project, looked.listing, which, up_to=up_to, **given)


def _baseline(args: argparse.Namespace, looked: Looked) -> Baseline:
    """What the database is already. Raises `Failure` where that is no question."""
    if looked.create:
        raise Failure("The database does not exist yet: apply makes it.", Exit.FAILED)
    if not wants_baseline(looked.listing):
        raise Failure(
            "Migrations of this app are recorded already: a baseline is for a database without. Stamp by number.",
            Exit.FAILED,
        )
    trust(args, looked.project)
    found = asyncio.run(find_baseline(looked.project))
    if found.fault is not None:
        raise Failure(found.fault.message, Exit.UNAVAILABLE)
    return found


def _nothing(args: argparse.Namespace, baseline: Baseline) -> int:
    if args.json:
        document({"baseline": baseline.as_json()})
    else:
        for text in _of_baseline(baseline):
            line(text)
    return Exit.FAILED


def _refuse(args: argparse.Namespace, looked: Looked, planned: RunPlan) -> int:
    """Every reason against it. A missing file ends as `status` would."""
    if args.json:
        document({"plan": {**planned.as_json(), "database": looked.database}})
    for refusal in planned.refusals:
        (note if args.json else line)(f"refused: {refusal}")
    return MigrateExit.CHANGED if exit_of_listing(looked.listing) == MigrateExit.CHANGED else Exit.FAILED


def _print(looked: Looked, planned: RunPlan, baseline: Baseline | None, say: Callable[[str], object]) -> None:
    for text in _of_baseline(baseline) if baseline is not None else ():
        say(text)
    say(f"{planned.target} on {looked.database}: only aerich's rows are written, no SQL is run")
    for file in planned.files:
        say(f"  {file.version}")
    for caution in planned.cautions:
        say(f"  mind: {caution.version}: {caution.sentence}")


def _of_baseline(found: Baseline) -> list[str]:
    said = [found.sentence, *(f"  {words_of(each)}" for each in found.differences)]
    if found.unseen:
        said.append(f"  not to be seen whether run: {', '.join(found.unseen)} (they change no table)")
    if found.others:
        said.append(f"  tables that no file makes: {', '.join(found.others)}")
    if found.stopped:
        said.append(f"  looked no further: {found.stopped}")
    return said


def _as_json(looked: Looked, planned: RunPlan, baseline: Baseline | None) -> dict[str, Any]:
    told: dict[str, Any] = {"plan": {**planned.as_json(), "database": looked.database}}
    return told if baseline is None else {**told, "baseline": baseline.as_json()}
