"""`shellback views list|save|rename|share|unshare|delete`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from models.operations import (
    Plan,
    ViewContent,
    plan_change_view,
    plan_delete_view,
    plan_rename_view,
    plan_save_view,
    plan_share_view,
    plan_unshare_view,
)
from models.permissions import Codename
from tui.browse.lists.columns import parse_columns
from tui.browse.lists.orders import Order, parse_order
from tui.browse.lists.pages import open_source
from tui.browse.lists.views import View, Whose, find_view, load_views
from tui.browse.search.query import parse
from tui.cli.consent import check_can_ask
from tui.cli.exits import Exit
from tui.cli.failure import Failure, refused, usage
from tui.cli.output import document, table
from tui.cli.running import Session, signed_in
from tui.cli.words import leading_minus
from tui.cli.writing import carry_out

if TYPE_CHECKING:
    import argparse

_Planner: TypeAlias = Callable[["argparse.Namespace", Session, View], Awaitable[Plan]]


def list_views(args: argparse.Namespace) -> int:
    """`views list`."""
    return signed_in(args, _list, Codename.USERS_VIEW)


def save(args: argparse.Namespace) -> int:
    """`views save`. Query, order and columns are checked before anything is opened, roles before anything is kept."""
    check_can_ask(args)
    query, order = parse(args.query), parse_order(leading_minus(args.order)) if args.order else None
    columns = parse_columns(args.columns) if args.columns else None
    content = ViewContent(str(query), columns, str(order) if order else None)

    async def body(args: argparse.Namespace, session: Session) -> int:
        await open_source(query, order or Order())
        found = find_view(await load_views(session.who.actor.user_id), args.view) if args.replace else None
        if found is None:
            plan = await plan_save_view(
                session.who.actor, args.view, content, shared=args.share, reason=args.reason, ticket=args.ticket
            )
            return await carry_out(args, session.database, plan, "Save the view")
        if args.share:
            raise usage(f"The view {found.name} is there already: share it with `shellback views share`.")
        plan = await plan_change_view(
            session.who.actor, _changeable(found), content, reason=args.reason, ticket=args.ticket
        )
        return await carry_out(args, session.database, plan, "Change the view")

    return signed_in(args, body, Codename.USERS_VIEW)


def rename(args: argparse.Namespace) -> int:
    """`views rename`."""
    return _write(args, "Rename the view", _rename)


def share(args: argparse.Namespace) -> int:
    """`views share`."""
    return _write(args, "Share the view", _share)


def unshare(args: argparse.Namespace) -> int:
    """`views unshare`."""
    return _write(args, "Keep to its owner the view", _unshare)


def delete(args: argparse.Namespace) -> int:
    """`views delete`."""
    return _write(args, "Delete the view", _delete)


async def view_named(name: str, session: Session) -> View:
    """The view of a name that this person can open. Raises `Failure` (not found)."""
    found = find_view(await load_views(session.who.actor.user_id), name)
    if found is None:
        raise Failure(f"There is no view {name}.", Exit.FAILED, kind="not_found")
    return found


async def _list(args: argparse.Namespace, session: Session) -> int:
    views = await load_views(session.who.actor.user_id)
    if args.json:
        document({"views": [view.as_json() for view in views]})
        return Exit.DONE
    table(("VIEW", "WHOSE", "QUERY"), [(view.name, _whose(view), view.query or "-") for view in views])
    return Exit.DONE


def _whose(view: View) -> str:
    if view.whose is Whose.OWN:
        return "yours, shared" if view.is_shared else "yours"
    return view.owner or "built-in"


def _write(args: argparse.Namespace, question: str, planner: _Planner) -> int:
    check_can_ask(args)

    async def body(args: argparse.Namespace, session: Session) -> int:
        plan = await planner(args, session, await view_named(args.view, session))
        return await carry_out(args, session.database, plan, question)

    return signed_in(args, body, Codename.USERS_VIEW)


async def _rename(args: argparse.Namespace, session: Session, view: View) -> Plan:
    actor = session.who.actor
    return await plan_rename_view(actor, _changeable(view), args.name, reason=args.reason, ticket=args.ticket)


async def _share(args: argparse.Namespace, session: Session, view: View) -> Plan:
    return await plan_share_view(session.who.actor, _changeable(view), reason=args.reason, ticket=args.ticket)


async def _unshare(args: argparse.Namespace, session: Session, view: View) -> Plan:
    return await plan_unshare_view(session.who.actor, _changeable(view), reason=args.reason, ticket=args.ticket)


async def _delete(args: argparse.Namespace, session: Session, view: View) -> Plan:
    return await plan_delete_view(session.who.actor, _changeable(view), reason=args.reason, ticket=args.ticket)


def _changeable(view: View) -> int:
    if view.whose is Whose.BUILT_IN:
        raise refused(f"{view.name} is a built-in view, which nobody changes. Save its query under another name.")
    return view.id
