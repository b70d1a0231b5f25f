"""The session of a terminal: opened by a sign-in, found again by its token, ended.

The token is given out once; only its SHA-256 is stored.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models import Account, UserSession
from models.clock import database_now
from models.engines.errors import CommitUnknown, PermissionRefused, Retryable
from models.operations.audit.writing import AuditDraft, append
from models.operations.context import is_live, target_of
from models.operations.effective import Permissions, permissions_of
from models.operations.plan import Actor, ActorKind, Secret
from models.operations.refused import written_once
from models.operations.settling import decide_until_known
from models.operations.sign_in.answers import NO_SESSION, SESSION_FOR, SignedIn, SignInCode, SignInRefused
from models.operations.sign_in.attempts import agent_of, note_attempt
from models.operations.sign_in.claims import Claims
from models.operations.sign_in.state import count_success
from models.operations.text import clipped
from models.operations.transactions import connection, write_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.user import AccountColumns

SEEN_EVERY: Final = timedelta(minutes=1)
SESSION_KIND: Final = "tui"
TOKEN_BYTES: Final = 32
NOT_ENDED: Final = "The database did not confirm that the session was ended. It ends by itself after 8 hours."


async def open_session(
    client: BaseDBAsyncClient,
    account: AccountColumns,
    permissions: Permissions,
    actor: Actor,
    claims: Claims,
    address: str | None,
    now: datetime,
) -> SignedIn:
    """Open one inside the transaction that let the person in."""
    token = Secret(secrets.token_urlsafe(TOKEN_BYTES))
    session = await UserSession.create(
        using_db=client,
        user_id=account.id,
        token_hash=hash_token(token),
        kind=SESSION_KIND,
        created_at=now,
        last_seen_at=now,
        expires_at=now + SESSION_FOR,
        ip=address,
        user_agent=agent_of(claims),
        token_version=account.token_version,
    )
    await count_success(client, account.id, now, address)
    await note_attempt(client, account.username, account.id, "ok", agent=agent_of(claims), address=address)
    await append(client, AuditDraft(actor, "auth.sign_in", target_of(account), meta={"session": session.id}))
    mine = replace(actor, session_id=session.id)
    return SignedIn(session.id, mine, permissions, session.expires_at, account.must_change_password, token)


async def resume(
    token: Secret, *, kind: ActorKind = ActorKind.TUI, claims: Claims | None = None
) -> SignedIn | SignInRefused:
    """Return who holds the token: read again in full, so a session ends with the account. Raises `DatabaseError`."""
    client = connection()
    # Of this kind only: the `jti` in a token of the web service, whose sign-in asks for less, opens no terminal.
    session = await UserSession.get_or_none(token_hash=hash_token(token), kind=SESSION_KIND, using_db=client)
    now = await database_now(client)
    refused = SignInRefused(SignInCode.NO_SESSION, NO_SESSION)
    if session is None or session.revoked_at is not None or session.expires_at <= now:
        return refused
    account = await Account.get_or_none(id=session.user_id, using_db=client)
    if account is None or not is_live(account, now) or account.token_version != session.token_version:
        return refused
    permissions = (await permissions_of(client, [account], now))[account.id]
    if not permissions.is_staff:
        return refused
    if session.last_seen_at is None or session.last_seen_at + SEEN_EVERY <= now:
        # A nicety: a standby, or a database opened read-only, is read all the same. Whether it landed matters to nobody
        # and must not be told of as if it were the change that was asked for.
        with suppress(PermissionRefused, Retryable, CommitUnknown):
            await write_transaction(
                lambda transaction: UserSession.filter(id=session.id).using_db(transaction).update(last_seen_at=now)
            )
    actor = replace((claims or Claims()).actor(account.id, account.username, kind), session_id=session.id)
    lasts = session.expires_at - now
    return SignedIn(session.id, actor, permissions, session.expires_at, account.must_change_password, lasts=lasts)


async def sign_out(token: Secret, *, kind: ActorKind = ActorKind.TUI, claims: Claims | None = None) -> bool:
    """End the session of this token; return whether it was open. Raises `DatabaseError`."""

    async def end(client: BaseDBAsyncClient) -> bool:
        session = await UserSession.get_or_none(token_hash=hash_token(token), kind=SESSION_KIND, using_db=client)
        if session is None or session.revoked_at is not None:
            return False
        account = await Account.get(id=session.user_id, using_db=client)
        actor = (claims or Claims()).actor(account.id, account.username, kind)
        this = UserSession.filter(id=session.id).using_db(client)
        written_once(
            await this.update(
                revoked_at=await database_now(client),
                revoked_by_id=account.id,
                revoked_by_label=clipped(account.username, 100),
                revoke_reason="signed out",
            )
        )
        await append(client, AuditDraft(actor, "auth.sign_out", target_of(account), meta={"session": session.id}))
        return True

    async def is_over(_: bool) -> bool:
        return not await UserSession.filter(token_hash=hash_token(token), revoked_at=None).using_db(client).exists()

    client = connection()
    return await decide_until_known(end, is_over, NOT_ENDED)


def hash_token(token: Secret) -> str:
    """Return what is stored of a session's token: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.reveal().encode(errors="replace")).hexdigest()
