"""`shellback roles create|edit|delete`: one plan each."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from models.operations import RoleEdit, plan_create_role, plan_delete_role, plan_edit_role
from models.permissions import Codename
from tui.browse.roles import KNOWN
from tui.cli.commands.roles import role_meant
from tui.cli.consent import check_can_ask
from tui.cli.failure import usage
from tui.cli.running import Session, signed_in
from tui.cli.writing import carry_out

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable


def create(args: argparse.Namespace) -> int:
    """`roles create`."""
    check_can_ask(args)
    wanted = _codenames(args.allow)
    _check_known(wanted)

    async def body(args: argparse.Namespace, session: Session) -> int:
        plan = await plan_create_role(
            session.who.actor, args.name, args.description, wanted, reason=args.reason, ticket=args.ticket
        )
        return await carry_out(args, session.database, plan, "Make the role")

    return signed_in(args, body, Codename.USERS_VIEW)


def edit(args: argparse.Namespace) -> int:
    """`roles edit`."""
    check_can_ask(args)
    change = RoleEdit(args.name, args.description, _codenames(args.allow), _codenames(args.forbid))
    if change == RoleEdit():
        raise usage("Nothing to change: give --name, --description, --allow or --forbid")
    _check_known(change.added)

    async def body(args: argparse.Namespace, session: Session) -> int:
        role = await role_meant(args.role)
        plan = await plan_edit_role(
            session.who.actor, role.id, change, seen=args.if_version, reason=args.reason, ticket=args.ticket
        )
        return await carry_out(args, session.database, plan, "Change the role")

    return signed_in(args, body, Codename.USERS_VIEW)


def delete(args: argparse.Namespace) -> int:
    """`roles delete`."""
    check_can_ask(args)

    async def body(args: argparse.Namespace, session: Session) -> int:
        role = await role_meant(args.role)
        plan = await plan_delete_role(session.who.actor, role.id, reason=args.reason, ticket=args.ticket)
        return await carry_out(args, session.database, plan, "Delete the role")

    return signed_in(args, body, Codename.USERS_VIEW)


def _codenames(given: Iterable[tuple[str, ...]]) -> frozenset[str]:
    return frozenset(chain.from_iterable(given))


def _check_known(codenames: frozenset[str]) -> None:
    unknown = sorted(codenames - KNOWN.keys())
    if unknown:
        raise usage(f"There is no permission {', '.join(unknown)}. Permissions are {', '.join(KNOWN)}")
