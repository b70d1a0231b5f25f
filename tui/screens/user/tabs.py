"""What the tabs of a user's page show: facts of the account, roles and permissions, sessions, events. No widget, no
query: a `Detail` in, texts and columns out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.content import Content

from models.operations.effective import RoleSource
from models.operations.text import grouped
from models.permissions import DESCRIPTIONS, Codename
from tui.browse.detail import Detail, Session
from tui.browse.history import HistoryRow
from tui.browse.moments import ago, stamp, utc
from tui.terminal.safe import safe
from tui.widgets.facts import Fact
from tui.widgets.keyset_columns import Cell, Column, Tone
from tui.widgets.user_words import NONE, changes_words, sessions_words, state_sentence, what


def account_facts(detail: Detail) -> Sequence[Fact]:
    """Return what the Account tab shows."""
    account, state, now = detail.account, detail.state, detail.now
    verified = " (not verified)" if account.email and not account.is_verified else ""
    facts: list[Fact] = [
        ("Username", safe(account.username, 60)),
        ("Id", Content(grouped(account.id))),
        ("E-mail", safe(account.email + verified, 300) if account.email else NONE),
        ("Full name", safe(account.full_name, 200) if account.full_name else NONE),
        ("State", state_sentence(detail)),
        ("Superuser", Content("yes: may do everything" if account.is_superuser else "no")),
        ("Roles", safe(", ".join(source.role for source in detail.permissions.sources), 300) or NONE),
        ("Sessions", Content(sessions_words(detail))),
        ("Last login", _last_login(detail)),
        ("Failures", _failures(detail)),
    ]
    if state is not None and state.lock_cause:
        facts.append(("Lock cause", safe(state.lock_cause, 100)))
    facts += [
        ("Password", _password(detail)),
        ("Authenticators", Content(grouped(detail.factors) if detail.factors else "none")),
        ("Account ends", _moment(account.expires_at, now, "never")),
        ("Created", _moment(account.created_at, now)),
        ("Last change", Content.assemble(_moment(account.updated_at, now), f", version {account.version}")),
    ]
    if account.deactivated_at is not None:
        why = f": {account.deactivation_reason}" if account.deactivation_reason else ""
        facts.append(("Deactivated", Content.assemble(_moment(account.deactivated_at, now), safe(why, 300))))
    if account.deleted_at is not None:
        facts.append(("Deleted", _moment(account.deleted_at, now)))
    return facts


def _moment(moment: datetime | None, now: datetime, missing: str = "unknown") -> Content:
    """A time in the operator's zone, and in UTC beside it."""
    return Content(f"{stamp(moment, now)} ({utc(moment)})" if moment is not None else missing)


def _last_login(detail: Detail) -> Content:
    state = detail.state
    if state is None or state.last_login_at is None:
        return Content("never")
    place = f" from {state.last_login_ip}" if state.last_login_ip else ""
    return Content.assemble(_moment(state.last_login_at, detail.now), safe(place, 60))


def _failures(detail: Detail) -> Content:
    state, last = detail.state, detail.last_failure
    count = grouped(state.failed_count) if state and state.failed_count else "none"
    if last is None:
        return Content(f"{count} since the last login")
    place = f" from {last.ip}" if last.ip else ""
    return safe(
        f"{count} since the last login; the last {ago(last.created_at, detail.now)}{place}: {last.outcome}", 200
    )


def _password(detail: Detail) -> Content:
    account, now = detail.account, detail.now
    if not account.has_usable_password:
        return Content("none: cannot sign in with a password")
    changed = account.password_changed_at
    parts = [f"changed {stamp(changed, now)}" if changed is not None else "never changed"]
    if account.password_expires_at is not None:
        past = account.password_expires_at <= now
        parts.append(f"temporary, {'expired' if past else 'expires'} {stamp(account.password_expires_at, now)}")
    if account.must_change_password:
        parts.append("must change at the next sign-in")
    return Content(", ".join(parts))


def role_columns(now: Callable[[], datetime]) -> Sequence[Column[RoleSource]]:
    """Return the columns of the roles that a user holds."""
    return (
        Column("role", "ROLE", 16, lambda row: Cell(safe(row.role, 60)), pinned=True, grow=1),
        Column("count", "MAY", 15, lambda row: Cell(Content(f"{len(row.codenames)} permissions"))),
        Column("by", "GRANTED BY", 14, lambda row: Cell(safe(row.granted_by, 100) or NONE), grow=1),
        Column("since", "SINCE", 15, lambda row: Cell(Content(stamp(row.granted_at, now())))),
        Column(
            "until", "UNTIL", 15, lambda row: Cell(Content(stamp(row.expires_at, now())) if row.expires_at else NONE)
        ),
    )


def permission_lines(detail: Detail) -> Content:
    """Return each permission that the user has in effect, and where it comes from."""
    permissions = detail.permissions
    known = {codename.value: DESCRIPTIONS[codename] for codename in Codename}
    granted = [name for name in known if permissions.has(name)]
    granted += sorted(permissions.codenames - known.keys())
    if not granted:
        return Content("No permissions: Shellback is closed to this user, the application is not.")
    lines = [Content.styled("What these roles allow, and which of them does", "bold")]
    for name in granted:
        text = known.get(name, "not known to this version of Shellback")
        sources = ", ".join(permissions.where_from(name))
        lines.append(Content.assemble(safe(f"{name:<24}", 60), safe(f"{sources:<24}", 200), f" {text}"))
    return Content("\n").join(lines)


def session_columns(now: Callable[[], datetime]) -> Sequence[Column[Session]]:
    """Return the columns of a user's sessions."""
    return (
        Column("kind", "KIND", 5, lambda row: Cell(safe(row.kind, 10)), pinned=True),
        Column("state", "STATE", 9, lambda row: _session_state(row, now())),
        Column("began", "BEGAN", 15, lambda row: Cell(Content(stamp(row.created_at, now())))),
        Column("seen", "LAST SEEN", 11, lambda row: Cell(Content(ago(row.last_seen_at, now())))),
        Column("ip", "ADDRESS", 15, lambda row: Cell(safe(row.ip, 45) or NONE)),
        Column("ended", "ENDED BY", 14, _ended_by, grow=1),
        Column("client", "CLIENT", 16, lambda row: Cell(safe(row.user_agent, 200) or NONE, Tone.QUIET), grow=2),
    )


def _session_state(row: Session, now: datetime) -> Cell:
    if row.live:
        return Cell(Content("open"))
    if row.revoked_at is not None:
        return Cell(Content("ended"), Tone.QUIET)
    return Cell(Content("expired" if row.expires_at <= now else "closed"), Tone.QUIET)


def _ended_by(row: Session) -> Cell:
    words = " · ".join(part for part in (row.revoked_by, row.revoke_reason) if part)
    return Cell(safe(words, 200) or NONE, Tone.QUIET)


def history_columns(now: Callable[[], datetime]) -> Sequence[Column[HistoryRow]]:
    """Return the columns of what was done to a user."""
    return (
        Column("when", "WHEN", 15, lambda row: Cell(Content(stamp(row.at, now()))), pinned=True),
        Column("who", "WHO", 10, lambda row: Cell(safe(row.actor, 100)), grow=1),
        Column("what", "WHAT", 14, _what),
        Column("changes", "CHANGES", 24, lambda row: Cell(changes_words(row)), grow=4),
    )


def _what(row: HistoryRow) -> Cell:
    return Cell(what(row), Tone.PLAIN if row.outcome == "ok" else Tone.CAUTION)
