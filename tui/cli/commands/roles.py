"""`shellback roles list|show|holders|grant|revoke`. What makes and changes a role: `roles_write`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.clock import database_now
from models.operations import plan_change_grant, plan_grant, plan_revoke
from models.operations.plan import json_value
from models.operations.transactions import connection
from models.permissions import Codename
from tui.browse.roles import KNOWN, UNKNOWN, find_role, load_holders, load_role_rows
from tui.cli.accounts import find_account
from tui.cli.consent import check_can_ask
from tui.cli.exits import Exit
from tui.cli.failure import Failure, usage
from tui.cli.output import document, line, note, pairs, table
from tui.cli.running import Session, signed_in
from tui.cli.words import minute
from tui.cli.writing import carry_out
from tui.until import read_until

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from models import Account
    from models.operations import Plan
    from tui.browse.roles import RoleRow


def list_roles(args: argparse.Namespace) -> int:
    """`roles list`."""
    return signed_in(args, _list, Codename.USERS_VIEW)


def show_role(args: argparse.Namespace) -> int:
    """`roles show`."""
    return signed_in(args, _show, Codename.USERS_VIEW)


def holders(args: argparse.Namespace) -> int:
    """`roles holders`."""
    return signed_in(args, _holders, Codename.USERS_VIEW)


def grant(args: argparse.Namespace) -> int:
    """`roles grant`."""
    check_can_ask(args)
    return signed_in(args, _grant, Codename.USERS_VIEW)


def revoke(args: argparse.Namespace) -> int:
    """`roles revoke`."""
    check_can_ask(args)
    return signed_in(args, _revoke, Codename.USERS_VIEW)


async def role_meant(text: str) -> RoleRow:
    """The role of a name or an id. Raises `Failure` (not found)."""
    role = await find_role(text)
    if role is None:
        raise Failure(f"There is no role {text}.", Exit.FAILED, kind="not_found")
    return role


async def _list(args: argparse.Namespace, _: Session) -> int:
    roles = await load_role_rows()
    if args.json:
        document({"roles": [role.as_json() for role in roles]})
        return Exit.DONE
    table(
        ("ID", "ROLE", "HOLDERS", "SYSTEM", "PERMISSIONS"),
        [(role.id, role.name, role.holders, _system(role), ", ".join(role.in_order) or "none") for role in roles],
        right=("ID", "HOLDERS"),
    )
    return Exit.DONE


def _system(role: RoleRow) -> str:
    changed = "*" if role.differences else ""
    return f"yes{changed}" if role.is_system else f"-{changed}"


async def _show(args: argparse.Namespace, _: Session) -> int:
    role = await role_meant(args.role)
    if args.json:
        document({"role": role.as_json()})
        return Exit.DONE
    line(f"{role.name}  {role.description}")
    kind = "a system role" if role.is_system else "a role of your own"
    line(f"  #{role.id}, {kind}, version {role.version}, held by {role.holders.of('user')}")
    pairs([(codename, KNOWN.get(codename, UNKNOWN)) for codename in role.in_order], indent="  ")
    for sentence in role.differences:
        line(f"  differs from its seed: {sentence}")
    return Exit.DONE


async def _holders(args: argparse.Namespace, _: Session) -> int:
    role = await role_meant(args.role)
    found, more = await load_holders(role.id, after=args.after, limit=args.limit)
    following = found[-1].user_id if more else None
    if args.json:
        rows = [
            {
                "user_id": one.user_id,
                "username": one.username,
                "granted_by": one.granted_by,
                "granted_at": json_value(one.granted_at),
                "expires_at": json_value(one.expires_at),
                "expired": one.expired,
            }
            for one in found
        ]
        document({"role": role.name, "holders": rows, "next": following})
        return Exit.DONE
    table(
        ("ID", "USERNAME", "GRANTED BY", "SINCE (UTC)", "UNTIL (UTC)"),
        [
            (
                one.user_id,
                one.username,
                one.granted_by or "-",
                minute(one.granted_at),
                _until(one.expires_at, one.expired),
            )
            for one in found
        ],
        right=("ID",),
    )
    if not found:
        note(f"Nobody holds {role.name}.")
    if following is not None:
        note(f"more: --after {following}")
    return Exit.DONE


def _until(moment: datetime | None, expired: bool) -> str:
    if moment is None:
        return "-"
    return f"{minute(moment)} (expired)" if expired else minute(moment)


async def _grant(args: argparse.Namespace, session: Session) -> int:
    account, role = await find_account(args.user), await find_role(args.role)
    name = role.name if role is not None else args.role
    plan = await _granting(args, session, account, name)
    return await carry_out(args, session.database, plan, f"Grant the role {name} to")


async def _granting(args: argparse.Namespace, session: Session, account: Account, role: str) -> Plan:
    """A grant; for somebody who has the role and is given an end, the change of that."""
    actor = session.who.actor
    if args.until is None:
        return await plan_grant(actor, account.id, role, reason=args.reason, ticket=args.ticket)
    try:
        until = read_until(args.until, await database_now(connection()))
    except ValueError as error:
        raise usage(f"--until: {error}") from None
    plan = await plan_grant(actor, account.id, role, expires_at=until, reason=args.reason, ticket=args.ticket)
    if plan.changes or plan.errors:
        return plan
    return await plan_change_grant(actor, account.id, role, until, reason=args.reason, ticket=args.ticket)


async def _revoke(args: argparse.Namespace, session: Session) -> int:
    account, role = await find_account(args.user), await find_role(args.role)
    name = role.name if role is not None else args.role
    plan = await plan_revoke(session.who.actor, account.id, name, reason=args.reason, ticket=args.ticket)
    return await carry_out(args, session.database, plan, f"Take the role {name} from")
