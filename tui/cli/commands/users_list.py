"""`shellback users list`: a page of users, by key range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.operations.plan import json_value
from models.permissions import Codename
from tui.browse.orders import parse_order
from tui.browse.pages import open_source
from tui.browse.query import parse
from tui.cli.exits import Exit
from tui.cli.output import document, note, table
from tui.cli.page_keys import print_key, read_key
from tui.cli.running import Session, signed_in
from tui.cli.words import leading_minus, minute, state

if TYPE_CHECKING:
    import argparse

    from tui.browse.orders import Order
    from tui.browse.pages import UserSource
    from tui.browse.query import Query
    from tui.browse.rows import Position, UserRow


def list_users(args: argparse.Namespace) -> int:
    """`users list`."""
    # Both are checked before anything is opened: what was typed wrongly costs nobody a connection.
    query, order = parse(args.query), parse_order(leading_minus(args.order))

    async def body(args: argparse.Namespace, _: Session) -> int:
        return await _list(args, query, order)

    return signed_in(args, body, Codename.USERS_VIEW)


async def _list(args: argparse.Namespace, query: Query, order: Order) -> int:
    source = await open_source(query, order)
    origin = None
    if args.after is not None:
        origin = read_key(args.after, str(query), str(order), segments=len(source.access.stretches))
    rows, edge = await _page(source, origin, args.limit)
    following = print_key(edge, str(query), str(order)) if edge else None
    if args.json:
        document({"users": [user_json(row) for row in rows], "next": following})
        return Exit.DONE
    table(
        ("ID", "USERNAME", "STATE", "ROLES", "LAST LOGIN (UTC)"),
        [(r.id, r.username, state(r, source.now), ", ".join(r.roles) or "-", minute(r.last_login_at)) for r in rows],
        right=("ID",),
    )
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
