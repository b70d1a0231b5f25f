"""What may be typed behind `shellback users delete` and `users restore`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, add_user, add_write, examples

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]


def add_delete(verbs: Subparsers) -> None:
    """`users delete`."""
    parser = verbs.add_parser(
        "delete",
        help="delete a user: restorable, or for good",
        description=(
            "Frees the username and the e-mail address, wipes the password and ends every session. The account is\n"
            "kept and can be restored. With --hard it is deleted for good, with what the database deletes along:\n"
            "--dry-run lists every table that refers to it. Often `users deactivate` is enough."
        ),
        epilog=examples(
            "shellback users delete alice --reason 'left in May'",
            "shellback users delete alice --hard --dry-run",
            "shellback users delete 4711 --hard --confirm alice --reason 'asked for erasure' --ticket 4471",
        ),
    )
    add_user(parser)
    parser.add_argument("--hard", action="store_true", help="for good: nothing but a backup brings it back")
    parser.add_argument(
        "--confirm",
        metavar="USERNAME",
        help="with --hard: the username as it is now (the id, if it looks like another's or cannot be typed)",
    )
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command="tui.cli.commands.users.delete:delete")


def add_restore(verbs: Subparsers) -> None:
    """`users restore`."""
    parser = verbs.add_parser(
        "restore",
        help="bring a deleted user back",
        description=(
            "Brings a deleted user back, with the username and e-mail address of before, unless somebody has them by\n"
            "now. The password is gone: reset it afterwards. It never activates."
        ),
        epilog=examples(
            "shellback users list is:deleted",
            "shellback users restore 4711",
            "shellback users restore deleted.4711 --username alice2 --email ''",
        ),
    )
    add_user(parser)
    parser.add_argument("--username", metavar="NAME", help="another username than the one of before")
    parser.add_argument("--email", metavar="ADDRESS", help="another e-mail address than the one of before; '' for none")
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command="tui.cli.commands.users.delete:restore")
