"""`migrate drift` and `migrate check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.cli.arguments.migrate.verb import add_verb

if TYPE_CHECKING:
    from tui.cli.arguments.migrate.verb import Subparsers

_DRIFT: Final = """\
Compares the models, the files and the database, and prints what is not the same.

The models' schema is built, and the files' SQL run again, in a scratch schema inside a transaction that is rolled back
(SQLite: in memory). The database stays as it is. Ends with 0 without drift, with 3 otherwise. SQL that would mend the
database is printed with --sql and never run."""
_CHECK: Final = """\
One answer for CI: states of the files, lint of the pending ones, models without a migration, drift, pending files.

Everything is looked at and each part is told; the exit code is that of the gravest one, in this order:
5 not reached, 4 changed or missing files, 1 an error of lint, 3 drift or models without a migration, 2 pending, 0."""


def add_drift(verbs: Subparsers) -> None:
    """The two verbs and their options."""
    drift = add_verb(
        verbs, "drift", "models against files against database", _DRIFT, "shellback migrate drift --table users --sql"
    )
    drift.add_argument("--table", action="append", metavar="NAME", help="only this table; may be given several times")
    drift.add_argument("--sql", action="store_true", help="print only the SQL that would mend the database")
    drift.add_argument("--benign", action="store_true", help="print the benign differences one by one, too")
    drift.add_argument(
        "--strict",
        action="store_true",
        help="tables, views and sequences that neither models nor files know count as drift",
    )
    check = add_verb(verbs, "check", "all of it, for CI", _CHECK, "shellback migrate check --json --trust")
    check.add_argument("--no-drift", action="store_true", help="leave drift and the models out: imports no models")
    check.add_argument("--allow-pending", action="store_true", help="pending files are told, and do not count")
