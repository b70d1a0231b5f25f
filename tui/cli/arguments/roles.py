"""What may be typed behind `shellback roles`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, add_user, add_write, examples

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_ROLES = "tui.cli.commands.roles"


def add_roles(commands: Subparsers) -> None:
    """`roles` and its verbs."""
    roles = commands.add_parser(
        "roles",
        help="list roles; grant and revoke them",
        description="Roles, what each allows, and who holds them. Permissions come from roles only.",
        epilog=examples(
            "shellback roles list",
            "shellback roles grant alice support --reason 'joins the desk'",
            "shellback users list role:support",
        ),
    )
    verbs = roles.add_subparsers(title="verbs", metavar="VERB", required=True)
    listing = verbs.add_parser(
        "list",
        help="every role with its permissions",
        description="Prints every role and what it allows.",
        epilog=examples("shellback roles list --json"),
    )
    add_json(listing)
    add_connection(listing)
    listing.set_defaults(command=f"{_ROLES}:list_roles")
    show = verbs.add_parser(
        "show",
        help="one role",
        description="Prints one role: each permission in words. Who holds it: shellback users list role:NAME",
        epilog=examples("shellback roles show support"),
    )
    show.add_argument("role", metavar="ROLE")
    add_json(show)
    add_connection(show)
    show.set_defaults(command=f"{_ROLES}:show_role")
    for name, summary, description in (
        ("grant", "give a user a role", "Gives a user a role. You grant only what you hold yourself."),
        ("revoke", "take a role from a user", "Takes a role from a user. The other roles stay."),
    ):
        parser = verbs.add_parser(
            name,
            help=summary,
            description=description,
            epilog=examples(f"shellback roles {name} alice support", f"shellback roles {name} 4711 auditor --dry-run"),
        )
        add_user(parser)
        parser.add_argument("role", metavar="ROLE")
        add_write(parser)
        add_json(parser)
        add_connection(parser)
        parser.set_defaults(command=f"{_ROLES}:{name}")
