"""`shellback audit undo`: one change is put back, or a whole batch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from models.operations import plan_undo
from models.permissions import Codename
from tui.cli.consent import check_can_ask
from tui.cli.failure import refused, usage
from tui.cli.progress import ProgressLine
from tui.cli.running import Session, signed_in
from tui.cli.writing import carry_out

if TYPE_CHECKING:
    import argparse


def undo(args: argparse.Namespace) -> int:
    """`audit undo`."""
    if args.batch is None:
        if args.confirm is not None or args.results is not None:
            raise usage("--confirm and --results belong to --batch")
        check_can_ask(args)
        return signed_in(args, _one, Codename.AUDIT_VIEW)
    if args.results and Path(args.results).exists():
        raise usage(f"{args.results} is there already: give --results another name")
    return signed_in(args, _batch, Codename.AUDIT_VIEW, Codename.USERS_VIEW)


async def _one(args: argparse.Namespace, session: Session) -> int:
    plan = await plan_undo(session.who.actor, args.which, reason=args.reason, ticket=args.ticket)
    return await carry_out(args, session.database, plan, "Undo this change of")


async def _batch(args: argparse.Namespace, session: Session) -> int:
    from models.operations.undo.batch import plan_undo_batch  # only where a batch is undone
    from tui.cli.commands.users.bulk import carry_out as carry_out_bulk

    if session.database.read_only and not args.dry_run:
        raise refused(f"{session.database.label} is open read-only; nothing was changed.")
    with ProgressLine() as shown:

        def looked(part: float) -> None:
            shown.say(f"looking at everybody: {part:.0%} · ctrl+c stops, and changes nothing")

        plan = await plan_undo_batch(
            session.who.actor, args.batch, reason=args.reason, ticket=args.ticket, progress=looked
        )
    return await carry_out_bulk(args, plan)
