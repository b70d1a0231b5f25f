"""`migrate lint` and `migrate sql`: what files would do, told from their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.arguments.migrate.verb import add_verb

if TYPE_CHECKING:
    from tui.cli.arguments.migrate.verb import Subparsers


def add_lint(verbs: Subparsers) -> None:
    """The verb and its options."""
    lint = add_verb(
        verbs,
        "lint",
        "what is wrong with migrations, or makes somebody wait",
        "Looks through what is pending, or one file, and prints  file:line: severity rule: sentence.\n"
        "Executes nothing of the files. Ends with 1 when there is an error, which apply would stop at.\n"
        "Without a database, or with --offline, all files are looked at; it says what could not be checked.",
        "shellback migrate lint 12 --explain",
        "shellback migrate lint --project . --offline",
    )
    lint.add_argument("number", nargs="?", metavar="NUMBER", help="a number or a name; all pending by default")
    lint.add_argument("--to", metavar="NUMBER", help="up to and with this one")
    lint.add_argument("--down", action="store_true", help="the SQL that takes them back as well")
    lint.add_argument("--explain", action="store_true", help="with the reasons, who waits, and what to write instead")
    lint.add_argument("--offline", action="store_true", help="ask no database")
    lint.add_argument(
        "--dialect", choices=("postgres", "sqlite"), help="of the files, where no database tells; else it is guessed"
    )


def add_sql(verbs: Subparsers) -> None:
    """The verb and its options."""
    sql = add_verb(
        verbs,
        "sql",
        "the SQL of migrations",
        "Prints the up (or down) SQL of one migration, or of all pending ones.",
        "shellback migrate sql 12 --down",
        "shellback migrate sql --output pending.sql",
    )
    sql.add_argument("number", nargs="?", metavar="NUMBER", help="a number or a name; all pending by default")
    sql.add_argument("--down", action="store_true", help="the SQL that takes it back")
    sql.add_argument("--output", metavar="FILE", help="write a new file (0600), with a header of what it is")
