"""`shellback users create|edit|reset|unlock|revoke-sessions|activate|deactivate`: one plan each.

A plan shows its user: whoever may not see users is not shown one. Every other permission is the plan's to ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations import (
    PasswordMethod,
    ResetOptions,
    plan_activate,
    plan_create,
    plan_deactivate,
    plan_edit,
    plan_reset,
    plan_revoke_sessions,
    plan_unlock,
)
from models.permissions import Codename
from tui.cli import secrets
from tui.cli.accounts import find_account, find_one_alone
from tui.cli.consent import check_can_ask
from tui.cli.exits import Exit
from tui.cli.failure import Failure, usage
from tui.cli.fields import read_values
from tui.cli.place import locate
from tui.cli.running import Session, signed_in
from tui.cli.writing import carry_out

if TYPE_CHECKING:
    import argparse
    from collections.abc import Awaitable, Callable

    from models.operations import Plan, Secret


def create(args: argparse.Namespace) -> int:
    """`users create`."""
    check_can_ask(args)
    values = {"username": args.username, **read_values(args.values)}
    if len(values) != len(args.values) + 1:
        raise usage("The username is given already; --set cannot give another one")
    if args.password_stdin and not args.yes and not args.dry_run:
        raise usage("Standard input holds the password, so that nothing can be asked there: add --yes")
    password = _new_password(args)
    if password in {PasswordMethod.GENERATE, PasswordMethod.WORDS} and not args.dry_run:
        secrets.check_place(args)

    async def body(args: argparse.Namespace, session: Session) -> int:
        plan = await plan_create(session.who.actor, values, password, reason=args.reason, ticket=args.ticket)
        return await carry_out(args, session.database, plan, "Create")

    return signed_in(args, body)


def _new_password(args: argparse.Namespace) -> Secret | PasswordMethod:
    if args.password_stdin:
        return secrets.take_password(args, "Password")
    return _method(args)


def _method(args: argparse.Namespace) -> PasswordMethod:
    if args.disable_password:
        return PasswordMethod.DISABLE
    return PasswordMethod.WORDS if args.words else PasswordMethod.GENERATE


def edit(args: argparse.Namespace) -> int:
    """`users edit`."""
    check_can_ask(args)
    values = read_values(args.values)

    async def body(args: argparse.Namespace, session: Session) -> int:
        base = await find_account(args.user)
        if args.if_version is not None and base.version != args.if_version:
            raise Failure(
                f"{base.username} #{base.id} is at version {base.version}, not {args.if_version}. Nothing was changed.",
                Exit.CONFLICT,
            )
        plan = await plan_edit(session.who.actor, base, values, reason=args.reason, ticket=args.ticket)
        return await carry_out(args, session.database, plan, "Save")

    return signed_in(args, body, Codename.USERS_VIEW)


def reset(args: argparse.Namespace) -> int:
    """`users reset`."""
    check_can_ask(args)
    method = PasswordMethod(args.method)
    if method is not PasswordMethod.DISABLE and not args.dry_run:
        secrets.check_place(args)
    options = ResetOptions(
        method=method,
        must_change=args.must_change,
        expires_in=args.expires,
        revoke_sessions=args.revoke_sessions,
        unlock=args.unlock,
        reset_mfa=args.reset_mfa,
        link_template=locate(args).profile.reset_url,
    )

    async def body(args: argparse.Namespace, session: Session) -> int:
        account = await find_one_alone(args.user)
        plan = await plan_reset(session.who.actor, account.id, options, reason=args.reason, ticket=args.ticket)
        return await carry_out(args, session.database, plan, "Reset the password of")

    return signed_in(args, body, Codename.USERS_VIEW)


def unlock(args: argparse.Namespace) -> int:
    """`users unlock`."""
    return _simple(args, plan_unlock, "Unlock")


def revoke_sessions(args: argparse.Namespace) -> int:
    """`users revoke-sessions`."""
    return _simple(args, plan_revoke_sessions, "End the sessions of")


def activate(args: argparse.Namespace) -> int:
    """`users activate`."""
    return _simple(args, plan_activate, "Activate")


def deactivate(args: argparse.Namespace) -> int:
    """`users deactivate`."""
    return _simple(args, plan_deactivate, "Deactivate")


def _simple(args: argparse.Namespace, planner: Callable[..., Awaitable[Plan]], question: str) -> int:
    check_can_ask(args)

    async def body(args: argparse.Namespace, session: Session) -> int:
        account = await find_account(args.user)
        plan = await planner(session.who.actor, account.id, reason=args.reason, ticket=args.ticket)
        return await carry_out(args, session.database, plan, question)

    return signed_in(args, body, Codename.USERS_VIEW)
