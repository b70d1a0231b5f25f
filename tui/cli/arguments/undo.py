"""What may be typed behind `shellback audit undo`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING
from uuid import UUID

from tui.cli.arguments.shared import add_connection, add_json, add_write, examples
from tui.cli.arguments.values import positive

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]


def add_undo(verbs: Subparsers) -> None:
    """`audit undo`."""
    parser = verbs.add_parser(
        "undo",
        help="put back what a change, or a whole batch, wrote",
        description=(
            "Puts back what one change wrote, field by field, where it still holds. What somebody changed again\n"
            "since is left as it is, and named; so is what cannot be undone: a password, an ended session.\n"
            "An undo is a change like any other, and can itself be undone."
        ),
        epilog=examples(
            "shellback audit undo 4711 --dry-run",
            "shellback audit undo 0d2f5a1c-6f0e-4f43-9a51-0b7f6a3f4e10 --reason 'wrong Alice' --yes",
            "shellback audit undo --batch 7c1e0b52-51a4-4a0e-8f1b-6f2f1f0f6a77 --confirm 2970",
        ),
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "which",
        type=event_or_operation,
        nargs="?",
        metavar="ID",
        help="the id of an event (audit list), or the number of its operation",
    )
    which.add_argument("--batch", type=number, metavar="ID", help="a bulk, a changeset or an import, by its number")
    parser.add_argument(
        "--confirm", type=positive, metavar="N", help="with --batch: agree to exactly N users being changed"
    )
    parser.add_argument("--results", metavar="FILE", help="with --batch: write the result of each user to a CSV file")
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command="tui.cli.commands.audit_undo:undo", resume=None)


def number(text: str) -> UUID:
    """The number of an operation."""
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of an operation") from None


def event_or_operation(text: str) -> UUID | int:
    """The id of an event, or the number of an operation."""
    return positive(text) if text.isdecimal() else number(text)
