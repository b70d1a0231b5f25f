"""What may be typed behind `shellback users bulk`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, add_write, examples
from tui.cli.arguments.values import assignment, positive

if TYPE_CHECKING:
    import argparse

    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

VERBS = (
    "activate",
    "deactivate",
    "grant-role",
    "revoke-role",
    "force-change",
    "revoke-sessions",
    "unlock",
    "set",
    "delete",
)

_DESCRIPTION = """\
Does one thing to many users: whom is fixed first, and shown with who is left out and why. Up to 10 000 users are
changed in one transaction, all or nothing; more in batches, each in one. Somebody who changed meanwhile is left out and
reported. ctrl+c stops between two batches, and --resume goes on from there, also after a crash.

Up to 10 users are agreed to with y (or --yes); more with their number, typed or given as --confirm.
"""


def add_bulk(verbs: Subparsers) -> None:
    """`users bulk`."""
    parser = verbs.add_parser(
        "bulk",
        help="one change to many users",
        description=_DESCRIPTION,
        epilog=examples(
            "shellback users bulk deactivate --query 'login:>365d -role:support' --dry-run",
            "shellback users bulk grant-role --role support --ids 3,5,9 --yes --reason 'joins the desk'",
            "shellback users bulk set --set is_verified=yes --ids-file checked.txt --confirm 1200",
            "shellback users bulk unlock --query is:locked --results unlocked.csv",
            "shellback users bulk --jobs",
            "shellback users bulk --resume 0b0f8f5e-6f0c-4a55-8a52-6c5b6c1f5d3e",
        ),
    )
    parser.add_argument("verb", nargs="?", choices=VERBS, metavar="VERB", help=", ".join(VERBS))
    whom = parser.add_mutually_exclusive_group()
    whom.add_argument("--query", metavar="QUERY", help="all that match, as `users list` takes it; '' for everybody")
    whom.add_argument("--ids", metavar="IDS", help="these users: 3,5,9, or - for standard input")
    whom.add_argument("--ids-file", metavar="FILE", help="the same from a file, with commas, spaces or lines between")
    whom.add_argument(
        "--resume", metavar="JOB", help="go on with a bulk that was interrupted (its number, or its file)"
    )
    whom.add_argument("--jobs", action="store_true", help="list the bulks that were interrupted")
    parser.add_argument("--role", metavar="ROLE", help="the role of grant-role and revoke-role")
    parser.add_argument("--until", metavar="TIME", help="when the role of grant-role ends: 30d, a time, never")
    parser.add_argument("--set", dest="value", type=assignment, metavar="FIELD=VALUE", help="what set gives to all")
    parser.add_argument("--confirm", type=positive, metavar="N", help="agree to exactly this many users being changed")
    parser.add_argument("--results", metavar="FILE", help="write the result of each user to a CSV file")
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command="tui.cli.commands.users.bulk:bulk")
