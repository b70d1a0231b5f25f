"""`shellback users list`: a page of users, by key range."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from models.operations.plan import json_value
from models.permissions import Codename
from tui.browse.lists.columns import extras_of, parse_columns
from tui.browse.lists.orders import Order, parse_order
from tui.browse.lists.pages import open_source
from tui.browse.search.query import Query, parse
from tui.cli.commands.views import view_named
from tui.cli.exits import Exit
from tui.cli.listed import DEFAULT, cells, chosen_json, header, numbers
from tui.cli.output import document, note, table
from tui.cli.page_keys import print_key, read_key
from tui.cli.replica import read_from, reads_of
from tui.cli.running import Session, signed_in
from tui.cli.words import leading_minus

if TYPE_CHECKING:
    import argparse

    from tui.browse.lists.pages import UserSource
    from tui.browse.lists.rows import Position, UserRow
    from tui.database.replica.reads import Reads


def list_users(args: argparse.Namespace) -> int:
    """`users list`."""
    # All are checked before anything is opened: what was typed wrongly costs nobody a connection.
    query = parse(args.query)
    order = parse_order(leading_minus(args.order)) if args.order else None
    columns = parse_columns(args.columns) if args.columns else None

    async def body(args: argparse.Namespace, session: Session) -> int:
        if args.view is None:
            return await _list(args, await reads_of(args, session), query, order or Order(), columns)
        view = await view_named(args.view, session)
        both = Query((*parse(view.query).terms, *query.terms))
        by = order or view.parsed_order() or Order()
        return await _list(args, await reads_of(args, session), both, by, columns, view.chosen_columns())

    return signed_in(args, body, Codename.USERS_VIEW)


async def _list(
    args: argparse.Namespace,
    reads: Reads,
    query: Query,
    order: Order,
    named: tuple[str, ...] | None,
    of_view: tuple[str, ...] | None = None,
) -> int:
    """A page. The columns of a view are those of the table; a document has all of a user unless some are named."""
    shown = named or of_view or DEFAULT
    source = replace(await open_source(query, order, reads), extras=extras_of(named or () if args.json else shown))
    origin = None
    if args.after is not None:
        origin = read_key(args.after, str(query), str(order), segments=len(source.access.stretches))
    rows, edge = await _page(source, origin, args.limit)
    following = print_key(edge, str(query), str(order)) if edge else None
    if args.json:
        users = [chosen_json(row, named, source.now) if named else user_json(row) for row in rows]
        document({"users": users, "next": following, **read_from(reads)})
        return Exit.DONE
    table(header(shown), [cells(row, shown, source.now) for row in rows], right=numbers(shown))
    if not rows:
        note(f"Nobody matches: {query.words()}.")
    if following:
        note(f"more: --after {following}")
    return Exit.DONE


async def _page(source: UserSource, origin: Position | None, limit: int) -> tuple[list[UserRow], Position | None]:
    """Up to `limit` rows and where to go on. A search that scans is followed until it is full or at the end.

    One row more than asked for is looked for, so that a `next` always leads to a row.
    """
    rows: list[UserRow] = []
    edge = origin
    while len(rows) <= limit:
        page = await source.page(edge, limit + 1 - len(rows), forward=True)
        rows += page.rows
        edge = page.edge
        if edge is None:
            return rows, None
    return rows[:limit], rows[limit - 1].position


def user_json(row: UserRow) -> dict[str, Any]:
    """A row of the list as the documents have it."""
    return {
        "id": row.id,
        "username": row.username,
        "email": row.email,
        "full_name": row.full_name,
        "is_active": row.is_active,
        "is_superuser": row.is_superuser,
        "must_change_password": row.must_change_password,
        "expires_at": json_value(row.expires_at),
        "password_expires_at": json_value(row.password_expires_at),
        "deleted_at": json_value(row.deleted_at),
        "locked_until": json_value(row.locked_until),
        "created_at": json_value(row.created_at),
        "last_login_at": json_value(row.last_login_at),
        "version": row.version,
        "roles": list(row.roles),
    }
