"""What may be typed behind `shellback doctor`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, examples

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]


def add_doctor(commands: Subparsers) -> None:
    """The one command that looks at everything."""
    parser = commands.add_parser(
        "doctor",
        help="check the database and this installation",
        description=(
            "Looks at the connection, its encryption, poolers, migrations, indexes, file modes, the password\n"
            "libraries and the terminal, and says what to do. Changes nothing, and needs no session.\n"
            "A line is ok, warning or failed; the exit code is 1 when anything failed."
        ),
        epilog=examples(
            "shellback doctor",
            "shellback doctor --url postgres://app@db1/app --json",
            "shellback doctor --json | jq -r '.doctor.checks[].sql[]'      # the indexes to create",
        ),
    )
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command="tui.cli.commands.doctor:doctor")
