"""What may be typed behind `shellback confirm` and `passwd`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.cli.arguments.shared import add_connection, add_json, add_secret, examples

if TYPE_CHECKING:
    import argparse

    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_OWN = "tui.cli.commands.own"

CLASSES: Final = ("roles", "bulk", "delete", "export", "migrations")
"""`models.operations.sign_in.proofs.StepUpClass`, without importing it: a test holds the two together."""


def add_own(commands: Subparsers) -> None:
    """The two commands about one's own password."""
    _add_confirm(commands)
    _add_passwd(commands)


def _add_confirm(commands: Subparsers) -> None:
    parser = commands.add_parser(
        "confirm",
        help="give your password again, for one class of action",
        description=(
            "Some commands ask for your password again: changing roles, changing more than 10 users at once, deleting\n"
            "for good, exporting more than 100 rows. On a terminal they ask; a script gives it here, beforehand.\n"
            "It counts for 5 minutes and for this class only. A wrong one counts like a failed sign-in."
        ),
        epilog=examples("shellback confirm roles", "shellback confirm export --password-stdin < secret"),
    )
    parser.add_argument("kind", choices=CLASSES, metavar="CLASS", help=", ".join(CLASSES))
    add_secret(parser, "your password")
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_OWN}:confirm")


def _add_passwd(commands: Subparsers) -> None:
    parser = commands.add_parser(
        "passwd",
        help="change your own password",
        description=(
            "Changes the password of whoever is signed in. The current one is asked, and all other sessions end.\n"
            "With --password-stdin two lines are read: the current password, then the new one."
        ),
        epilog=examples("shellback passwd", "shellback passwd --password-stdin < two-lines"),
    )
    add_secret(parser, "the current and the new password")
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_OWN}:passwd")
