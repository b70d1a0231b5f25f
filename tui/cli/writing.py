"""One way to write: print the plan, be agreed with, apply it, and say what became of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from tui.cli import secrets
from tui.cli.consent import ask
from tui.cli.failure import refused
from tui.cli.output import document, note
from tui.cli.plans import describe, exit_of, exit_of_plan, note_doubt, print_outcome, print_plan
from tui.cli.proofs import with_proof

if TYPE_CHECKING:
    import argparse
    from collections.abc import Coroutine

    from models.operations import Outcome, Plan
    from tui.database import Database

T = TypeVar("T")


async def carry_out(args: argparse.Namespace, database: Database, plan: Plan, question: str) -> int:
    """Do what `plan` says, or only print it (`--dry-run`). Returns the exit code.

    A plan that a rule forbids is applied all the same, unasked: it is refused again under lock, and recorded.
    """
    if args.dry_run:
        if args.json:
            document({"plan": plan.as_json()})
        else:
            print_plan(plan)
        return exit_of_plan(plan)
    if database.read_only:
        raise refused(f"{database.label} is open read-only; nothing was changed.")
    plan = await with_proof(plan.actor, plan)
    if plan.is_allowed and not args.yes:
        print_plan(plan, note)
        ask(args, f"{question} {describe(plan)}?")
    from models.operations import apply

    outcome = await to_the_end(apply(plan))
    _report(args, outcome)
    return exit_of(outcome)


async def to_the_end(write: Coroutine[Any, Any, T]) -> T:
    """Write; the first ctrl+c meanwhile waits for the truth, which the engine's deadlines bound."""
    running = asyncio.create_task(write)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or running.cancelled():
            raise
        task.uncancel()
        note("Being written already: waiting for how it ends.")
        return await running


def _report(args: argparse.Namespace, outcome: Outcome) -> None:
    porcelain = getattr(args, "porcelain", False)
    if args.json:
        told = outcome.as_json()
        if porcelain and outcome.secret:
            told["secret"] = outcome.secret.reveal()
        document({"outcome": told})
        if not outcome.is_ok:
            note(f"shellback: {outcome.sentence}")
            note_doubt(outcome.status, outcome.op_id)
    elif porcelain and outcome.is_ok:
        note(outcome.sentence)
    else:
        print_outcome(outcome)
    if outcome.secret and not (porcelain and args.json):
        secrets.show(outcome.secret, args)
