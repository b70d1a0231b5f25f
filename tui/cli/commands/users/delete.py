"""`shellback users delete|restore`: out of the way and back, or gone for good.

Without `--hard` the account is kept and can be restored. With it the username has to be given again, by `--confirm` or
at the terminal: a `--yes` alone deletes nobody for good.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from models.operations import plan_hard_delete, plan_restore, plan_soft_delete
from models.operations.deletion.hard import confirmed, expected
from models.permissions import Codename
from tui.cli.accounts import find_account
from tui.cli.consent import answered, check_can_ask
from tui.cli.failure import usage
from tui.cli.output import note
from tui.cli.plans import print_plan
from tui.cli.proofs import with_proof
from tui.cli.running import Session, signed_in
from tui.cli.writing import carry_out

if TYPE_CHECKING:
    import argparse

    from models.operations import Plan


def delete(args: argparse.Namespace) -> int:
    """`users delete`."""
    if args.confirm is not None and not args.hard:
        raise usage("--confirm belongs to --hard: without it the account is kept and can be restored")
    if args.hard:
        _check_can_confirm(args)
    else:
        check_can_ask(args)

    async def body(args: argparse.Namespace, session: Session) -> int:
        account = await find_account(args.user)
        planner = plan_hard_delete if args.hard else plan_soft_delete
        plan = await planner(session.who.actor, account.id, reason=args.reason, ticket=args.ticket)
        if args.hard and not args.dry_run:
            plan = _confirm(args, await with_proof(plan.actor, plan))
            args.yes = True  # the name typed is the answer
        return await carry_out(args, session.database, plan, "Delete")

    return signed_in(args, body, Codename.USERS_VIEW)


def restore(args: argparse.Namespace) -> int:
    """`users restore`."""
    check_can_ask(args)

    async def body(args: argparse.Namespace, session: Session) -> int:
        account = await find_account(args.user)
        plan = await plan_restore(
            session.who.actor,
            account.id,
            username=args.username,
            email=args.email,
            reason=args.reason,
            ticket=args.ticket,
        )
        return await carry_out(args, session.database, plan, "Restore")

    return signed_in(args, body, Codename.USERS_VIEW)


def _check_can_confirm(args: argparse.Namespace) -> None:
    if not (args.confirm is not None or args.dry_run or sys.stdin.isatty()):
        raise usage("This deletes for good: add --confirm USERNAME (or --dry-run to see what it would do)")


def _confirm(args: argparse.Namespace, plan: Plan) -> Plan:
    """The plan with the name that was typed; what is refused anyhow is not asked about."""
    if args.confirm is not None or not plan.is_allowed:
        return confirmed(plan, args.confirm or "")
    print_plan(plan, note)
    return confirmed(plan, answered(f"Type {expected(plan)} to delete it for good:"))
