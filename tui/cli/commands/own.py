"""`shellback confirm|passwd`: one's own password, given again or changed."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from models.operations import apply, plan_change_own_password
from models.operations.plan import json_value
from models.operations.sign_in.step_up import NotProven, StepUpClass, step_up
from tui.cli.exits import Exit
from tui.cli.failure import Failure, refused
from tui.cli.output import document, line
from tui.cli.plans import exit_of, print_outcome
from tui.cli.running import Session, signed_in
from tui.cli.secrets import take_own_passwords, take_password
from tui.cli.writing import to_the_end

if TYPE_CHECKING:
    import argparse


def confirm(args: argparse.Namespace) -> int:
    """`confirm`."""
    return signed_in(args, _confirm)


async def _confirm(args: argparse.Namespace, session: Session) -> int:
    _check_writable(session, "confirmed")
    actor = session.who.actor
    answer = await step_up(actor, take_password(args, f"Password of {actor.label} again"), StepUpClass(args.kind))
    if isinstance(answer, NotProven):
        raise refused(answer.sentence)
    if args.json:
        document({"confirmed": {"class": str(answer.kind), "expires_at": json_value(answer.expires_at)}})
    else:
        line(f"Confirmed: {answer.kind}, until {answer.expires_at.astimezone(UTC):%H:%M:%S} UTC.")
    return Exit.DONE


def passwd(args: argparse.Namespace) -> int:
    """`passwd`."""
    return signed_in(args, _passwd, even_if_must_change=True)


async def _passwd(args: argparse.Namespace, session: Session) -> int:
    _check_writable(session, "changed")
    who = session.who
    current, new = take_own_passwords(args, who.username)
    plan = await plan_change_own_password(who.actor, current, new, keep_session=who.session_id)
    if plan.errors:
        raise Failure(" ".join(error.sentence for error in plan.errors))
    outcome = await to_the_end(apply(plan))
    if args.json:
        document({"outcome": outcome.as_json()})
        if outcome.is_ok:
            return Exit.DONE
    print_outcome(outcome)
    return exit_of(outcome)


def _check_writable(session: Session, what: str) -> None:
    if session.database.read_only:
        raise refused(f"{session.database.label} is open read-only; nothing was {what}.")
