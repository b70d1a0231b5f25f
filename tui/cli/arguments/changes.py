"""What may be typed behind `shellback changes`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_consent, add_json, add_user, add_write, examples
from tui.cli.arguments.values import assignment

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_CHANGES = "tui.cli.commands.changes"


def add_changes(commands: Subparsers) -> None:
    """`changes` and its verbs."""
    changes = commands.add_parser(
        "changes",
        help="stage edits of many users, commit them together",
        description=(
            "Edits that wait to be committed together, in one transaction, all or none. They are kept on this\n"
            "machine, for you and this database; the interface shows the same ones (key 2)."
        ),
        epilog=examples(
            "shellback changes stage alice --set email=alice@example.com",
            "shellback changes list",
            "shellback changes commit --reason 'moved to the new domain'",
            "shellback changes discard",
        ),
    )
    verbs = changes.add_subparsers(title="verbs", metavar="VERB", required=True)
    _add_list(verbs)
    _add_stage(verbs)
    _add_commit(verbs)
    _add_discard(verbs)


def _add_list(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "list",
        help="what is staged, and what it would come to",
        description="Prints what is staged, field by field, and what stands in the way of a commit.",
        epilog=examples("shellback changes list", "shellback changes list --json"),
    )
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_CHANGES}:list_changes")


def _add_stage(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "stage",
        help="put an edit into the changeset",
        description=(
            "Puts an edit into the changeset instead of saving it. A user who is staged already keeps the other\n"
            "fields. Nothing is written to the database."
        ),
        epilog=examples(
            "shellback changes stage alice --set username=alice.jones --set email=aj@example.com",
            "shellback changes stage 4711 --set expires_at=2027-01-31",
        ),
    )
    add_user(parser)
    parser.add_argument(
        "--set",
        dest="values",
        type=assignment,
        action="append",
        required=True,
        metavar="FIELD=VALUE",
        help="a field to change; may be repeated",
    )
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_CHANGES}:stage")


def _add_commit(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "commit",
        help="write everything that is staged, or nothing",
        description=(
            "Writes everything that is staged in one transaction. One row that changed meanwhile, is gone or\n"
            "forbidden stops all of it, and every such row is named (exit 4, or 3 where a rule forbids it)."
        ),
        epilog=examples(
            "shellback changes commit --dry-run",
            "shellback changes commit --yes --reason 'renaming day' --ticket OPS-7",
        ),
    )
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_CHANGES}:commit")


def _add_discard(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "discard",
        help="drop what is staged",
        description="Drops what is staged: of these users, or all of it. Nothing is written to the database.",
        epilog=examples("shellback changes discard alice", "shellback changes discard --yes"),
    )
    parser.add_argument("users", nargs="*", metavar="USER", help="an id or a username; all by default")
    add_consent(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_CHANGES}:discard")
