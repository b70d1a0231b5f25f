"""What may be typed behind `shellback views`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.query import QUERY_HELP, add_query
from tui.cli.arguments.shared import add_connection, add_json, add_write, examples

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_VIEWS = "tui.cli.commands.views"


def add_views(commands: Subparsers) -> None:
    """`views` and its verbs."""
    views = commands.add_parser(
        "views",
        help="named searches: list, save, share and delete them",
        description="Views are named searches of users. Yours are yours alone until you share them; then everybody\n"
        "who may see users can open them. Built-in ones are always there.",
        epilog=examples(
            "shellback views list",
            "shellback users list --view 'locked now'",
            "shellback views save 'new this week' 'created:<7d' --order created- --share",
        ),
    )
    verbs = views.add_subparsers(title="verbs", metavar="VERB", required=True)
    listing = verbs.add_parser(
        "list",
        help="the views that you can open",
        description="Prints the built-in views, yours, and those that others share.",
        epilog=examples("shellback views list --json"),
    )
    add_json(listing)
    add_connection(listing)
    listing.set_defaults(command=f"{_VIEWS}:list_views")
    _add_save(verbs)
    rename = _add_verb(verbs, "rename", "give a view another name", "shellback views rename 'new this week' newcomers")
    rename.add_argument("name", metavar="NEW", help="the new name")
    _add_verb(verbs, "share", "let everybody who may see users open it", "shellback views share newcomers")
    _add_verb(verbs, "unshare", "keep a shared view to its owner again", "shellback views unshare newcomers")
    _add_verb(verbs, "delete", "delete a view", "shellback views delete newcomers --yes")


def _add_save(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "save",
        help="keep a search under a name",
        description="Keeps a search of users under a name, with an order and columns where they are given.\n\n"
        + QUERY_HELP,
        epilog=examples(
            "shellback views save 'new this week' 'created:<7d' --order created-",
            "shellback views save 'new this week' 'created:<14d' --replace",
        ),
    )
    parser.add_argument("view", metavar="NAME", help="the name of the view")
    add_query(parser, "whom it lists; everybody by default")
    parser.add_argument("--order", default="", metavar="ORDER", help="the order; created- is reversed")
    parser.add_argument("--columns", default="", metavar="NAMES", help="the columns, with commas between them")
    parser.add_argument("--share", action="store_true", help="let everybody who may see users open it")
    parser.add_argument("--replace", action="store_true", help="change the view of this name if there is one")
    _finish(parser, "save")


def _add_verb(verbs: Subparsers, verb: str, summary: str, example: str) -> Parser:
    description = f"{summary[0].upper()}{summary[1:]}. A shared view is changed by its owner or a superuser."
    parser = verbs.add_parser(verb, help=summary, description=description, epilog=examples(example))
    parser.add_argument("view", metavar="VIEW", help="the name of the view; yours before a shared one")
    _finish(parser, verb)
    return parser


def _finish(parser: Parser, verb: str) -> None:
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_VIEWS}:{verb}")
