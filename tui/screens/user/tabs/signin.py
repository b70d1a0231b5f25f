"""The Sign-in tab: where the user is or was signed in, and the authenticators that sign-in asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.browse.moments import ago, stamp
from tui.screens.user.tabs.tab import Deed, Tab
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column, Tone
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource
from tui.widgets.user_words import NONE

if TYPE_CHECKING:
    from models.operations.mfa.factors import FactorRow
    from tui.browse.user.detail import Detail, Session


def make(now: Callable[[], datetime], using: Callable[[], int | None] = lambda: None) -> Tab:
    """Return the tab: the sessions above, the authenticators below; `tab` goes from one to the other. `using` is the
    session that shows it, where it is marked."""
    sessions: KeysetTable[Session] = KeysetTable(session_columns(now, using), id="sessions")
    factors: KeysetTable[FactorRow] = KeysetTable(factor_columns(now), id="factors")

    async def show(detail: Detail | None) -> None:
        sessions.say(Content("Never signed in anywhere."))
        sessions.open(ListSource(detail.sessions if detail is not None else (), lambda session: session.id))
        enrolled = detail.factors if detail is not None else ()
        factors.say(Content("No authenticator: the password alone signs in."))
        factors.styles.height = max(3, len(enrolled) + 1)
        factors.open(ListSource(enrolled, lambda factor: factor.id))

    def remove() -> Deed | None:
        if factors.has_focus:
            return Deed("remove_factor", {"factor_id": factors.row.id}) if factors.row is not None else None
        return Deed("end_session", {"session_id": sessions.row.id}) if sessions.row is not None else None

    title = Static(
        Content.assemble(("Authenticators", "bold"), ("  tab leads here and back", "dim")), id="factors-title"
    )
    return Tab(
        "signin-tab",
        "Sign-in",
        (sessions, title, factors),
        lambda: factors if factors.has_focus else sessions,
        show,
        ("user.remove", "users.revoke_sessions", "users.reset", "users.lock", "users.why"),
        {"remove": remove},
    )


def session_columns(
    now: Callable[[], datetime], using: Callable[[], int | None] = lambda: None
) -> Sequence[Column[Session]]:
    """Return the columns of a user's sessions."""
    return (
        Column("kind", "KIND", 5, lambda row: Cell(safe(row.kind, 10)), pinned=True),
        Column("state", "STATE", 9, lambda row: _session_state(row, now(), using())),
        Column("began", "BEGAN", 15, lambda row: Cell(Content(stamp(row.created_at, now())))),
        Column("seen", "LAST SEEN", 11, lambda row: Cell(Content(ago(row.last_seen_at, now())))),
        Column("ip", "ADDRESS", 15, lambda row: Cell(safe(row.ip, 45) or NONE)),
        Column("ended", "ENDED BY", 14, _ended_by, grow=1),
        Column("client", "CLIENT", 16, lambda row: Cell(safe(row.user_agent, 200) or NONE, Tone.QUIET), grow=2),
    )


def _session_state(row: Session, now: datetime, using: int | None) -> Cell:
    if row.live:
        return Cell(Content("this one" if row.id == using else "open"))
    if row.revoked_at is not None:
        return Cell(Content("ended"), Tone.QUIET)
    return Cell(Content("expired" if row.expires_at <= now else "closed"), Tone.QUIET)


def _ended_by(row: Session) -> Cell:
    words = " · ".join(part for part in (row.revoked_by, row.revoke_reason) if part)
    return Cell(safe(words, 200) or NONE, Tone.QUIET)


def factor_columns(now: Callable[[], datetime]) -> Sequence[Column[FactorRow]]:
    """Return the columns of a user's authenticators."""
    return (
        Column("kind", "KIND", 8, lambda row: Cell(safe(row.kind, 20)), pinned=True),
        Column("label", "NAME", 14, lambda row: Cell(safe(row.label, 100) or NONE), grow=1),
        Column("state", "STATE", 17, _factor_state),
        Column("since", "SINCE", 15, lambda row: Cell(Content(stamp(row.created_at, now())))),
        Column("used", "LAST USED", 11, lambda row: Cell(Content(ago(row.last_used_at, now())))),
    )


def _factor_state(row: FactorRow) -> Cell:
    if row.is_pending:
        return Cell(Content("not confirmed"), Tone.QUIET)
    if row.is_readable is False:
        return Cell(Content("not readable here"), Tone.CAUTION)
    return Cell(Content("asked for"))
