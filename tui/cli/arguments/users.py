"""What may be typed behind `shellback users`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.access import add_lock, add_reset, add_sessions
from tui.cli.arguments.bulk import add_bulk
from tui.cli.arguments.deleting import add_delete, add_restore
from tui.cli.arguments.explaining import add_notes, add_why
from tui.cli.arguments.mfa import add_users_mfa
from tui.cli.arguments.query import QUERY_HELP, add_query
from tui.cli.arguments.shared import (
    add_connection,
    add_json,
    add_porcelain,
    add_primary,
    add_secret,
    add_user,
    add_write,
    examples,
)
from tui.cli.arguments.transfer import add_export, add_import
from tui.cli.arguments.values import assignment, page_size, positive

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_COMMANDS = "tui.cli.commands"


def add_users(commands: Subparsers) -> None:
    """`users` and its verbs."""
    users = commands.add_parser(
        "users",
        help="list, show and change users",
        description="List, show and change users.",
        epilog=examples(
            "shellback users list is:locked --limit 20",
            "shellback users show alice",
            "shellback users reset alice --reason 'caller verified'",
            "shellback users edit 4711 --set email=alice@example.com",
        ),
    )
    verbs = users.add_subparsers(title="verbs", metavar="VERB", required=True)
    _add_list(verbs)
    _add_show(verbs)
    add_why(verbs)
    add_notes(verbs)
    _add_create(verbs)
    _add_edit(verbs)
    add_reset(verbs)
    add_lock(verbs)
    add_sessions(verbs)
    _add_plain_verb(
        verbs,
        "unlock",
        "clear failed sign-ins and the lock",
        "Clears the counters of failed sign-ins and the lock. It never activates: that is `users activate`.",
    )
    _add_plain_verb(
        verbs,
        "revoke-sessions",
        "end all sessions and tokens of a user",
        "Ends every session and voids every token of a user. The account stays as it is: the user may sign in again.",
    )
    _add_plain_verb(
        verbs, "activate", "let a deactivated user in again", "Lets a deactivated user in again. It never unlocks."
    )
    _add_plain_verb(
        verbs,
        "deactivate",
        "keep a user out, ending all sessions",
        "Keeps a user out. Sessions and tokens end in the same transaction.",
    )
    add_users_mfa(verbs)
    add_bulk(verbs)
    add_delete(verbs)
    add_restore(verbs)
    add_export(verbs)
    add_import(verbs)


def _add_list(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "list",
        help="a page of users",
        description="Prints a page of users. The table is read by key, so a far page costs no more than the first.\n\n"
        + QUERY_HELP,
        epilog=examples(
            "shellback users list",
            "shellback users list 'ali is:active' --order created-",
            "shellback users list --query='-has:email created:<90d'",
            "shellback users list --limit 1000 --json",
            "shellback users list --view 'locked now' --columns id,username,locked_until",
            "shellback users list --after KEY      # KEY: the `next` of the page before",
        ),
    )
    add_query(parser, "whom to list; everybody by default")
    parser.add_argument(
        "--order",
        default="",
        metavar="ORDER",
        help="username, email, id, created, last-login, deleted or locked-until; created- is reversed",
    )
    parser.add_argument("--view", metavar="NAME", help="list a view (shellback views list); QUERY narrows it further")
    parser.add_argument("--columns", default="", metavar="NAMES", help="the columns, with commas between them")
    parser.add_argument("--limit", type=page_size, default=50, metavar="N", help="rows on the page (50)")
    parser.add_argument("--after", metavar="KEY", help="continue behind this key")
    add_primary(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.listing:list_users")


def _add_show(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "show",
        help="one user in full",
        description="Prints one user: state, roles with what they allow, sessions, and the latest changes.",
        epilog=examples("shellback users show alice", "shellback users show 4711 --json"),
    )
    add_user(parser)
    parser.add_argument("--history", type=page_size, default=5, metavar="N", help="latest changes to print (5)")
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.show:show_user")


def _add_create(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "create",
        help="add a user",
        description="Adds a user with a generated password, shown once.",
        epilog=examples(
            "shellback users create alice --set email=alice@example.com --set 'full_name=Alice Jones'",
            "shellback users create alice --porcelain --yes | pass insert -e app/alice",
        ),
    )
    parser.add_argument("username", metavar="USERNAME")
    _add_set(parser, "a field of the new user")
    method = parser.add_mutually_exclusive_group()
    method.add_argument("--words", action="store_true", help="generate six words, to be read out on the telephone")
    method.add_argument("--disable-password", action="store_true", help="no password: nobody can sign in with one")
    add_porcelain(parser)
    add_secret(parser, "the password, instead of generating one,")
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.write:create")


def _add_edit(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "edit",
        help="change fields of a user",
        description=(
            "Changes the named fields of a user and no other. Somebody else's change of another field is kept;\n"
            "somebody else's change of the same field is a conflict (exit 4), and nothing is written."
        ),
        epilog=examples(
            "shellback users edit alice --set email=alice@example.com",
            "shellback users edit 4711 --set full_name= --if-version 7",
        ),
    )
    add_user(parser)
    _add_set(parser, "a field and its new value; an empty value clears it", required=True)
    parser.add_argument(
        "--if-version", type=positive, metavar="N", help="only if the user is still at this version (else exit 4)"
    )
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.write:edit")


def _add_plain_verb(verbs: Subparsers, name: str, summary: str, description: str) -> None:
    parser = verbs.add_parser(
        name,
        help=summary,
        description=description,
        epilog=examples(f"shellback users {name} alice --reason '...'", f"shellback users {name} 4711 --yes --json"),
    )
    add_user(parser)
    add_write(parser)
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_COMMANDS}.users.write:{name.replace('-', '_')}")


def _add_set(parser: argparse.ArgumentParser, purpose: str, *, required: bool = False) -> None:
    parser.add_argument(
        "--set",
        dest="values",
        action="append",
        type=assignment,
        default=[],
        required=required,
        metavar="FIELD=VALUE",
        help=f"{purpose}; repeatable",
    )
