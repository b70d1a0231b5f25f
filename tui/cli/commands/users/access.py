"""`shellback users lock` and `users sessions`: who is kept out, who is in, and who is thrown out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.operations import plan_end_session, plan_lock, plan_revoke_sessions
from models.operations.plan import json_value
from models.permissions import Codename
from tui.browse.user.detail import load_sessions
from tui.cli.accounts import find_account
from tui.cli.consent import check_can_ask
from tui.cli.failure import usage
from tui.cli.output import document, line, table
from tui.cli.running import Session, signed_in
from tui.cli.words import minute
from tui.cli.writing import carry_out

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from models import Account
    from models.operations import Plan
    from tui.browse.user.detail import Session as Row

HEADER = ("ID", "KIND", "STATE", "BEGAN (UTC)", "LAST SEEN (UTC)", "ADDRESS", "CLIENT", "ENDED BY")


def lock(args: argparse.Namespace) -> int:
    """`users lock`."""
    check_can_ask(args)

    async def body(args: argparse.Namespace, session: Session) -> int:
        account = await find_account(args.user)
        plan = await plan_lock(session.who.actor, account.id, args.span, reason=args.reason, ticket=args.ticket)
        return await carry_out(args, session.database, plan, "Lock")

    return signed_in(args, body, Codename.USERS_VIEW)


def sessions(args: argparse.Namespace) -> int:
    """`users sessions`: lists, or ends one or all of them."""
    if args.keep is not None and not args.end_all:
        raise usage("--keep says which session goes on while --end-all ends the others")
    ends = args.end is not None or args.end_all
    if ends:
        check_can_ask(args)
    elif args.dry_run or args.yes or args.reason or args.ticket:
        raise usage("Listing changes nothing: --dry-run, --yes, --reason and --ticket belong to --end and --end-all")

    async def body(args: argparse.Namespace, session: Session) -> int:
        account = await find_account(args.user)
        if not ends:
            return await _list(args, session, account)
        plan = await _plan(args, session, account)
        question = f"End session {args.end} of" if args.end is not None else "End the sessions of"
        return await carry_out(args, session.database, plan, question)

    return signed_in(args, body, Codename.USERS_VIEW)


async def _plan(args: argparse.Namespace, session: Session, account: Account) -> Plan:
    actor, why = session.who.actor, {"reason": args.reason, "ticket": args.ticket}
    if args.end is not None:
        return await plan_end_session(actor, account.id, args.end, **why)
    return await plan_revoke_sessions(actor, account.id, keep=args.keep, **why)


async def _list(args: argparse.Namespace, session: Session, account: Account) -> int:
    rows, more, now = await load_sessions(account.id, ended=args.ended)
    mine = session.who.actor.session_id
    if args.json:
        found = [_json(row, is_this=row.id == mine) for row in rows]
        document({"user": {"id": account.id, "username": account.username}, "sessions": found, "more": more})
        return 0
    if not rows:
        line(f"{account.username} #{account.id} has no session{'' if args.ended else ' that is open'}.")
        return 0
    table(HEADER, [_cells(row, now, is_this=row.id == mine) for row in rows], right=("ID",))
    if more:
        line(f"Only the newest {len(rows)} are shown.")
    return 0


def _state(row: Row, now: datetime) -> str:
    if row.live:
        return "open"
    return "ended" if row.revoked_at else "expired" if row.expires_at <= now else "closed"


def _cells(row: Row, now: datetime, *, is_this: bool) -> tuple[object, ...]:
    state = "open (this one)" if is_this else _state(row, now)
    ended = " · ".join(part for part in (row.revoked_by, row.revoke_reason) if part)
    began, seen = minute(row.created_at), minute(row.last_seen_at)
    return (row.id, row.kind, state, began, seen, row.ip or "-", row.user_agent or "-", ended or "-")


def _json(row: Row, *, is_this: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "open": row.live,
        "this_one": is_this,
        "created_at": json_value(row.created_at),
        "last_seen_at": json_value(row.last_seen_at),
        "expires_at": json_value(row.expires_at),
        "revoked_at": json_value(row.revoked_at),
        "revoked_by": row.revoked_by,
        "revoke_reason": row.revoke_reason,
        "ip": row.ip,
        "user_agent": row.user_agent,
    }
