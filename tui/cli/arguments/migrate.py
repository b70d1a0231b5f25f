"""What may be typed behind `shellback migrate`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_consent, add_json, add_project, examples
from tui.cli.arguments.values import seconds

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_MIGRATE = "tui.cli.commands.migrate"

_EXITS = """\
exit codes:
  0 clean, or done          1 failed            2 pending (status and plan), usage
  3 refused                 4 changed or missing files
  5 the lock is held by another run, or the database cannot be reached
"""


def add_migrate(commands: Subparsers) -> None:
    """`migrate` and its verbs."""
    migrate = commands.add_parser(
        "migrate",
        help="see and apply migrations",
        description=(
            "See and apply Aerich migrations: Shellback's own, or those of any project with --project DIR.\n"
            "status, plan and sql read files as text and execute nothing of the project; apply runs its Python.\n"
            "The actor is the user of the operating system: no login is needed."
        ),
        epilog=examples(
            "shellback migrate status",
            "shellback migrate apply --yes",
            "shellback migrate apply --to 12 --project ~/src/app",
            after=_EXITS,
        ),
    )
    verbs = migrate.add_subparsers(title="verbs", metavar="VERB", required=True)
    _add_verb(verbs, "status", "every migration and its state", "Prints every migration and its state.")
    plan = _add_verb(verbs, "plan", "what apply would do", "Prints the files that `apply` would run, in order.")
    _add_to(plan)
    sql = _add_verb(
        verbs, "sql", "the SQL of migrations", "Prints the up (or down) SQL of one migration, or of all pending ones."
    )
    sql.add_argument("number", nargs="?", metavar="NUMBER", help="a migration's number or name; all pending by default")
    sql.add_argument("--down", action="store_true", help="the SQL that takes it back")
    apply = _add_verb(
        verbs,
        "apply",
        "apply pending migrations",
        "Applies pending migrations, each in one transaction with its row of aerich's table, in its own process.",
    )
    _add_to(apply)
    apply.add_argument(
        "--wait", type=seconds, default=30, metavar="SECONDS", help="for another run's lock, before exit 5 (30)"
    )
    add_consent(apply)
    apply.set_defaults(command=f"{_MIGRATE}_apply:apply")


def _add_verb(verbs: Subparsers, name: str, summary: str, description: str) -> Parser:
    parser = verbs.add_parser(
        name,
        help=summary,
        description=description,
        epilog=examples(
            f"shellback migrate {name}", f"shellback migrate {name} --project ~/src/app --json", after=_EXITS
        ),
    )
    add_json(parser)
    add_project(parser)
    parser.add_argument("--app", metavar="NAME", help="the app of the project, where it has several")
    parser.add_argument("--trust", action="store_true", help="agree that the project's Python runs here; remembered")
    add_connection(parser)
    parser.set_defaults(command=f"{_MIGRATE}:{name}")
    return parser


def _add_to(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--to", metavar="NUMBER", help="up to and with this one; all by default")
    group.add_argument("--next", action="store_true", help="the first pending one only")
