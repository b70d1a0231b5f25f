"""`shellback mfa list|add|confirm|remove|new-key`: one's own authenticators, and the key that their secrets are under.

A secret is shown on the terminal's other screen, which leaves nothing to scroll back to, or printed for --porcelain.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from models.mfa_secrets import MfaKeyError, add_key
from models.operations import apply, plan_confirm_factor, plan_enrol, plan_remove_own_factor
from models.operations.mfa.factors import factors_of_user
from models.totp import typed_secret
from tui.cli import secrets
from tui.cli.commands.users.mfa import print_factors
from tui.cli.exits import Exit
from tui.cli.failure import Failure, refused, usage
from tui.cli.output import document, line, note
from tui.cli.plans import exit_of, print_outcome
from tui.cli.running import Session, signed_in
from tui.cli.writing import to_the_end
from tui.paths import expanded
from tui.qr import qr_lines

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from typing import TextIO

    from models.operations import Outcome, Plan, Secret

TRIES: Final = 3
"""Codes that are asked for before the command gives up; `mfa confirm` goes on."""


def list_own(args: argparse.Namespace) -> int:
    """`mfa list`."""

    async def body(args: argparse.Namespace, session: Session) -> int:
        found = await factors_of_user(session.who.actor.user_id or 0)
        if args.json:
            document({"factors": [row.as_json() for row in found]})
        else:
            print_factors(found, "You have no authenticator: shellback mfa add NAME")
        return Exit.DONE

    return signed_in(args, body)


def add(args: argparse.Namespace) -> int:
    """`mfa add`."""
    if not args.porcelain and not (sys.stdin.isatty() and (sys.stdout.isatty() or sys.stderr.isatty())):
        raise usage(
            "The secret is shown on a terminal only, and there is none: --porcelain prints it to standard output"
        )
    return signed_in(args, _add)


async def _add(args: argparse.Namespace, session: Session) -> int:
    _check_writable(session)
    actor = session.who.actor
    current = secrets.take_password(args, f"Password of {actor.label}")
    plan = await plan_enrol(actor, args.name, current)
    outcome = await _applied(plan)
    if outcome.secret is None:
        return _ended(outcome)
    if args.porcelain:
        sys.stdout.write(outcome.secret.reveal() + "\n")
        note(f"{outcome.sentence} Give it within 15 minutes: shellback mfa confirm")
        return Exit.DONE
    stream = sys.stdout if sys.stdout.isatty() else sys.stderr
    with _other_screen(stream):
        _show(stream, outcome.secret)
        confirmed = await _ask_codes(session)
    return _ended(confirmed)


async def _ask_codes(session: Session) -> Outcome:
    """Until a code is right, or too many were wrong."""
    for left in reversed(range(TRIES)):
        code = secrets.typed_code("The six digits it shows")
        outcome = await _applied(await plan_confirm_factor(session.who.actor, code))
        if outcome.is_ok or left == 0:
            return outcome
        note(outcome.sentence)
    raise AssertionError("unreachable")


def confirm(args: argparse.Namespace) -> int:
    """`mfa confirm`."""

    async def body(args: argparse.Namespace, session: Session) -> int:
        _check_writable(session)
        code = secrets.line_of_code() if args.code_stdin else secrets.typed_code("The six digits it shows")
        return _ended(await _applied(await plan_confirm_factor(session.who.actor, code)), json=args.json)

    return signed_in(args, body)


def remove(args: argparse.Namespace) -> int:
    """`mfa remove`."""

    async def body(args: argparse.Namespace, session: Session) -> int:
        _check_writable(session)
        actor = session.who.actor
        current = secrets.take_password(args, f"Password of {actor.label}")
        return _ended(await _applied(await plan_remove_own_factor(actor, args.factor, current)), json=args.json)

    return signed_in(args, body)


def new_key(args: argparse.Namespace) -> int:
    """`mfa new-key`. Opens no database."""
    path = expanded(args.file)
    try:
        tag = add_key(path)
    except MfaKeyError as error:
        raise Failure(error.sentence) from None
    except OSError:
        raise Failure(f"{path} cannot be written.") from None
    line(f"Key {tag} is the last line of {path} now, and encrypts from now on.")
    line(f'In the profile: mfa_key_file = "{path.absolute()}"')
    return Exit.DONE


def _check_writable(session: Session) -> None:
    if session.database.read_only:
        raise refused(f"{session.database.label} is open read-only; nothing was changed.")


async def _applied(plan: Plan) -> Outcome:
    if plan.errors:
        raise Failure(" ".join(error.sentence for error in plan.errors))
    return await to_the_end(apply(plan))


def _ended(outcome: Outcome, *, json: bool = False) -> int:
    if json:
        document({"outcome": outcome.as_json()})
        if outcome.is_ok:
            return Exit.DONE
    print_outcome(outcome)
    return exit_of(outcome)


def _show(stream: TextIO, secret: Secret) -> None:
    uri = secret.reveal()
    lines = qr_lines(uri)
    size = shutil.get_terminal_size()
    if size.columns >= len(lines[0]) and size.lines >= len(lines) + 3:
        style = "7" if os.environ.get("NO_COLOR") else "38;5;16;48;5;231"
        stream.write("".join(f"\x1b[{style}m{row}\x1b[0m\n" for row in lines))
    else:
        stream.write("The QR code needs a larger window; type this into the app:\n")
    stream.write(f"{typed_secret(uri)}\nShown once: nothing shows it again.\n")
    stream.flush()


@contextmanager
def _other_screen(stream: TextIO) -> Iterator[None]:
    """What is written meanwhile is gone afterwards, also from what can be scrolled back to."""
    stream.write("\x1b[?1049h\x1b[2J\x1b[H")
    stream.flush()
    try:
        yield
    finally:
        stream.write("\x1b[2J\x1b[?1049l")
        stream.flush()
