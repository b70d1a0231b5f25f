"""`migrate apply`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.arguments.migrate.verb import add_to, add_verb
from tui.cli.arguments.shared import add_consent
from tui.cli.arguments.values import count, seconds

if TYPE_CHECKING:
    from tui.cli.arguments.migrate.verb import Subparsers


def add_apply(verbs: Subparsers) -> None:
    """The verb and its options."""
    apply = add_verb(
        verbs,
        "apply",
        "apply pending migrations",
        "Applies pending migrations, each in one transaction with its row of aerich's table, in its own process.\n"
        "Before that it looks at lint, rights, room and who is in the way. What is unusual is accepted by name.\n"
        "--dry-run runs it, measures what each statement locks, rewrites and reads, and takes all of it back.",
        "shellback migrate apply --to 12 --dry-run",
        "shellback migrate apply --to 12 --all-or-nothing",
        "shellback migrate apply --accept 11_late.py --despite-lint required-column --yes",
    )
    add_to(apply)
    apply.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="VERSION",
        help="apply although this file is out of order, changed, missing, ...; may be given again",
    )
    apply.add_argument("--accept-all", action="store_true", help="accept every file, whatever is unusual about it")
    apply.add_argument(
        "--despite-lint",
        action="append",
        default=[],
        metavar="RULE",
        help="apply although this rule of the lint found an error; may be given again",
    )
    apply.add_argument(
        "--all-or-nothing", action="store_true", help="all files in one transaction: all of them, or none"
    )
    apply.add_argument(
        "--lock-timeout",
        type=seconds,
        default=3,
        metavar="SECONDS",
        help="how long a statement may wait for a table, which holds up others meanwhile; 0 for ever (3)",
    )
    apply.add_argument(
        "--retries", type=count, default=5, metavar="N", help="tries after such a wait, with growing pauses (5)"
    )
    apply.add_argument("--no-drift", action="store_true", help="do not compare the tables that were touched afterwards")
    apply.add_argument(
        "--wait", type=seconds, default=30, metavar="SECONDS", help="for another run's lock, before exit 5 (30)"
    )
    add_consent(apply)
