"""`shellback users mfa list|reset`: the authenticators of a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations import plan_reset_factors
from models.operations.mfa.factors import factors_of_user
from models.permissions import Codename
from tui.cli.accounts import find_account
from tui.cli.consent import check_can_ask
from tui.cli.exits import Exit
from tui.cli.output import document, line, table
from tui.cli.running import Session, signed_in
from tui.cli.words import minute
from tui.cli.writing import carry_out

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from models.operations.mfa.factors import FactorRow


def list_factors(args: argparse.Namespace) -> int:
    """`users mfa list`."""

    async def body(args: argparse.Namespace, _: Session) -> int:
        account = await find_account(args.user)
        found = await factors_of_user(account.id)
        if args.json:
            document({"user_id": account.id, "factors": [row.as_json() for row in found]})
        else:
            print_factors(found, f"{account.username} #{account.id} has no authenticator.")
        return Exit.DONE

    return signed_in(args, body, Codename.USERS_VIEW)


def reset_factors(args: argparse.Namespace) -> int:
    """`users mfa reset`."""
    check_can_ask(args)

    async def body(args: argparse.Namespace, session: Session) -> int:
        account = await find_account(args.user)
        plan = await plan_reset_factors(
            session.who.actor, account.id, args.factors, reason=args.reason, ticket=args.ticket
        )
        return await carry_out(args, session.database, plan, "Reset the authenticators of")

    return signed_in(args, body, Codename.USERS_VIEW)


def print_factors(found: Sequence[FactorRow], none: str) -> None:
    """A table of authenticators, or the sentence that there is none."""
    if not found:
        line(none)
        return
    rows = [
        (
            row.id,
            row.kind,
            row.label,
            state_of(row),
            minute(row.created_at),
            minute(row.last_used_at) if row.last_used_at else "never",
        )
        for row in found
    ]
    table(("id", "kind", "name", "state", "since (UTC)", "last used (UTC)"), rows, right=("id",))


def state_of(row: FactorRow) -> str:
    """What sign-in makes of it."""
    if row.is_pending:
        return "not confirmed"
    return "cannot be read here" if row.is_readable is False else "asked for"
