"""What may be typed behind `shellback rescue`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, add_write, examples

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]


def add_rescue(commands: Subparsers) -> None:
    """`rescue`."""
    parser = commands.add_parser(
        "rescue",
        help="on the database's host: let a superuser in again",
        description=(
            "For when nobody can sign in any more. Makes USERNAME, or mends it: undeleted, active, unlocked, without\n"
            "an end date, a superuser with a generated password that has to be changed within 24 h. Its sessions end\n"
            "and its authenticators are removed. Needs no account, but the host of the database: SQLite, the owner of\n"
            "the file or root; PostgreSQL, its socket or 127.0.0.1. Every superuser is told of it for a week."
        ),
        epilog=examples(
            "shellback rescue --username maria --reason 'all superusers left' --dry-run",
            "shellback rescue --username maria --reason 'all superusers left'",
            "shellback rescue --username maria --reason 'drill' --yes --porcelain",
        ),
    )
    parser.add_argument("--username", required=True, metavar="USERNAME", help="whom to make or to mend")
    parser.add_argument("--porcelain", action="store_true", help="print nothing but the password on standard output")
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command="tui.cli.commands.rescue:rescue")
