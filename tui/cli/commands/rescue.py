"""`shellback rescue`: a superuser is made or mended, by whoever is at the host of the database."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from models.engines.errors import DatabaseError
from models.operations import AuditDraft, AuditOutcome, plan_rescue, record, system_actor
from tui.cli import secrets
from tui.cli.consent import answered, check_can_ask
from tui.cli.exits import Exit
from tui.cli.failure import Failure, usage
from tui.cli.output import note
from tui.cli.place import locate
from tui.cli.plans import print_plan
from tui.cli.running import opened
from tui.cli.writing import carry_out

if TYPE_CHECKING:
    import argparse

    from models.operations import Plan
    from tui.database import Database


def rescue(args: argparse.Namespace) -> int:
    """`rescue`."""
    check_can_ask(args)
    if not args.reason.strip():
        raise usage("A rescue needs --reason TEXT: the audit keeps it, and every superuser is told")
    if not args.dry_run:
        secrets.check_place(args)

    async def body(database: Database) -> int:
        plan = await plan_rescue(system_actor(), args.username, reason=args.reason, ticket=args.ticket)
        if plan.is_allowed and not (args.yes or args.dry_run or database.read_only):
            await _agree(plan)
            args.yes = True  # agreed to already, by more than a y
        return await carry_out(args, database, plan, "Rescue")

    return opened(locate(args), body)


async def _agree(plan: Plan) -> None:
    """Ask for the username; raise `Failure` for anything else, which the audit keeps too."""
    print_plan(plan, note)
    wanted = plan.target.label
    for change in plan.changes:
        if change.field == "username":
            wanted = str(change.after)
    if answered(f"Type {wanted} to rescue it:") == wanted:
        return
    sentence = "Not agreed to; nothing was done."
    meta = {"sentence": sentence}
    draft = AuditDraft(
        plan.actor,
        plan.action,
        plan.target,
        AuditOutcome.DENIED,
        reason=plan.reason,
        ticket=plan.ticket,
        meta=meta,
        op_id=plan.op_id,
    )
    with suppress(DatabaseError):
        await record(draft)
    raise Failure(sentence, Exit.FAILED, kind="declined")
