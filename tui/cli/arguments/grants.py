"""What may be typed behind `shellback grants`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, examples

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

TIERS = ("support", "operator", "auditor", "dba", "superuser")


def add_grants(commands: Subparsers) -> None:
    """`grants`."""
    parser = commands.add_parser(
        "grants",
        help="print the SQL that makes PostgreSQL keep the tiers apart",
        description=(
            "Prints SQL for psql: a role for each tier with the columns, rows and functions that it may use, an owner\n"
            "of its own for the audit, and triggers that record what is written past Shellback. Nothing is done to\n"
            "any database. Run it as a superuser of PostgreSQL, or as the owner of the database with\n"
            "CREATEROLE; run again it changes nothing.\n"
            "--check compares a database with it instead, and ends with 1 where something differs."
        ),
        epilog=examples(
            "shellback grants --app web | psql -d app",
            "shellback grants --tier support --login maria | psql -d app     # then, in psql: \\password maria",
            "shellback grants --app web --check --url postgres://auditor@db1/app",
            "shellback grants --app web --revoke | psql -d app",
        ),
    )
    only = f"only this one, again for more: {', '.join(TIERS)}"
    parser.add_argument("--tier", action="append", choices=TIERS, metavar="TIER", help=only)
    parser.add_argument("--schema", default="public", metavar="SCHEMA", help="where the tables are (public)")
    parser.add_argument("--prefix", default="shellback_", metavar="TEXT", help="what the roles begin with (shellback_)")
    parser.add_argument("--owner", default="", metavar="ROLE", help="owns the application's tables (PREFIXowner)")
    parser.add_argument("--audit-owner", default="", metavar="ROLE", help="owns the tables of the audit (PREFIXaudit)")
    parser.add_argument(
        "--app",
        action="append",
        default=[],
        metavar="ROLE",
        help="the application signs in as this, and goes on as before; again for more",
    )
    made = "make this role of the one --tier, without a password; again for more"
    parser.add_argument("--login", action="append", default=[], metavar="NAME", help=made)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--revoke", action="store_true", help="print what takes it all away again")
    what.add_argument("--check", action="store_true", help="compare a database with it, read-only")
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command="tui.cli.commands.grants:grants")
