"""`migrate make`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.arguments.migrate.verb import add_verb

if TYPE_CHECKING:
    from tui.cli.arguments.migrate.verb import Subparsers


def add_make(verbs: Subparsers) -> None:
    """The verb and its options."""
    make = add_verb(
        verbs,
        "make",
        "write a migration of what changed in the models",
        "Compares the models with the last file, tries the SQL up, down and up again on a scratch database,\n"
        "and writes the next file. No file is ever deleted or overwritten. What might be a rename is asked.",
        "shellback migrate make --name add_colour --rename item.name=title",
        "shellback migrate make --check",
    )
    make.add_argument("--name", default="update", metavar="NAME", help="letters, digits and underscores (update)")
    make.add_argument(
        "--rename",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="a column (item.name=title) or a table (item=thing) that was renamed; may be given again",
    )
    make.add_argument("--no-renames", action="store_true", help="no more renames: what is gone is dropped")
    make.add_argument("--empty", action="store_true", help="without statements, to be filled in by hand")
    make.add_argument("--edit", action="store_true", help="open the SQL in $EDITOR before it is tried")
    make.add_argument("--check", action="store_true", help="write nothing: 0 when there is nothing to make, else 2")
    make.add_argument("--output", metavar="DIR", help="write the file there instead of among the migrations")
