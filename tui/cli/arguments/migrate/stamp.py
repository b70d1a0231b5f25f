"""`migrate stamp`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.arguments.migrate.verb import add_verb
from tui.cli.arguments.shared import add_consent
from tui.cli.arguments.values import reason, seconds

if TYPE_CHECKING:
    from tui.cli.arguments.migrate.verb import Subparsers


def add_stamp(verbs: Subparsers) -> None:
    """The verb and its options."""
    stamp = add_verb(
        verbs,
        "stamp",
        "record migrations as applied without running them",
        "Writes the row of aerich's table and runs nothing; --undo takes a row out again, of a file that is gone as\n"
        "well. For a database that was there before its migrations, --baseline finds the files that describe it, and\n"
        "makes aerich's table where it is missing. The reason is kept in the history.",
        "shellback migrate stamp 12 --reason 'made by hand, ticket 4471'",
        "shellback migrate stamp --baseline --dry-run",
        "shellback migrate stamp 12 --undo --reason 'stamped by mistake'",
        "shellback migrate stamp 12 --project ~/src/app --reason 'by hand' --json --yes",
        is_whole=False,
    )
    stamp.add_argument("number", nargs="?", metavar="NUMBER", help="that one only, by its number or name")
    stamp.add_argument("--to", metavar="NUMBER", help="every pending one up to and with this one")
    stamp.add_argument("--undo", action="store_true", help="forget the row of NUMBER; what it made stays")
    stamp.add_argument(
        "--baseline",
        action="store_true",
        help="up to the file that describes the database as it is; with --to, up to that one",
    )
    stamp.add_argument("--reason", type=reason, default="", metavar="TEXT", help="why; needed, and kept in the history")
    stamp.add_argument("--no-drift", action="store_true", help="do not compare the tables of the files afterwards")
    stamp.add_argument(
        "--wait", type=seconds, default=30, metavar="SECONDS", help="for another run's lock, before exit 5 (30)"
    )
    add_consent(stamp)
