"""Secrets on their way in (a prompt, standard input) and out (a terminal, or standard output when asked for).

Never argv, never the environment, never a log, never a document that was not asked to hold one.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from tui.cli.consent import interruptible
from tui.cli.failure import Failure, usage
from tui.sanitise import sanitise

if TYPE_CHECKING:
    import argparse

    from models.operations import Secret

LONGEST: Final = 4096
"""Characters of a line that is read; the policy of passwords is stricter and says so itself."""


def take_password(args: argparse.Namespace, prompt: str, *, twice: bool = False) -> Secret:
    """The password from `--password-stdin`, or typed on the terminal without echo (`twice`: to set it)."""
    from models.operations import Secret

    if args.password_stdin:
        return Secret(_line_of_input())
    if not sys.stdin.isatty():
        raise usage("There is no terminal to ask for the password: use --password-stdin")
    text = typed_unseen(prompt)
    if not text:
        raise usage("No password was typed; nothing was done")
    if twice and typed_unseen("The same again") != text:
        raise usage("The two passwords differ; nothing was done")
    return Secret(text)


def typed_unseen(prompt: str) -> str:
    """What is typed on the terminal without echo. Ctrl+c ends it, also while an event loop runs."""
    from getpass import getpass

    with interruptible():
        return getpass(f"{sanitise(prompt)}: ")


def take_code(args: argparse.Namespace) -> Secret:
    """The code of an authenticator: the next line of standard input with `--password-stdin`, else typed."""
    from models.operations import Secret

    if args.password_stdin:
        try:
            return Secret(_line_of_input())
        except Failure:
            raise usage("This account has an authenticator: put its code on the line after the password") from None
    return typed_code("Code of your authenticator")


def line_of_code() -> Secret:
    """The code on the first line of standard input. Raises `Failure` (usage)."""
    from models.operations import Secret

    try:
        return Secret(_line_of_input())
    except Failure:
        raise usage("--code-stdin reads one line from a pipe or a file, and there was no code") from None


def typed_code(prompt: str) -> Secret:
    """The six digits, typed on the terminal. Raises `Failure` (usage) where there is none, or nothing was typed."""
    from models.operations import Secret

    if not sys.stdin.isatty():
        raise usage("There is no terminal to ask for the code")
    text = typed_unseen(prompt)
    if not text:
        raise usage("No code was typed; nothing was done")
    return Secret(text)


def take_own_passwords(args: argparse.Namespace, username: str) -> tuple[Secret, Secret]:
    """The current password and the new one: two lines of standard input, or typed, the new one twice."""
    current = take_password(args, f"Current password of {username}")
    return current, take_password(args, "New password", twice=True)


def _line_of_input() -> str:
    if sys.stdin.isatty():
        raise usage("--password-stdin reads a pipe or a file; without it you are asked, and nothing is echoed")
    with interruptible():
        raw = sys.stdin.buffer.readline(LONGEST * 4 + 1)
    try:
        text = raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise usage("The password on standard input is not UTF-8") from None
    if not text:
        raise usage("Standard input held no password")
    if len(text) > LONGEST:
        raise usage(f"The password on standard input is longer than {LONGEST} characters")
    return text


def check_place(args: argparse.Namespace) -> None:
    """Fails before anything is written, if a generated password could be shown nowhere."""
    if not (args.porcelain or sys.stdout.isatty() or sys.stderr.isatty()):
        raise usage(
            "A generated password is shown on a terminal only, and there is none: "
            "--porcelain prints it to standard output"
        )


def show(secret: Secret, args: argparse.Namespace) -> None:
    """Shows a generated password once, in the place that was settled by `check_place`."""
    if args.porcelain:
        sys.stdout.write(secret.reveal() + "\n")
        return
    stream = sys.stdout if sys.stdout.isatty() and not args.json else sys.stderr
    stream.write(f"\n  {secret.reveal()}\n\nShown once: it is stored nowhere.\n")
