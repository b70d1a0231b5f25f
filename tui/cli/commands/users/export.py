"""`shellback users export`: users as CSV or JSON Lines, to a file or a pipe."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from models.permissions import Codename
from tui.browse.lists.orders import parse_order
from tui.browse.search.query import parse
from tui.cli.exporting import export_told, exported
from tui.cli.failure import usage
from tui.cli.replica import read_from, reads_of
from tui.cli.running import Session, signed_in
from tui.cli.words import leading_minus
from tui.transfer.columns import parse_columns
from tui.transfer.errors import TransferError
from tui.transfer.export import ExportRequest, export_users
from tui.transfer.sheets import Format, format_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Awaitable, Callable

    from tui.transfer.recorded import Exported, ExportProgress


def export(args: argparse.Namespace) -> int:
    """`users export`."""
    try:
        request = _request(args)
    except TransferError as error:
        raise usage(error.sentence) from None

    async def body(args: argparse.Namespace, session: Session) -> int:
        placed = replace(request, reads=await reads_of(args, session))
        return await exported(session, lambda: _export(args, placed, session))

    return signed_in(args, body, Codename.USERS_VIEW, Codename.USERS_EXPORT)


def _request(args: argparse.Namespace) -> ExportRequest:
    path = None if args.output == "-" else Path(args.output)
    if path is None and args.json:
        raise usage("--json prints how it went where the rows would go: name a file with --output.")
    if args.ids is not None and args.query:
        raise usage("Either a query or --ids says whom to export, not both.")
    return ExportRequest(
        parse(args.query),
        parse_order(leading_minus(args.order)),
        parse_columns(args.columns),
        Format(args.format) if args.format else format_of(path),
        path,
        None if args.ids is None else _ids(args.ids),
        args.force,
        args.reason,
        args.ticket,
    )


def _ids(text: str) -> tuple[int, ...]:
    words = (sys.stdin.read() if text == "-" else text).replace(",", " ").split()
    if not words or not all(word.isascii() and word.isdigit() and int(word[:11]) < 2**31 for word in words):
        raise usage("--ids takes numbers with commas between them, or - to read them from standard input.")
    return tuple(dict.fromkeys(map(int, words)))


async def _export(args: argparse.Namespace, request: ExportRequest, session: Session) -> int:
    def start(tell: Callable[[ExportProgress], object]) -> Awaitable[Exported]:
        return export_users(request, session.who.actor, tell)

    def more() -> dict[str, object]:
        return {"columns": [column.name for column in request.columns], **read_from(request.reads)}

    return await export_told(args, session, start, "row", request.format, more)
