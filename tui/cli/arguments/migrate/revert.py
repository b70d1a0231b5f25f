"""`migrate revert`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.arguments.migrate.verb import add_verb
from tui.cli.arguments.shared import add_consent
from tui.cli.arguments.values import reason, seconds

if TYPE_CHECKING:
    from tui.cli.arguments.migrate.verb import Subparsers


def add_revert(verbs: Subparsers) -> None:
    """The verb and its options."""
    revert = add_verb(
        verbs,
        "revert",
        "take migrations back",
        "Reverts what was applied behind a migration, newest first; that one itself stays (aerich's own downgrade\n"
        "takes it back too). What would be lost for good is counted and printed before anything is asked.\n"
        "No file is deleted.",
        "shellback migrate revert --to 12 --dry-run",
        "shellback migrate revert --last --reason 'wrong default' --yes",
        "shellback migrate revert --to 12 --project ~/src/app --json --yes",
        is_whole=False,
    )
    group = revert.add_mutually_exclusive_group(required=True)
    group.add_argument("--to", metavar="NUMBER", help="to just after this one: it stays")
    group.add_argument("--last", action="store_true", help="the one that was applied last")
    group.add_argument("--all", action="store_true", help="every one, the first too")
    revert.add_argument("--reason", type=reason, default="", metavar="TEXT", help="why; kept in the history")
    revert.add_argument(
        "--wait", type=seconds, default=30, metavar="SECONDS", help="for another run's lock, before exit 5 (30)"
    )
    add_consent(revert)
