"""Everything that one user's page shows, read at once. Never the hash, never a token's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from models import Account, LoginAttempt, UserAuthState, UserNote, UserSession
from models.clock import database_now
from models.operations.effective import expired_grants, permissions_of
from models.operations.mfa.factors import FactorRow, factors_of_user
from models.operations.sign_in.attempts import NO_FAILURE
from tui.browse.sql import EPOCH, Sql, connection, moment, rows
from tui.browse.user.activity import Activity, load_activity
from tui.browse.user.history import HistoryRow, HistorySource
from tui.sanitise import Cut

if TYPE_CHECKING:
    from models.operations.effective import Permissions, RoleSource

SESSIONS = 100
"""Sessions that are shown, newest first."""

LONGEST_NOTE = 5_000
"""Characters of a note that a page reads: more than the program takes, few enough to be wrapped at once."""

NOTES = 200
"""Notes that are shown: all that a user may have."""


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in somewhere. `live` at the moment of the detail."""

    id: int
    kind: str
    created_at: datetime
    last_seen_at: datetime | None
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str
    revoke_reason: str
    ip: str
    user_agent: str
    live: bool


@dataclass(frozen=True, slots=True)
class Note:
    """What a colleague wrote about the user."""

    id: int
    author_id: int | None
    author: str
    body: str
    pinned: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Detail:
    """One user as of `now`. Texts are as stored, not yet safe to show."""

    now: datetime
    account: Account
    state: UserAuthState | None
    permissions: Permissions
    expired: tuple[RoleSource, ...]
    sessions: tuple[Session, ...]
    more_sessions: bool
    factors: tuple[FactorRow, ...]
    notes: tuple[Note, ...]
    last_failure: LoginAttempt | None
    changes: tuple[HistoryRow, ...]
    activity: Activity | None = None

    @property
    def live_sessions(self) -> int:
        """How many of the sessions read are live."""
        return sum(session.live for session in self.sessions)

    # What `states.badges` asks for

    @property
    def is_active(self) -> bool:
        """As the account says."""
        return self.account.is_active

    @property
    def is_superuser(self) -> bool:
        """As the account says."""
        return self.account.is_superuser

    @property
    def must_change_password(self) -> bool:
        """As the account says."""
        return self.account.must_change_password

    @property
    def expires_at(self) -> datetime | None:
        """As the account says."""
        return self.account.expires_at

    @property
    def deleted_at(self) -> datetime | None:
        """As the account says."""
        return self.account.deleted_at

    @property
    def locked_until(self) -> datetime | None:
        """As the sign-in state says."""
        return self.state.locked_until if self.state else None


async def load_detail(user_id: int, *, changes: int = 3, activity: bool = False, notes: bool = True) -> Detail | None:
    """Return one user with the last `changes` events and, where asked for, the sign-ins of a month; None when there is
    no such user. Short queries by key."""
    client = connection()
    account = await Account.get_or_none(id=user_id)
    if account is None:
        return None
    now = await database_now(client)
    sessions = await UserSession.filter(user_id=user_id).order_by("-id").limit(SESSIONS + 1).only(*_SESSION_COLUMNS)
    # Never what was typed as a name: it may be a password in the wrong box.
    failures = LoginAttempt.filter(user_id=user_id).order_by("-id").limit(20).only("id", "created_at", "outcome", "ip")
    last_failure = next((attempt for attempt in await failures if attempt.outcome not in NO_FAILURE), None)
    history = await HistorySource(user_id).page(None, changes, forward=True) if changes else None
    return Detail(
        now=now,
        account=account,
        state=await UserAuthState.get_or_none(user_id=user_id),
        permissions=(await permissions_of(client, [account], now))[user_id],
        expired=await expired_grants(client, user_id, now),
        sessions=tuple(_session(session, now) for session in sessions[:SESSIONS]),
        more_sessions=len(sessions) > SESSIONS,
        factors=await factors_of_user(user_id),
        notes=await _notes_cut(user_id) if notes else (),
        last_failure=last_failure,
        changes=history.rows if history else (),
        activity=await load_activity(user_id, now) if activity else None,
    )


async def load_sessions(user_id: int, *, ended: bool) -> tuple[tuple[Session, ...], bool, datetime]:
    """Return the newest open sessions of a user, those that are over too with `ended`; whether there are more; and the
    moment of it."""
    now = await database_now(connection())
    rows = UserSession.filter(user_id=user_id)
    if not ended:
        rows = rows.filter(revoked_at=None, expires_at__gt=now)
    found = await rows.order_by("-id").limit(SESSIONS + 1).only(*_SESSION_COLUMNS)
    return tuple(_session(session, now) for session in found[:SESSIONS]), len(found) > SESSIONS, now


_SESSION_COLUMNS = (
    "id",
    "kind",
    "created_at",
    "last_seen_at",
    "expires_at",
    "revoked_at",
    "revoked_by_label",
    "revoke_reason",
    "ip",
    "user_agent",
)


def _session(session: UserSession, now: datetime) -> Session:
    return Session(
        id=session.id,
        kind=session.kind,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        revoked_at=session.revoked_at,
        revoked_by=session.revoked_by_label or "",
        revoke_reason=session.revoke_reason or "",
        ip=session.ip or "",
        user_agent=session.user_agent or "",
        live=session.revoked_at is None and session.expires_at > now,
    )


async def load_notes(user_id: int) -> tuple[Note, ...]:
    """The pinned first, then the newest."""
    columns = ("id", "author_id", "author_label", "body", "pinned", "created_at")
    found = await UserNote.filter(user_id=user_id).order_by("-pinned", "-id").limit(NOTES).values_list(*columns)
    return tuple(Note(*values) for values in found)


async def _notes_cut(user_id: int) -> tuple[Note, ...]:
    """The same for a page: of what another writer made longer than any note of ours, the beginning and its length."""
    found = await rows(
        Sql(
            f"SELECT id, author_id, author_label, substr(body, 1, {LONGEST_NOTE}) AS body, length(body) AS whole,"
            f" pinned, created_at FROM user_notes WHERE user_id = ? ORDER BY pinned DESC, id DESC LIMIT {NOTES}",
            (user_id,),
        )
    )
    return tuple(
        Note(
            id=note["id"],
            author_id=note["author_id"],
            author=note["author_label"],
            body=Cut(note["body"], note["whole"]) if note["whole"] > LONGEST_NOTE else note["body"],
            pinned=bool(note["pinned"]),
            created_at=moment(note["created_at"]) or EPOCH,
        )
        for note in found
    )
