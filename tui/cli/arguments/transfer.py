"""What may be typed behind `shellback users export` and `shellback users import`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.arguments.query import add_query
from tui.cli.arguments.shared import add_connection, add_json, add_primary, add_write, examples
from tui.cli.arguments.values import assignment, positive, reason, ticket

if TYPE_CHECKING:
    import argparse

    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_COMMANDS = "tui.cli.commands"

_EXPORTED = """\
Writes users to a file that only you may read, as CSV or JSON Lines. The file gets its name when it is whole and the
export is in the audit; until then, and when anything goes wrong, there is none. Credentials are never part of it.

CSV is for people and spreadsheets: a cell that would be a formula (= + - @ tab) begins with ', and what cannot be seen
is written as its escape. JSON Lines (--format jsonl, or a name that ends in .jsonl) keeps every character.
"""

_IMPORTED = """\
Creates and changes users as a CSV or JSON Lines file says. First everything is tried in a transaction that is rolled
back, and a table says what would be created, changed, left as it is, and what is wrong on which line. Then exactly that
is done, or nothing.

A row with an id changes that user; one without changes the user of its username, or creates one. In CSV an empty cell
clears a text or a date; in JSON Lines a missing name leaves the field as it is, and null clears it. New users have no
password until one is reset. Passwords and superuser cannot be imported; roles are left out, and said so.
"""


def add_export(verbs: Subparsers) -> None:
    """`users export`."""
    parser = verbs.add_parser(
        "export",
        help="write users to a file",
        description=_EXPORTED,
        epilog=examples(
            "shellback users export --output users.csv",
            "shellback users export 'role:support' --columns id,username,email --output support.jsonl",
            "shellback users export is:locked | column -ts,",
            "shellback users export --ids 3,5,9 --output three.csv",
        ),
    )
    add_query(parser, "whom to export; everybody by default")
    parser.add_argument("--ids", metavar="IDS", help="these users instead of a query: 3,5,9, or - for standard input")
    parser.add_argument("--columns", default="", metavar="NAMES", help="the columns, with commas between them")
    parser.add_argument(
        "--order", default="id", metavar="ORDER", help="an order of `users list`; id, the default, is the fastest"
    )
    parser.add_argument("--format", choices=("csv", "jsonl"), help="csv, unless the file's name says otherwise")
    parser.add_argument("--output", default="-", metavar="FILE", help="the file; - is standard output (the default)")
    parser.add_argument("--force", action="store_true", help="replace the file if it is there")
    parser.add_argument("--reason", type=reason, default="", metavar="TEXT", help="why; kept in the audit")
    parser.add_argument(
        "--ticket", type=ticket, default="", metavar="TEXT", help="the ticket this belongs to; kept in the audit"
    )
    add_primary(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.export:export")


def add_import(verbs: Subparsers) -> None:
    """`users import`."""
    parser = verbs.add_parser(
        "import",
        help="create and change users from a file",
        description=_IMPORTED,
        epilog=examples(
            "shellback users import users.csv --dry-run",
            "shellback users import users.csv --map 'Mail=email' --ignore Phone",
            "shellback users import staff.csv --delimiter ';' --encoding cp1252 --confirm 1200",
        ),
    )
    parser.add_argument("file", metavar="FILE", help="a CSV or JSON Lines file, at most 1 MB a line")
    parser.add_argument("--format", choices=("csv", "jsonl"), help="csv, unless the file's name says otherwise")
    parser.add_argument("--delimiter", metavar="CHARACTER", help="between cells: , ; | or tab; found out by default")
    parser.add_argument("--encoding", metavar="NAME", help="UTF-8, or UTF-16 with its mark, unless this names another")
    parser.add_argument(
        "--map",
        dest="mapping",
        action="append",
        type=assignment,
        default=[],
        metavar="COLUMN=FIELD",
        help="what a column of the file is; repeatable",
    )
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="COLUMN", help="leave a column out; repeatable"
    )
    parser.add_argument("--confirm", type=positive, metavar="N", help="agree to exactly this many created and changed")
    parser.add_argument("--errors", metavar="FILE", help="write every line that is wrong to a new CSV file")
    parser.add_argument("--force", action="store_true", help="replace the file of --errors if it is there")
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.importing:import_")
