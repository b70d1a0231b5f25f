"""What may be typed behind `shellback init`, `login`, `logout` and `whoami`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_consent, add_json, add_secret, examples

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_INIT = "tui.cli.commands.init"
_SESSION = "tui.cli.commands.session"


def add_sign_in(commands: Subparsers) -> None:
    """The four commands about who acts."""
    _add_init(commands)
    _add_login(commands)
    for name, summary, description in (
        (
            "logout",
            "end the session that login keeps",
            "Revokes the session of this database and forgets its token. Sessions elsewhere go on.",
        ),
        ("whoami", "who acts on this database", "Prints the account that acts, and what it may do."),
    ):
        parser = commands.add_parser(
            name,
            help=summary,
            description=description,
            epilog=examples(f"shellback {name}", f"shellback {name} --json"),
        )
        add_json(parser)
        add_connection(parser)
        parser.set_defaults(command=f"{_SESSION}:{name}")


def _add_init(commands: Subparsers) -> None:
    parser = commands.add_parser(
        "init",
        help="create the schema and the first superuser",
        description=(
            "Applies the pending migrations of Shellback's own schema, and makes the first superuser.\n"
            "Run again it does only what is missing. Where a superuser exists already, none is made."
        ),
        epilog=examples(
            "shellback init --username maria",
            "shellback init --url postgres://app@db1/app --username maria --password-stdin --yes < secret",
        ),
    )
    parser.add_argument("--username", metavar="NAME", help="the first superuser; without it only the schema is made")
    add_secret(parser, "the superuser's password")
    parser.add_argument(
        "--create",
        action="store_true",
        default=argparse.SUPPRESS,
        help="make the SQLite file of --url when it is not there (else an error)",
    )
    add_consent(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_INIT}:init")


def _add_login(commands: Subparsers) -> None:
    parser = commands.add_parser(
        "login",
        help="sign in, for the commands that follow",
        description=(
            "Signs in and keeps a session token in the state directory, for you alone and this database only.\n"
            "The database keeps its SHA-256. A session lasts 8 hours; `logout` ends it.\n"
            "An account with an authenticator is asked for a code, which --password-stdin reads from the next line."
        ),
        epilog=examples(
            "shellback login --as maria",
            "shellback login --as maria --password-stdin < secret",
            "SHELLBACK_TOKEN=$(shellback login --as ci --password-stdin --porcelain < secret)",
        ),
    )
    parser.add_argument("--as", dest="username", required=True, metavar="USERNAME", help="a staff account")
    add_secret(parser, "the password")
    parser.add_argument(
        "--porcelain", action="store_true", help="print the token for SHELLBACK_TOKEN and keep nothing on disk"
    )
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_SESSION}:login")
