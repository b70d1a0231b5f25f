"""What may be typed behind `shellback migrate`: one module a verb, listed here in the order of the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.arguments.migrate.apply import add_apply
from tui.cli.arguments.migrate.backups import add_backups
from tui.cli.arguments.migrate.drift import add_drift
from tui.cli.arguments.migrate.history import add_history, add_recover
from tui.cli.arguments.migrate.lint import add_lint, add_sql
from tui.cli.arguments.migrate.looking import add_looking
from tui.cli.arguments.migrate.make import add_make
from tui.cli.arguments.migrate.revert import add_revert
from tui.cli.arguments.migrate.stamp import add_stamp
from tui.cli.arguments.migrate.verb import EXITS
from tui.cli.arguments.shared import examples

if TYPE_CHECKING:
    from tui.cli.arguments.migrate.verb import Subparsers


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
            after=EXITS,
        ),
    )
    verbs = migrate.add_subparsers(title="verbs", metavar="VERB", required=True)
    for add in (
        add_looking,
        add_sql,
        add_lint,
        add_apply,
        add_revert,
        add_stamp,
        add_make,
        add_drift,
        add_backups,
        add_history,
        add_recover,
    ):
        add(verbs)
