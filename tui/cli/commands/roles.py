"""`shellback roles list|show|grant|revoke`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import Role, RolePermission
from models.operations import plan_grant, plan_revoke
from models.permissions import DESCRIPTIONS, Codename
from tui.cli.accounts import find_account
from tui.cli.consent import check_can_ask
from tui.cli.exits import Exit
from tui.cli.failure import Failure
from tui.cli.output import document, line, pairs, table
from tui.cli.running import Session, signed_in
from tui.cli.writing import carry_out

if TYPE_CHECKING:
    import argparse


def list_roles(args: argparse.Namespace) -> int:
    """`roles list`."""
    return signed_in(args, _list, Codename.USERS_VIEW)


def show_role(args: argparse.Namespace) -> int:
    """`roles show`."""
    return signed_in(args, _show, Codename.USERS_VIEW)


def grant(args: argparse.Namespace) -> int:
    """`roles grant`."""
    check_can_ask(args)
    return signed_in(args, _grant, Codename.USERS_VIEW)


def revoke(args: argparse.Namespace) -> int:
    """`roles revoke`."""
    check_can_ask(args)
    return signed_in(args, _revoke, Codename.USERS_VIEW)


async def _list(args: argparse.Namespace, _: Session) -> int:
    roles = await _roles()
    if args.json:
        document({"roles": roles})
        return Exit.DONE
    table(("ROLE", "PERMISSIONS"), [(role["name"], ", ".join(role["permissions"]) or "none") for role in roles])
    return Exit.DONE


async def _show(args: argparse.Namespace, _: Session) -> int:
    role = next((role for role in await _roles() if role["name"] == args.role), None)
    if role is None:
        raise Failure(f"There is no role {args.role}.", Exit.FAILED, kind="not_found")
    if args.json:
        document({"role": role})
        return Exit.DONE
    line(f"{role['name']}  {role['description']}")
    known = {str(codename): text for codename, text in DESCRIPTIONS.items()}
    pairs([(codename, known.get(codename, "")) for codename in role["permissions"]], indent="  ")
    return Exit.DONE


async def _roles() -> list[dict[str, Any]]:
    held: dict[int, list[str]] = {}
    for role_id, codename in await RolePermission.all().order_by("codename").values_list("role_id", "codename"):
        held.setdefault(role_id, []).append(codename)
    return [
        {
            "id": role.id,
            "name": role.name,
            "description": role.description,
            "is_system": role.is_system,
            "permissions": held.get(role.id, []),
        }
        for role in await Role.all().order_by("name")
    ]


async def _grant(args: argparse.Namespace, session: Session) -> int:
    account = await find_account(args.user)
    plan = await plan_grant(session.who.actor, account.id, args.role, reason=args.reason, ticket=args.ticket)
    return await carry_out(args, session.database, plan, f"Grant the role {args.role} to")


async def _revoke(args: argparse.Namespace, session: Session) -> int:
    account = await find_account(args.user)
    plan = await plan_revoke(session.who.actor, account.id, args.role, reason=args.reason, ticket=args.ticket)
    return await carry_out(args, session.database, plan, f"Take the role {args.role} from")
