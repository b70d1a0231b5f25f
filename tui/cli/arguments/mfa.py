"""What may be typed behind `shellback mfa` (one's own authenticators) and `shellback users mfa` (somebody else's)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, add_secret, add_user, add_write, examples
from tui.cli.arguments.values import positive

if TYPE_CHECKING:
    import argparse

    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_MFA = "tui.cli.commands.mfa"
_USERS_MFA = "tui.cli.commands.users.mfa"


def add_mfa(commands: Subparsers) -> None:
    """`mfa` and its verbs."""
    mfa = commands.add_parser(
        "mfa",
        help="your own authenticators, and their key",
        description="The authenticators of whoever is signed in: sign-in asks for a code of one after the password.",
        epilog=examples("shellback mfa add telephone", "shellback mfa list", "shellback mfa remove 3"),
    )
    verbs = mfa.add_subparsers(title="verbs", metavar="VERB", required=True)
    _add_list(verbs)
    _add_add(verbs)
    _add_confirm(verbs)
    _add_remove(verbs)
    _add_new_key(verbs)


def _add_list(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "list",
        help="your authenticators",
        description="Prints your authenticators, never their secrets.",
        epilog=examples("shellback mfa list", "shellback mfa list --json"),
    )
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_MFA}:list_own")


def _add_add(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "add",
        help="add an authenticator to your sign-in",
        description=(
            "Shows a QR code for an authenticator app and the same as text, once, and asks for the first code. Your\n"
            "password is asked before. Without its first code it is not asked for at sign-in, and is void after\n"
            "15 minutes."
        ),
        epilog=examples(
            "shellback mfa add telephone",
            "shellback mfa add vault --porcelain --password-stdin < secret | vault-import && shellback mfa confirm",
        ),
    )
    parser.add_argument("name", metavar="NAME", help="what the list calls it")
    add_secret(parser, "your password")
    parser.add_argument(
        "--porcelain",
        action="store_true",
        help="print the otpauth:// text to standard output and nothing else there; mfa confirm gives the first code",
    )
    add_connection(parser)
    parser.set_defaults(command=f"{_MFA}:add")


def _add_confirm(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "confirm",
        help="give the first code of the authenticator that was added",
        description="Confirms the authenticator that was added last by a code of it, typed or read from a pipe.",
        epilog=examples("shellback mfa confirm", "shellback mfa confirm --code-stdin < code"),
    )
    parser.add_argument("--code-stdin", action="store_true", help="read the code from standard input, one line")
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_MFA}:confirm")


def _add_remove(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "remove",
        help="remove one of your authenticators",
        description="Removes one of your authenticators. Your password is asked. Without any, it alone signs you in.",
        epilog=examples("shellback mfa remove 3", "shellback mfa remove 3 --password-stdin < secret"),
    )
    parser.add_argument("factor", type=positive, metavar="ID", help="its id, as mfa list prints it")
    add_secret(parser, "your password")
    add_json(parser)
    add_connection(parser)
    parser.set_defaults(command=f"{_MFA}:remove")


def _add_new_key(verbs: Subparsers) -> None:
    parser = verbs.add_parser(
        "new-key",
        help="make the key of authenticators, or the next one",
        description=(
            "Writes a new random key as the last line of FILE (0600): it encrypts from now on, and the keys before go\n"
            "on opening what they sealed. Name FILE as mfa_key_file in the profile. No database is opened."
        ),
        epilog=examples("shellback mfa new-key ~/.config/shellback/mfa.key"),
    )
    parser.add_argument("file", metavar="FILE", help="made if it is not there")
    parser.set_defaults(command=f"{_MFA}:new_key")


def add_users_mfa(verbs: Subparsers) -> None:
    """`users mfa list|reset`."""
    mfa = verbs.add_parser(
        "mfa",
        help="the authenticators of a user: list, reset",
        description="The authenticators of a user.",
        epilog=examples("shellback users mfa list alice", "shellback users mfa reset alice --reason 'lost telephone'"),
    )
    below = mfa.add_subparsers(title="verbs", metavar="VERB", required=True)
    listing = below.add_parser(
        "list",
        help="the authenticators of a user",
        description="Prints the authenticators of a user, and whether their codes can be verified here.",
        epilog=examples("shellback users mfa list alice", "shellback users mfa list 4711 --json"),
    )
    add_user(listing)
    add_json(listing)
    add_connection(listing)
    listing.set_defaults(command=f"{_USERS_MFA}:list_factors")
    reset = below.add_parser(
        "reset",
        help="remove authenticators of a user",
        description=(
            "Removes all authenticators of a user, or those of --factor: for somebody who lost the telephone. Without\n"
            "any the password alone signs in, until one is enrolled anew."
        ),
        epilog=examples(
            "shellback users mfa reset alice --reason 'lost telephone'", "shellback users mfa reset 4711 --factor 3"
        ),
    )
    add_user(reset)
    reset.add_argument(
        "--factor",
        dest="factors",
        type=positive,
        action="append",
        metavar="ID",
        help="this one only; may be given several times",
    )
    add_write(reset)
    add_json(reset)
    add_connection(reset)
    reset.set_defaults(command=f"{_USERS_MFA}:reset_factors")
