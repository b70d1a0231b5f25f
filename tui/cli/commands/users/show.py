"""`shellback users show`: one user in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.operations.plan import json_value
from models.permissions import Codename
from tui.browse.user.detail import load_detail
from tui.cli.accounts import find_account
from tui.cli.exits import Exit
from tui.cli.failure import not_found
from tui.cli.output import document, line, pairs
from tui.cli.running import Session, signed_in
from tui.cli.words import lock_end, minute, state

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from tui.browse.user.detail import Detail
    from tui.browse.user.detail import Session as UserSession
    from tui.browse.user.history import HistoryRow


def show_user(args: argparse.Namespace) -> int:
    """`users show`."""
    return signed_in(args, _show, Codename.USERS_VIEW)


async def _show(args: argparse.Namespace, _: Session) -> int:
    account = await find_account(args.user)
    detail = await load_detail(account.id, changes=args.history)
    if detail is None:  # deleted between the two queries
        raise not_found(args.user)
    if args.json:
        document({"user": detail_json(detail)})
        return Exit.DONE
    line(f"{account.username} #{account.id}  {state(detail, detail.now)}")
    pairs(_facts(detail), indent="  ")
    _section("roles", [_role(source) for source in detail.permissions.sources])
    _section("open sessions", [_session(session) for session in detail.sessions if session.live])
    _section("latest changes", [_change(row) for row in detail.changes])
    return Exit.DONE


def _facts(detail: Detail) -> list[tuple[str, object]]:
    account, state_row = detail.account, detail.state
    facts: list[tuple[str, object]] = [
        ("e-mail", f"{account.email or 'none'}{' (verified)' if account.is_verified else ''}"),
        ("full name", account.full_name or "none"),
        ("version", account.version),
        ("created", minute(account.created_at)),
        ("last login", minute(state_row.last_login_at if state_row else None)),
    ]
    optional = [
        ("account expires", account.expires_at),
        ("password expires", account.password_expires_at),
        ("deactivated", account.deactivated_at),
        ("deleted", account.deleted_at),
    ]
    if state_row and state_row.locked_until:
        facts.append(("locked until", lock_end(state_row.locked_until)))
    facts += [(name, minute(moment)) for name, moment in optional if moment]
    if not account.has_usable_password:
        facts.append(("password", "none: nobody can sign in with one"))
    if detail.factors:
        facts.append(("authenticators", len(detail.factors)))
    return facts


def _section(name: str, lines: Iterable[str]) -> None:
    shown = list(lines)
    line(f"{name}:{'' if shown else ' none'}")
    for text in shown:
        line(f"  {text}")


def _role(source: Any) -> str:
    until = f" until {minute(source.expires_at)}" if source.expires_at else ""
    return f"{source.role}{until}: {', '.join(sorted(source.codenames)) or 'allows nothing'}"


def _session(session: UserSession) -> str:
    seen = minute(session.last_seen_at or session.created_at)
    return f"{session.kind}  last seen {seen}  {session.ip or 'no address'}  {session.user_agent}"


def _change(row: HistoryRow) -> str:
    fields = ", ".join(change.field for change in row.changes)
    outcome = "" if row.outcome == "ok" else f" ({row.outcome})"
    return f"{minute(row.at)}  {row.actor}  {row.action}{outcome}  {fields}"


def detail_json(detail: Detail) -> dict[str, Any]:
    """One user as the documents have it: what `users list` has, and more. Never the hash."""
    account, state_row = detail.account, detail.state
    return {
        "id": account.id,
        "username": account.username,
        "email": account.email,
        "full_name": account.full_name,
        "is_active": account.is_active,
        "is_superuser": account.is_superuser,
        "is_verified": account.is_verified,
        "must_change_password": account.must_change_password,
        "has_usable_password": account.has_usable_password,
        "expires_at": json_value(account.expires_at),
        "password_changed_at": json_value(account.password_changed_at),
        "password_expires_at": json_value(account.password_expires_at),
        "deactivated_at": json_value(account.deactivated_at),
        "deactivation_reason": account.deactivation_reason,
        "deleted_at": json_value(account.deleted_at),
        "locked_until": json_value(detail.locked_until),
        "failed_count": state_row.failed_count if state_row else 0,
        "created_at": json_value(account.created_at),
        "updated_at": json_value(account.updated_at),
        "last_login_at": json_value(state_row.last_login_at if state_row else None),
        "version": account.version,
        "roles": [
            {
                "name": source.role,
                "permissions": sorted(source.codenames),
                "granted_by": source.granted_by,
                "granted_at": json_value(source.granted_at),
                "expires_at": json_value(source.expires_at),
            }
            for source in detail.permissions.sources
        ],
        "sessions": [
            {
                "id": session.id,
                "kind": session.kind,
                "live": session.live,
                "created_at": json_value(session.created_at),
                "last_seen_at": json_value(session.last_seen_at),
                "expires_at": json_value(session.expires_at),
                "revoked_at": json_value(session.revoked_at),
                "ip": session.ip,
                "user_agent": session.user_agent,
            }
            for session in detail.sessions
        ],
        "history": [
            {
                "id": row.id,
                "at": json_value(row.at),
                "actor": row.actor,
                "action": row.action,
                "outcome": row.outcome,
                "reason": row.reason,
                "ticket": row.ticket,
                "changes": [
                    {"field": c.field, "before": json_value(c.before), "after": json_value(c.after)}
                    for c in row.changes
                ],
            }
            for row in detail.changes
        ],
    }
