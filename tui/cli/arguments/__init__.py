"""What may be typed. Nothing of the program is imported here, and the commands' own options only where one is typed:
the interface's first paint waits for all of it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

from tui.cli.arguments.shared import Parser, add_connection, add_project
from tui.cli.arguments.values import positive

_DESCRIPTION = """\
The back office of a Tortoise ORM application, in a terminal.

Without a command the interface opens. Each command does one job of it, for scripts and for a prompt.
"""

_EPILOG: Final = """\
first steps:
  shellback --demo                       the interface on a throw-away database
  shellback init --username maria        create the schema and the first superuser
  shellback login --as maria             sign in for the commands below
  shellback users list is:locked
  shellback COMMAND --help               examples of each command

which database:
  --url, else --profile, else $SHELLBACK_DATABASE_URL, else the embedded SQLite database.
  Lists come from the streaming replica of --read-url, the profile's read_url or $SHELLBACK_READ_URL.
  A password never stands in a URL on the command line: use ~/.pgpass, PGPASSFILE or the environment.

who acts:
  `login` keeps a session for one database; $SHELLBACK_TOKEN replaces it in automation.
  init, migrate, rescue, doctor and grants need none: their actor is the user of the operating system.

exit codes:
  0 done   1 failed   2 usage   3 refused   4 conflict   5 database unavailable   6 outcome unknown
  `migrate` has its own list: shellback migrate --help
"""


_FLAGS: Final = frozenset({"--demo", "--read-only", "--insecure-tls", "--create"})
_VALUED: Final = frozenset({"--users", "--url", "--read-url", "--profile", "--project"})


_FAMILIES: Final = frozenset({"audit", "changes", "migrate", "roles", "users", "views"})
"""Commands with verbs below them, each in the module of its name."""


def opens_the_interface(argv: Sequence[str]) -> bool:
    """Whether nothing but options of the interface was typed: then no command needs to be known."""
    return _first_word(argv) is None


def _first_word(argv: Sequence[str]) -> str | None:
    """The first word that is no option of the interface and no value of one; a command, or a mistake."""
    words = iter(argv)
    for word in words:
        name, equals, _ = word.partition("=")
        if name in _VALUED:
            if not equals:
                next(words, None)
        elif word not in _FLAGS:
            return word
    return None


def build_parser(*, commands: bool = True, argv: Sequence[str] = ()) -> Parser:
    """The parser. `command` of what it parses is `module:function`, or None for the interface.

    Without `commands` it knows the options of the interface alone, and is built ten times as fast. Where `argv` begins
    with a command that is a family, it knows that one only: the others are 30 ms that a script would wait for.
    """
    parser = Parser(
        prog="shellback",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        usage="shellback [options] [COMMAND ...]",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    parser.add_argument(
        "--print-completion",
        action=_Completion,
        choices=("bash", "zsh"),
        help="print a completion script for this shell",
    )
    interface = parser.add_argument_group("interface")
    interface.add_argument("--demo", action="store_true", help="open a throw-away database, signed in")
    interface.add_argument(
        "--users", dest="demo_users", type=positive, metavar="N", help="people in the demo's database (10000)"
    )
    interface.add_argument("--create", action="store_true", help="make the SQLite file of --url if it is not there")
    add_project(interface, top=True)
    add_connection(parser, top=True)
    parser.set_defaults(command=None, json=False)
    if commands:
        _add_commands(parser, _first_word(argv))
    return parser


def _add_commands(parser: Parser, typed: str | None) -> None:
    below = parser.add_subparsers(title="commands", metavar="COMMAND", prog="shellback", parser_class=Parser)
    if typed in _FAMILIES:
        getattr(import_module(f"tui.cli.arguments.{typed}"), f"add_{typed}")(below)
        return
    from tui.cli.arguments.audit import add_audit
    from tui.cli.arguments.changes import add_changes
    from tui.cli.arguments.doctor import add_doctor
    from tui.cli.arguments.grants import add_grants
    from tui.cli.arguments.mfa import add_mfa
    from tui.cli.arguments.migrate import add_migrate
    from tui.cli.arguments.own import add_own
    from tui.cli.arguments.rescue import add_rescue
    from tui.cli.arguments.roles import add_roles
    from tui.cli.arguments.settle import add_settle
    from tui.cli.arguments.sign_in import add_sign_in
    from tui.cli.arguments.users import add_users
    from tui.cli.arguments.views import add_views

    for add in (
        add_sign_in,
        add_own,
        add_mfa,
        add_users,
        add_changes,
        add_views,
        add_roles,
        add_migrate,
        add_audit,
        add_settle,
        add_rescue,
        add_doctor,
        add_grants,
    ):
        add(below)


def check(parser: Parser, argv: Sequence[str], args: argparse.Namespace) -> None:
    """Ends with a mistake where bytes are no text, and where an option stands before a command that has no use for it:
    none is dropped silently.
    """
    if any("\ud800" <= character <= "\udfff" for word in argv for character in word):
        parser.error("what was typed is not text in the encoding of this terminal (see locale)")
    if args.command is None:
        return
    useless = [("--demo", args.demo), ("--users", args.demo_users)]
    if not args.command.startswith("tui.cli.commands.migrate."):
        useless.append(("--project", args.project))
    if not args.command.startswith("tui.cli.commands.init:"):
        useless.append(("--create", args.create))
    for option, value in useless:
        if value:
            parser.error(f"{option} has no meaning for this command")


class _Version(argparse.Action):
    """Reads the version of the installed distribution only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        sys.stdout.write(f"shellback {version('shellback')}\n")
        parser.exit()


class _Completion(argparse.Action):
    """Lets shtab write the script from the parser itself, so that it never lags behind."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,  # noqa: ARG002 - argparse's signature
        values: str | Sequence[Any] | None,
        option_string: str | None = None,  # noqa: ARG002 - argparse's signature
    ) -> None:
        import shtab

        sys.stdout.write(shtab.complete(parser, shell=str(values)))
        parser.exit()
