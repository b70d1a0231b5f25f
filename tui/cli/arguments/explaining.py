"""What may be typed behind `shellback users why` and `users notes`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, add_user, add_write, examples

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_COMMANDS = "tui.cli.commands"


def add_why(verbs: Subparsers) -> None:
    """`users why`."""
    parser = verbs.add_parser(
        "why",
        help="why a user cannot sign in",
        description=(
            "Says why a user cannot sign in, by the rule that decides every sign-in: the answer, then all that bears\n"
            "on it from the top down, with the command that mends it. An e-mail address will do; a name that nobody\n"
            "has is answered with those near to it.\n\n"
            "Exit code: 0 nothing stops the user, 1 something does, or there is nobody of that name."
        ),
        epilog=examples("shellback users why alice", "shellback users why alice@example.com --json"),
    )
    add_user(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.why:explain")


def add_notes(verbs: Subparsers) -> None:
    """`users notes`."""
    parser = verbs.add_parser(
        "notes",
        help="notes on a user: list, add, pin, delete",
        description=(
            "Lists what colleagues wrote about a user, the pinned first; or adds a note, pins or unpins one, deletes\n"
            "one. The audit keeps a note's number and length, never its text."
        ),
        epilog=examples(
            "shellback users notes alice",
            "shellback users notes alice add 'calls on Mondays' --pinned",
            "shellback users notes alice add - < note.txt      # from standard input",
            "shellback users notes alice pin 12",
        ),
    )
    add_user(parser)
    parser.add_argument(
        "deed", metavar="VERB", nargs="?", default="list", choices=("list", "add", "pin", "unpin", "delete"),
        help="list (default), add, pin, unpin or delete",
    )  # fmt: skip
    parser.add_argument(
        "what", metavar="WHAT", nargs="?", help="the text to add (- from standard input), or the note's number"
    )
    parser.add_argument("--pinned", action="store_true", help="pin the note that is added")
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.notes:notes")
