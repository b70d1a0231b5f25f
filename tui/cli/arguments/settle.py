"""What may be typed behind `shellback settle`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, examples
from tui.cli.arguments.undo import number

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]


def add_settle(commands: Subparsers) -> None:
    """`settle`."""
    parser = commands.add_parser(
        "settle",
        help="ask what became of an operation whose outcome was unknown",
        description=(
            "A change that the database did not confirm may have happened or not: the command said so, ended with 6,\n"
            "and printed its number. This asks the audit, and says no only once everything is over that was being\n"
            "written. It changes nothing. It ends with 0 if it happened, 1 if it did not, 6 if nobody knows yet."
        ),
        epilog=examples("shellback settle 6c1f0a52-9b7e-4c7e-8f0e-3d6c5e2b9a10"),
    )
    parser.add_argument("operation", type=number, metavar="ID", help="the number of the operation")
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command="tui.cli.commands.settle:settle")
