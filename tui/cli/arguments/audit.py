"""What may be typed behind `shellback audit`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.audit_chain import add_chain
from tui.cli.arguments.shared import add_connection, add_json, add_primary, examples
from tui.cli.arguments.undo import add_undo
from tui.cli.arguments.values import page_size, positive, reason, ticket

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_AUDIT = "tui.cli.commands.audit"

_LANGUAGE = """\
A query is terms that must all hold: actor:maria action:users.reset target:alice outcome:denied batch:ID op:ID
ticket:T-9 via:cli kind:role seq:100..200 at:<2d at:2026-03, a bare name (by or on somebody), and -term for the
opposite: --query=-outcome:ok where it begins with that.
"""

_EXPORTED = """\
Writes events, newest first, to a file that only you may read, as CSV or JSON Lines. The file gets its name when it is
whole and the export is in the audit; until then, and when anything goes wrong, there is none. JSON Lines have
everything of an event; in CSV a cell that would be a formula begins with '.
"""


def add_audit(commands: Subparsers) -> None:
    """`audit` and its verbs."""
    audit = commands.add_parser(
        "audit",
        help="who did what; check the chain",
        description="The audit trail: who did what to whom. Append-only, each row chained to the one before.",
        epilog=examples("shellback audit list", "shellback audit list --json", "shellback audit verify"),
    )
    verbs = audit.add_subparsers(title="verbs", metavar="VERB", required=True)
    _add_list(verbs)
    _add_show(verbs)
    _add_export(verbs)
    add_undo(verbs)
    add_chain(verbs)


def _add_list(verbs: Subparsers) -> None:
    listing = verbs.add_parser(
        "list",
        help="events, newest first",
        description="Prints events, newest first, all of them or those that a query selects.\n\n" + _LANGUAGE,
        epilog=examples(
            "shellback audit list --limit 20",
            "shellback audit list 'actor:maria action:users.reset at:<2d'",
            "shellback audit list 'outcome:denied target:alice'",
            "shellback audit list --before 4711",
        ),
    )
    _add_query(listing)
    listing.add_argument("--limit", type=page_size, default=50, metavar="N", help="rows on the page (50)")
    listing.add_argument("--before", type=positive, metavar="ID", help="continue: only events older than this one")
    add_primary(listing)
    add_json(listing)
    add_connection(listing)
    listing.set_defaults(command=f"{_AUDIT}:list_events")


def _add_show(verbs: Subparsers) -> None:
    show = verbs.add_parser(
        "show",
        help="one event whole",
        description="Prints everything that is recorded of one event, or of every event of an operation.",
        epilog=examples(
            "shellback audit show 4711", "shellback audit show 550e8400-e29b-41d4-a716-446655440000 --json"
        ),
    )
    show.add_argument("event", metavar="EVENT", help="the id of an event, or of an operation")
    add_json(show)
    add_connection(show)
    show.set_defaults(command=f"{_AUDIT}:show")


def _add_export(verbs: Subparsers) -> None:
    export = verbs.add_parser(
        "export",
        help="write events to a file",
        description=_EXPORTED,
        epilog=examples(
            "shellback audit export 'at:2026-03' --output march.jsonl",
            "shellback audit export 'action:users.reset' --output resets.csv",
            "shellback audit export actor:maria --format jsonl | jq .action",
        ),
    )
    _add_query(export)
    export.add_argument("--format", choices=("csv", "jsonl"), help="csv, unless the file's name says otherwise")
    export.add_argument("--output", default="-", metavar="FILE", help="the file; - is standard output (the default)")
    export.add_argument("--force", action="store_true", help="replace the file if it is there")
    export.add_argument("--reason", type=reason, default="", metavar="TEXT", help="why; kept in the audit")
    export.add_argument(
        "--ticket", type=ticket, default="", metavar="TEXT", help="the ticket this belongs to; kept in the audit"
    )
    add_primary(export)
    add_json(export)
    add_connection(export)
    export.set_defaults(command=f"{_AUDIT}:export")


def _add_query(parser: argparse.ArgumentParser) -> None:
    """The query, as the one word or as an option: argparse would take one that begins with a - for an option."""
    given = parser.add_mutually_exclusive_group()
    # Suppressed, so that an argument that is not there does not undo the option.
    given.add_argument(
        "query", nargs="?", default=argparse.SUPPRESS, metavar="QUERY", help="which events; all by default"
    )
    given.add_argument(
        "--query", default="", metavar="QUERY", help="the same, for one that begins with a -: --query=-outcome:ok"
    )
