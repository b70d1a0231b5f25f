"""What may be typed behind `shellback roles`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, add_user, add_write, examples
from tui.cli.arguments.values import page_size, positive

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_ROLES = "tui.cli.commands.roles"
_WRITES = "tui.cli.commands.roles_write"

_EDIT = """\
Changes a role: only what is given, the rest stays. You put into a role and take out of it only what you hold yourself,
and a role that you could not grant you cannot widen. What it would do to whom is printed before it is done.
"""


def add_roles(commands: Subparsers) -> None:
    """`roles` and its verbs."""
    roles = commands.add_parser(
        "roles",
        help="list, make and change roles; grant and revoke them",
        description="Roles, what each allows, and who holds them. Permissions come from roles only.",
        epilog=examples(
            "shellback roles list",
            "shellback roles create desk --allow users.view,users.unlock --reason 'the new desk'",
            "shellback roles edit desk --allow users.reset_password --dry-run",
            "shellback roles grant alice support --until 30d --reason 'stands in for tom'",
            "shellback roles holders support",
        ),
    )
    verbs = roles.add_subparsers(title="verbs", metavar="VERB", required=True)
    _add_reads(verbs)
    _add_create(verbs)
    _add_edit(verbs)
    delete = _add_verb(
        verbs,
        "delete",
        "delete a role that nobody holds",
        "Deletes a role. Refused while somebody holds it; a system role stays.",
        "shellback roles delete desk",
    )
    _finish(delete, f"{_WRITES}:delete")
    add_grants(verbs)


def add_grants(verbs: Subparsers) -> None:
    """`grant` and `revoke`."""
    grant = verbs.add_parser(
        "grant",
        help="give a user a role, or another end",
        description="Gives a user a role, for good or until a time. You grant only what you hold yourself.\n"
        "With --until, who has the role already keeps it until then: renewed, shortened, or for good (never).",
        epilog=examples(
            "shellback roles grant alice support",
            "shellback roles grant alice support --until 30d",
            "shellback roles grant 4711 auditor --until '2027-01-31 18:00' --dry-run",
            "shellback roles grant alice support --until never",
        ),
    )
    revoke = verbs.add_parser(
        "revoke",
        help="take a role from a user",
        description="Takes a role from a user. The other roles stay.",
        epilog=examples("shellback roles revoke alice support", "shellback roles revoke 4711 auditor --dry-run"),
    )
    for parser in (grant, revoke):
        add_user(parser)
        _add_role(parser)
    grant.add_argument(
        "--until", metavar="TIME", help="when it ends: 30d, 12h or 2w from now, a date or time (UTC), or never"
    )
    _finish(grant, f"{_ROLES}:grant")
    _finish(revoke, f"{_ROLES}:revoke")


def _add_reads(verbs: Subparsers) -> None:
    listing = verbs.add_parser(
        "list",
        help="every role with its permissions",
        description="Prints every role, how many hold it, and what it allows. A system role with a * differs\n"
        "from what it was seeded with: `roles show` says how.",
        epilog=examples("shellback roles list --json"),
    )
    add_json(listing)
    add_connection(listing)
    listing.set_defaults(command=f"{_ROLES}:list_roles")
    show = _add_verb(
        verbs, "show", "one role", "Prints one role: each permission in words.", "shellback roles show support"
    )
    add_json(show)
    add_connection(show)
    show.set_defaults(command=f"{_ROLES}:show_role")
    holders = _add_verb(
        verbs,
        "holders",
        "who holds a role",
        "Prints who holds a role, by id: who granted it, when, and until when. Expired grants are marked.",
        "shellback roles holders support --limit 100",
        "shellback roles holders support --after 4711 --json",
    )
    holders.add_argument("--limit", type=page_size, default=100, metavar="N", help="how many at most (100)")
    holders.add_argument("--after", type=positive, default=0, metavar="ID", help="go on behind this user")
    add_json(holders)
    add_connection(holders)
    holders.set_defaults(command=f"{_ROLES}:holders")


def _add_create(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "create",
        help="make a role",
        description="Makes a role, held by nobody until it is granted. You put into it only what you hold yourself.",
        epilog=examples("shellback roles create desk --allow users.view,users.unlock --description 'Front desk'"),
    )
    parser.add_argument("name", metavar="NAME", help="letters, digits, spaces and . _ - + & /")
    parser.add_argument("--description", default="", metavar="TEXT", help="what it is for")
    _add_codenames(parser, "--allow", "what it allows, with commas between them; may be given again")
    _finish(parser, f"{_WRITES}:create")


def _add_edit(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "edit",
        help="change what a role allows and is called",
        description=_EDIT,
        epilog=examples(
            "shellback roles edit desk --allow users.reset_password --dry-run",
            "shellback roles edit desk --forbid users.unlock,users.export --yes --reason 'too much'",
            "shellback roles edit desk --name 'front desk' --if-version 3",
        ),
    )
    _add_role(parser)
    parser.add_argument("--name", metavar="NAME", help="another name; a system role keeps its own")
    parser.add_argument("--description", metavar="TEXT", help="another description")
    _add_codenames(parser, "--allow", "what it allows from then on")
    _add_codenames(parser, "--forbid", "what it allows no more")
    parser.add_argument("--if-version", type=positive, metavar="N", help="only if the role still has this version")
    _finish(parser, f"{_WRITES}:edit")


def _add_codenames(parser: Parser, option: str, text: str) -> None:
    parser.add_argument(option, action="append", type=_codenames, default=[], metavar="NAMES", help=text)


def _codenames(text: str) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in text.split(",")) if name)


def _add_verb(verbs: Subparsers, verb: str, summary: str, description: str, *lines: str) -> Parser:
    parser = verbs.add_parser(verb, help=summary, description=description, epilog=examples(*lines))
    _add_role(parser)
    return parser


def _add_role(parser: Parser) -> None:
    parser.add_argument("role", metavar="ROLE", help="the name of a role, or its id")


def _finish(parser: Parser, command: str) -> None:
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=command)
