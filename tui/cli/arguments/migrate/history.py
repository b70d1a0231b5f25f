"""`migrate history` and `migrate recover`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.cli.arguments.migrate.verb import add_verb
from tui.cli.arguments.shared import add_consent
from tui.cli.arguments.values import reason, seconds

if TYPE_CHECKING:
    from tui.cli.arguments.migrate.verb import Subparsers

_WAYS: Final = (
    ("resume", "go on behind the last statement that is known to be done"),
    ("resume-after", "go on behind the statement that was begun: you looked, and it is done"),
    ("mark", "record the file as done, without running anything; needs --reason"),
    ("mark-pending", "record it as not done: you undid what was done; needs --reason"),
    ("revert", "run its downgrade, statement by statement"),
    ("restore", "put the copy of the SQLite database back that was made before the run"),
    ("end", "end the statement that still runs on the server"),
    ("seen", "nothing is to be done: do not tell it again"),
)


def add_history(verbs: Subparsers) -> None:
    """What was run."""
    parser = add_verb(
        verbs,
        "history",
        "what was run: when, by whom, how long",
        "Prints what was run on the database, newest first, from the table shellback_migrations and Aerich's own.\n"
        "Of rows that plain aerich wrote neither the time nor the person is known.",
        "shellback migrate history 12 --diff",
    )
    parser.add_argument("number", nargs="?", metavar="NUMBER", help="a migration's number or name; all by default")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--sql", action="store_true", help="the SQL of NUMBER as it was sent last")
    shown.add_argument("--diff", action="store_true", help="what changed in the file of NUMBER since it was run")


def add_recover(verbs: Subparsers) -> None:
    """What was cut off, and the ways on."""
    parser = add_verb(
        verbs,
        "recover",
        "go on with a run that was cut off",
        "Prints what runs that died left behind, with the ways on; with one of these it is gone.\n"
        "Ends with 4 while something is half done.",
        "shellback migrate recover 12 --resume --yes",
        "shellback migrate recover 12 --mark --reason 'finished by hand' --yes",
    )
    parser.add_argument("number", nargs="?", metavar="NUMBER", help="which, where more than one is unfinished")
    ways = parser.add_argument_group("ways on").add_mutually_exclusive_group()
    for name, text in _WAYS:
        ways.add_argument(f"--{name}", dest="way", action="store_const", const=name, help=text)
    parser.add_argument("--reason", type=reason, default="", metavar="TEXT", help="why; kept in the history")
    parser.add_argument(
        "--wait", type=seconds, default=30, metavar="SECONDS", help="for another run's lock, before exit 5 (30)"
    )
    add_consent(parser)
