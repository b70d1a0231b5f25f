"""`migrate apply`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.arguments.migrate.verb import add_to, add_verb
from tui.cli.arguments.shared import add_consent
from tui.cli.arguments.values import seconds

if TYPE_CHECKING:
    from tui.cli.arguments.migrate.verb import Subparsers


def add_apply(verbs: Subparsers) -> None:
    """The verb and its options."""
    apply = add_verb(
        verbs,
        "apply",
        "apply pending migrations",
        "Applies pending migrations, each in one transaction with its row of aerich's table, in its own process.",
    )
    add_to(apply)
    apply.add_argument(
        "--wait", type=seconds, default=30, metavar="SECONDS", help="for another run's lock, before exit 5 (30)"
    )
    add_consent(apply)
