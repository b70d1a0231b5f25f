"""What may be typed behind `shellback audit verify` and `shellback audit archive`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.arguments.shared import add_connection, add_json, add_write, examples
from tui.cli.arguments.values import positive

if TYPE_CHECKING:
    from tui.cli.arguments.shared import Parser

    Subparsers = argparse._SubParsersAction[Parser]

_CHAIN = "tui.cli.commands.audit_chain"

_VERIFIED = """\
Reads every row of the trail and checks that it is as it was written and follows the one before; then compares the
anchors that were kept outside the database, which show what cannot be noticed from inside: rows cut from the end, and a
trail that was computed anew. Names the first bad row and every anchor that disagrees (exit 1). What was archived is
checked in its file, with --archive.
"""

_ARCHIVED = """\
Moves the oldest rows into a new file that only you may read: writes it, reads it again from the disk and checks its
chain, then notes the archive and deletes exactly those rows in one transaction. The chain goes on, and `audit verify`
begins behind them. Interrupted, either nothing was done, or the same command again does the rest. Only a superuser may.
"""


def add_chain(verbs: Subparsers) -> None:
    """`audit verify` and `audit archive`."""
    verify = verbs.add_parser(
        "verify",
        help="check the chain and its anchors",
        description=_VERIFIED,
        epilog=examples(
            "shellback audit verify",
            "shellback audit verify --anchors /mnt/worm/anchors.jsonl",
            "shellback audit verify --since 120000 --json",
            "shellback audit verify --archive audit-2025.jsonl",
        ),
    )
    verify.add_argument(
        "--anchors",
        metavar="FILE",
        help="compare the anchors of this file, also lines of a journal; else this machine's",
    )
    verify.add_argument("--since", type=positive, metavar="SEQ", help="check only the rows from this sequence on")
    verify.add_argument("--archive", metavar="FILE", help="check the file of an archive instead of the trail")
    add_json(verify)
    add_connection(verify)
    verify.set_defaults(command=f"{_CHAIN}:verify")

    archive = verbs.add_parser(
        "archive",
        help="move the oldest rows into a file",
        description=_ARCHIVED,
        epilog=examples(
            "shellback audit archive --keep 400d --to audit-2025.jsonl --dry-run",
            "shellback audit archive --before 2026-01-01 --to audit-2025.jsonl",
        ),
    )
    archive.add_argument("--before", metavar="DATE", help="what was recorded before this day or moment")
    archive.add_argument("--keep", metavar="SPAN", help="what is older than this: 400d, 18mo, 2y")
    archive.add_argument("--to", required=True, metavar="FILE", help="the new file, JSON Lines")
    add_write(archive)
    add_json(archive)
    add_connection(archive)
    archive.set_defaults(command=f"{_CHAIN}:archive")
