"""What all verbs of `shellback migrate` have in common."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from tui.cli.arguments.shared import add_connection, add_json, add_project, examples

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

EXITS: Final = """\
exit codes:
  0 clean, or done          1 failed, or an error of lint
  2 pending, usage          3 drift, refused
  4 changed or missing files
  5 the lock is held by another run, or the database cannot be reached
  6 it may have happened: look  130 interrupted, rolled back
"""


def add_verb(
    verbs: Subparsers,
    name: str,
    summary: str,
    description: str,
    *lines: str,
    command: str | None = None,
    is_whole: bool = True,
) -> Parser:
    """A verb with the options that all of them take. `lines` are examples besides those that every verb has.
    `is_whole`: it does something without an option of its own.

    `command`: `module:function`, by default the function of that name in `tui.cli.commands.migrate.<name>`.
    """
    typed = f"shellback migrate {name}"
    parser = verbs.add_parser(
        name,
        help=summary,
        description=description,
        epilog=examples(
            *([typed] if is_whole else []),
            *lines,
            *([f"{typed} --project ~/src/app --json"] if is_whole else []),
            after=EXITS,
        ),
    )
    add_json(parser)
    add_project(parser)
    parser.add_argument("--app", metavar="NAME", help="the app of the project, where it has several")
    parser.add_argument("--trust", action="store_true", help="agree that the project's Python runs here; remembered")
    add_connection(parser)
    parser.set_defaults(command=command or f"tui.cli.commands.migrate.{name}:{name}")
    return parser


def add_to(parser: argparse.ArgumentParser) -> None:
    """`--to` or `--next`, of what is pending."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--to", metavar="NUMBER", help="up to and with this one; all by default")
    group.add_argument("--next", action="store_true", help="the first pending one only")
