"""What may be typed behind `users reset`, `users lock` and `users sessions`: how somebody gets in, or is kept out."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, add_porcelain, add_user, add_write, examples
from tui.cli.arguments.values import duration, positive, until

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_COMMANDS = "tui.cli.commands"
METHODS = ("generate", "words", "link", "disable")


def add_reset(verbs: Subparsers) -> None:
    """`users reset`."""
    parser = verbs.add_parser(
        "reset",
        help="give a user a new password, or a link to choose one",
        description=(
            "Gives a user a generated password or a one-time link, shown once: on a terminal, or with --porcelain.\n"
            "It never activates a deactivated user. A link works for 30 minutes; it is made from reset_url of the\n"
            "profile, without which the bare token is shown."
        ),
        epilog=examples(
            "shellback users reset alice --reason 'caller verified by manager' --ticket 4471",
            "shellback users reset alice --method link --porcelain --yes | mail -s 'Your link' alice@example.com",
            "shellback users reset 4712 --expires 48h --no-unlock --dry-run",
        ),
    )
    add_user(parser)
    method = parser.add_mutually_exclusive_group()
    method.add_argument(
        "--method",
        choices=METHODS,
        default="generate",
        help="a password of 20 characters (default), of six words for the telephone, a one-time link, or none: "
        "no sign-in with a password",
    )
    method.add_argument("--words", action="store_const", dest="method", const="words", help="as --method words")
    method.add_argument(
        "--disable-password", action="store_const", dest="method", const="disable", help="as --method disable"
    )
    parser.add_argument(
        "--must-change",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="the next sign-in asks for a new password (default)",
    )
    parser.add_argument(
        "--expires",
        type=duration,
        default="24h",
        metavar="SPAN",
        help="how long a generated password is valid: 90m, 24h (default), 7d, never",
    )
    parser.add_argument(
        "--revoke-sessions",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="end all sessions and tokens (default)",
    )
    parser.add_argument(
        "--unlock",
        action=argparse.BooleanOptionalAction,
        help="clear failures and a lock (default: if it is locked, and you may)",
    )
    parser.add_argument(
        "--reset-mfa", action="store_true", help="remove all authenticators; needs the permission users.reset_mfa"
    )
    add_porcelain(parser)
    parser.add_argument("--password", nargs="?", action=_RefuseChosen, help=argparse.SUPPRESS)
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.write:reset")


def add_lock(verbs: Subparsers) -> None:
    """`users lock`."""
    parser = verbs.add_parser(
        "lock",
        help="refuse every sign-in of a user for a while",
        description=(
            "Refuses every sign-in of a user for a while, a year at most. The account stays active; open sessions of\n"
            "the web service are refused meanwhile, and go on afterwards. For good is `users deactivate`."
        ),
        epilog=examples(
            "shellback users lock alice --for 7d --reason 'on leave'",
            "shellback users lock 4711 --for '2027-01-31 18:00' --yes --json",
        ),
    )
    add_user(parser)
    parser.add_argument(
        "--for",
        dest="span",
        type=until,
        default="24h",
        metavar="SPAN",
        help="how long: 90m, 24h (default), 7d, 2w; or until when: 2027-01-31, '2027-01-31 18:00' (UTC)",
    )
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.access:lock")


def add_sessions(verbs: Subparsers) -> None:
    """`users sessions`."""
    parser = verbs.add_parser(
        "sessions",
        help="where a user is signed in; end one session, or all",
        description=(
            "Lists the open sessions of a user, the newest first, or ends some. --end ends one and leaves the others;\n"
            "--end-all ends every session and every token, with --keep every session but that one."
        ),
        epilog=examples(
            "shellback users sessions alice",
            "shellback users sessions alice --ended --json",
            "shellback users sessions alice --end 88120 --reason 'lost telephone'",
            "shellback users sessions alice --end-all --keep 88121 --yes",
        ),
    )
    add_user(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--ended", action="store_true", help="list those that are over too")
    what.add_argument("--end", type=positive, metavar="SESSION", help="end this session")
    what.add_argument("--end-all", action="store_true", help="end all sessions and tokens")
    parser.add_argument("--keep", type=positive, metavar="SESSION", help="with --end-all: this session goes on")
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.access:sessions")


class _RefuseChosen(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,  # noqa: ARG002 - argparse's signature
        values: object,  # noqa: ARG002 - never repeated
        option_string: str | None = None,
    ) -> None:
        parser.error(f"{option_string} is not taken: nobody chooses a password for somebody else, it is generated")
