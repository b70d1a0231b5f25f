"""What ends a user's access: sessions, stateless tokens, links. Shared by the verbs that do it along the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.expressions import Q

from models import MfaFactor, OneTimeToken, StepUp, UserAuthState, UserSession
from models.operations.refused import none_left
from models.operations.text import clipped, counted

if TYPE_CHECKING:
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import WriteContext
    from models.operations.plan import Actor


async def live_sessions(client: BaseDBAsyncClient, user_id: int, now: datetime) -> int:
    """Return how many sessions of the user are open."""
    return await UserSession.filter(user_id=user_id, revoked_at=None, expires_at__gt=now).using_db(client).count()


async def end_sessions(context: WriteContext, actor: Actor, user_id: int, reason: str, *, but: int = 0) -> int:
    """End every open session of the user, but for the one with the id `but`; return how many. Raises `RoleRefused`
    where one stays open: none is said to be ended that is not."""
    now = context.scene.now
    live = UserSession.filter(user_id=user_id, revoked_at=None, expires_at__gt=now).exclude(id=but)
    open_ones = live.using_db(context.connection)
    ended = await open_ones.update(
        revoked_at=now,
        revoked_by_id=actor.user_id,
        revoked_by_label=clipped(actor.label, 100),
        revoke_reason=clipped(reason, 255),
    )
    await none_left(open_ones)
    return ended


async def forget_proofs(context: WriteContext, user_id: int) -> None:
    """Forget for what the user gave the old password again: a session that goes on asks for the new one."""
    open_ones = UserSession.filter(user_id=user_id, revoked_at=None).using_db(context.connection)
    theirs = await open_ones.values_list("id", flat=True)
    proofs = StepUp.filter(session_id__in=theirs).using_db(context.connection)
    await proofs.delete()
    await none_left(proofs)


async def open_links(client: BaseDBAsyncClient, user_id: int) -> int:
    """Return how many one-time links of the user are not used yet."""
    return await OneTimeToken.filter(user_id=user_id, used_at=None, revoked_at=None).using_db(client).count()


async def void_links(context: WriteContext, user_id: int) -> int:
    """Make every unused one-time link of the user worthless; return how many. Raises `RoleRefused` where one works."""
    unused = OneTimeToken.filter(user_id=user_id, used_at=None, revoked_at=None).using_db(context.connection)
    voided = await unused.update(revoked_at=context.scene.now)
    await none_left(unused)
    return voided


async def clear_failures(context: WriteContext, user_id: int) -> int:
    """Clear the counters and the lock, and nothing else; return 0 where there was no state to clear."""
    rows = UserAuthState.filter(user_id=user_id).using_db(context.connection)
    cleared = await rows.update(failed_count=0, lockout_count=0, locked_until=None, lock_cause=None)
    await none_left(rows.filter(Q(failed_count__gt=0) | Q(lockout_count__gt=0) | Q(locked_until__not_isnull=True)))
    return cleared


async def factors_of(client: BaseDBAsyncClient, user_id: int) -> int:
    """Return how many authenticators the user has."""
    return await MfaFactor.filter(user_id=user_id).using_db(client).count()


async def remove_factors(context: WriteContext, user_id: int) -> int:
    """Remove every authenticator of the user; return how many. Raises `RoleRefused` where one stays."""
    theirs = MfaFactor.filter(user_id=user_id).using_db(context.connection)
    removed = await theirs.delete()
    await none_left(theirs)
    return removed


async def auth_state(client: BaseDBAsyncClient, user_id: int) -> UserAuthState | None:
    """Return the state of the user's sign-ins; None before the first."""
    return await UserAuthState.get_or_none(user_id=user_id, using_db=client)


def is_locked(state: UserAuthState | None, now: datetime) -> bool:
    """Whether sign-in is locked at `now`."""
    return state is not None and state.locked_until is not None and state.locked_until > now


def session_effects(sessions: int, links: int = 0) -> tuple[str, ...]:
    """Return what ending the access means, in sentences."""
    effects = ["every access token issued until now stops working"]
    if sessions:
        effects.insert(0, f"{counted(sessions, 'session')} will be ended")
    if links:
        effects.append(f"{counted(links, 'unused one-time link')} will stop working")
    return tuple(effects)
