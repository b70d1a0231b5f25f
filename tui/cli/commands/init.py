"""`shellback init`: our own schema, and the first superuser. Run again it does only what is missing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from models.operations import Outcome, Plan, Secret, apply, plan_create_first_superuser, system_actor
from models.passwords import check_policy
from models.usernames import UsernameError, display_form
from tui.cli import secrets
from tui.cli.applying import exit_of_outcome as exit_of_migrations
from tui.cli.applying import print_outcome as print_migrations
from tui.cli.applying import run_plan
from tui.cli.commands.migrate.looking import nothing_to_do
from tui.cli.consent import ask, check_can_ask
from tui.cli.exits import Exit
from tui.cli.failure import Failure, usage
from tui.cli.fitness import check_passwords
from tui.cli.migrating import Looked, look_at_own
from tui.cli.output import document, line, note
from tui.cli.place import locate
from tui.cli.plans import exit_of, note_doubt, print_outcome
from tui.cli.running import opened
from tui.migrate.plans.planning import plan_apply

if TYPE_CHECKING:
    import argparse

    from tui.cli.place import Place
    from tui.database import Database
    from tui.migrate.plans.planning import RunPlan

WAIT = 30
"""Seconds for the lock of another run."""


def init(args: argparse.Namespace) -> int:
    """`init`."""
    check_can_ask(args)
    check_passwords()
    if args.password_stdin and not args.username:
        raise usage("--password-stdin belongs to --username")
    place = locate(args)
    looked = asyncio.run(look_at_own(place, create=args.create))
    planned = plan_apply(looked.project, looked.listing, writable=looked.writable, create=looked.create)
    password = _password(args)
    if not (planned.is_ok or nothing_to_do(looked, planned)):
        raise Failure(" ".join(planned.refusals), Exit.UNAVAILABLE)
    told: dict[str, Any] = {"applied": [], "outcome": None}
    if args.dry_run:
        return _dry_run(args, looked, planned)
    if planned.files:
        ask(args, _question(args, looked, planned))
        outcome = asyncio.run(run_plan(planned, give_up=WAIT, anchored=place.anchored))
        if not outcome.is_ok:
            print_migrations(args, outcome)
            return exit_of_migrations(outcome, looked)
        told["applied"] = list(outcome.applied)
        if not args.json:
            line(outcome.sentence)
    elif args.username:
        ask(args, _question(args, looked, planned))
    code = _first_superuser(args, place, password, told) if password else Exit.DONE
    if args.json:
        document({"init": told})
    elif not password:
        line(f"{looked.database} has the current schema.")
        note("The first superuser: shellback init --username NAME")
    return code


def _password(args: argparse.Namespace) -> Secret | None:
    """The superuser's password, judged before anything is changed."""
    if not args.username or args.dry_run:
        return None
    try:
        display_form(args.username)
    except UsernameError as error:
        raise Failure(str(error)) from None
    password = secrets.take_password(args, f"Password of {args.username}", twice=True)
    problems = check_policy(password.reveal(), names=(args.username,))
    if problems:
        raise Failure(" ".join(problems))
    return password


def _question(args: argparse.Namespace, looked: Looked, planned: RunPlan) -> str:
    parts = []
    if planned.files:
        parts.append(f"apply {len(planned.files)} migrations to {looked.database}")
    if args.username:
        parts.append(f"make {args.username} its first superuser")
    text = " and ".join(parts)
    return f"{text[:1].upper()}{text[1:]}?"


def _dry_run(args: argparse.Namespace, looked: Looked, planned: RunPlan) -> int:
    if args.json:
        document({"plan": {"database": looked.database, "files": list(planned.versions), "superuser": args.username}})
        return Exit.DONE
    line(f"{planned.target} on {looked.database}")
    for version in planned.versions:
        line(f"  {version}")
    if args.username:
        line(f"make {args.username} the first superuser, unless there is a superuser")
    return Exit.DONE


def _first_superuser(args: argparse.Namespace, place: Place, password: Secret, told: dict[str, Any]) -> int:
    async def body(_: Database) -> int:
        outcome = await apply(await _plan(args, password))
        told["outcome"] = outcome.as_json()
        _say(args, outcome)
        return exit_of(outcome)

    return opened(place, body)


async def _plan(args: argparse.Namespace, password: Secret) -> Plan:
    return await plan_create_first_superuser(system_actor(), {"username": args.username}, password)


def _say(args: argparse.Namespace, outcome: Outcome) -> None:
    if not args.json:
        print_outcome(outcome)
    elif not outcome.is_ok:
        note(f"shellback: {outcome.sentence}")
        note_doubt(outcome.status, outcome.op_id)
