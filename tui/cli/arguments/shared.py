"""The parser itself, and the options that several commands share.

Options of the connection are taken before and after the command: `shellback --url U users list` and
`shellback users list --url U` are the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import groupby
from textwrap import wrap
from typing import Any, NoReturn

from tui.cli.arguments.values import reason, ticket
from tui.cli.exits import Exit

WHY_NOT_ARGV = "every user of this machine can read the command line"


class Help(argparse.RawDescriptionHelpFormatter):
    """Keeps what is indented (examples, lists) as it was written, and fits the other lines to the terminal."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        filled: list[str] = []
        for indented, lines in groupby(text.splitlines(), lambda line: not line or line[0].isspace()):
            paragraph = list(lines)
            filled += paragraph if indented else wrap(" ".join(paragraph), max(width, 40))
        return "\n".join(indent + line if line else line for line in filled)


class Parser(argparse.ArgumentParser):
    """Never guesses an abbreviation, and ends with one line and the way to the help."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", Help)
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        from tui.sanitise import sanitise, without_passwords

        sys.stderr.write(f"shellback: {sanitise(without_passwords(message))}\nTry: {self.prog} --help\n")
        sys.exit(Exit.USAGE)


class RefuseSecret(argparse.Action):
    """An option that takes a secret from argv elsewhere: known, so that the person is told why it is not here."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,  # noqa: ARG002 - argparse's signature
        values: str | Sequence[Any] | None,  # noqa: ARG002 - never repeated
        option_string: str | None = None,
    ) -> NoReturn:
        parser.error(f"{option_string} is not taken: {WHY_NOT_ARGV}. Use --password-stdin, or answer the prompt")


def add_connection(parser: argparse.ArgumentParser, *, top: bool = False) -> None:
    """Which database. Below the top the options leave no default, so that they do not undo what stood before."""
    group = parser.add_argument_group("connection")
    default = None if top else argparse.SUPPRESS
    group.add_argument("--profile", metavar="NAME", default=default, help="a profile of the configuration file")
    group.add_argument(
        "--url",
        metavar="URL",
        default=default,
        help="sqlite:///absolute/path or postgres://user@host:port/db, without a password",
    )
    group.add_argument(
        "--read-url", metavar="URL", default=default, help="a streaming replica of it, which lists are read from"
    )
    group.add_argument(
        "--read-only", action="store_true", default=False if top else argparse.SUPPRESS, help="refuse every write"
    )
    group.add_argument(
        "--insecure-tls",
        action="store_true",
        default=False if top else argparse.SUPPRESS,
        help="accept a server whose certificate cannot be verified",
    )


def add_primary(parser: argparse.ArgumentParser) -> None:
    """Where a list is read."""
    parser.add_argument(
        "--primary", action="store_true", help="read from the primary, also where there is a replica (--read-url)"
    )


def add_project(parser: argparse._ActionsContainer, *, top: bool = False) -> None:
    """Whose migrations."""
    parser.add_argument(
        "--project",
        metavar="DIR",
        default=None if top else argparse.SUPPRESS,
        help="an Aerich project: the directory with its pyproject.toml",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """One document on standard output instead of text."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def add_consent(parser: argparse.ArgumentParser) -> None:
    """How a write is agreed to."""
    group = parser.add_argument_group("writing")
    group.add_argument("--dry-run", action="store_true", help="print what would be done, and do nothing")
    group.add_argument("--yes", action="store_true", help="do not ask; needed where there is no terminal")


def add_write(parser: argparse.ArgumentParser) -> None:
    """What every write of an account takes."""
    add_consent(parser)
    group = parser.add_argument_group("audit")
    group.add_argument("--reason", type=reason, default="", metavar="TEXT", help="why; kept in the audit")
    group.add_argument(
        "--ticket", type=ticket, default="", metavar="TEXT", help="the ticket this belongs to; kept in the audit"
    )


def add_porcelain(parser: argparse.ArgumentParser) -> None:
    """A generated secret on standard output."""
    parser.add_argument(
        "--porcelain",
        action="store_true",
        help="print the generated password or link to standard output and nothing else there "
        "(with --json: in the document)",
    )


def add_user(parser: argparse.ArgumentParser) -> None:
    """Which user."""
    parser.add_argument("user", metavar="USER", help="an id, or a username (name:4711 for a username of digits)")


def add_secret(parser: argparse.ArgumentParser, purpose: str) -> None:
    """A password that a person or a program hands over, never in argv."""
    parser.add_argument("--password-stdin", action="store_true", help=f"read {purpose} from standard input, one line")
    parser.add_argument("--password", nargs="?", action=RefuseSecret, help=argparse.SUPPRESS)


def examples(*lines: str, after: str = "") -> str:
    """The end of a help page."""
    text = "examples:\n" + "\n".join(f"  {line}" for line in lines)
    return f"{text}\n\n{after}" if after else text
