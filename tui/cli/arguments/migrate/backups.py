"""`migrate backups`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.arguments.migrate.verb import add_verb
from tui.cli.arguments.shared import add_consent

if TYPE_CHECKING:
    from tui.cli.arguments.migrate.verb import Subparsers


def add_backups(verbs: Subparsers) -> None:
    """The verb and its options."""
    backups = add_verb(
        verbs,
        "backups",
        "the copies of an SQLite database",
        "Prints the copies that were made before each run, the newest first, or puts one of them back: all of it or\n"
        "nothing, after a copy of what is there. PostgreSQL is backed up by its own tools: apply prints the command.",
        "shellback migrate backups --restore latest --dry-run",
    )
    backups.add_argument("--restore", metavar="NAME", help="put this one back; `latest` is the newest")
    add_consent(backups)
