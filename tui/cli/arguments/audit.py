"""What may be typed behind `shellback audit`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, examples
from tui.cli.arguments.values import page_size, positive

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_AUDIT = "tui.cli.commands.audit"


def add_audit(commands: Subparsers) -> None:
    """`audit` and its verbs."""
    audit = commands.add_parser(
        "audit",
        help="who did what; check the chain",
        description="The audit trail: who did what to whom. Append-only, each row chained to the one before.",
        epilog=examples("shellback audit list", "shellback audit list --json", "shellback audit verify"),
    )
    verbs = audit.add_subparsers(title="verbs", metavar="VERB", required=True)
    listing = verbs.add_parser(
        "list",
        help="events, newest first",
        description="Prints events, newest first.",
        epilog=examples(
            "shellback audit list --limit 20",
            "shellback audit list --before 4711",
        ),
    )
    listing.add_argument("--limit", type=page_size, default=50, metavar="N", help="rows on the page (50)")
    listing.add_argument("--before", type=positive, metavar="ID", help="continue: only events older than this one")
    add_json(listing)
    add_connection(listing)
    listing.set_defaults(command=f"{_AUDIT}:list_events")
    verify = verbs.add_parser(
        "verify",
        help="check the chain from the first row",
        description=(
            "Reads every row and checks that it is as it was written. Names the first bad row (exit 1).\n"
            "Keep the printed tip elsewhere: rows cut from the end cannot be noticed from inside."
        ),
        epilog=examples("shellback audit verify", "shellback audit verify --json"),
    )
    add_json(verify)
    add_connection(verify)
    verify.set_defaults(command=f"{_AUDIT}:verify")
