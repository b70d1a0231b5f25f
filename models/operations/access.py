"""What ends a user's access: sessions, stateless tokens, links. Shared by the verbs that do it along the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import MfaFactor, OneTimeToken, StepUp, UserAuthState, UserSession
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
    """End every open session of the user, but for the one with the id `but`; return how many."""
    return (
        await UserSession.filter(user_id=user_id, revoked_at=None, expires_at__gt=context.scene.now)
        .exclude(id=but)
        .using_db(context.connection)
        .update(
            revoked_at=context.scene.now,
            revoked_by_id=actor.user_id,
            revoked_by_label=clipped(actor.label, 100),
            revoke_reason=clipped(reason, 255),
        )
    )


async def forget_proofs(context: WriteContext, user_id: int) -> None:
    """Forget for what the user gave the old password again: a session that goes on asks for the new one."""
    open_ones = UserSession.filter(user_id=user_id, revoked_at=None).using_db(context.connection)
    theirs = await open_ones.values_list("id", flat=True)
    await StepUp.filter(session_id__in=theirs).using_db(context.connection).delete()


async def open_links(client: BaseDBAsyncClient, user_id: int) -> int:
    """Return how many one-time links of the user are not used yet."""
    return await OneTimeToken.filter(user_id=user_id, used_at=None, revoked_at=None).using_db(client).count()


async def void_links(context: WriteContext, user_id: int) -> int:
    """Make every unused one-time link of the user worthless; return how many."""
    return (
        await OneTimeToken.filter(user_id=user_id, used_at=None, revoked_at=None)
        .using_db(context.connection)
        .update(revoked_at=context.scene.now)
    )


async def clear_failures(context: WriteContext, user_id: int) -> int:
    """Clear the counters and the lock, and nothing else; return 0 where there was no state to clear."""
    return (
        await UserAuthState.filter(user_id=user_id)
        .using_db(context.connection)
        .update(failed_count=0, lockout_count=0, locked_until=None, lock_cause=None)
    )


async def factors_of(client: BaseDBAsyncClient, user_id: int) -> int:
    """Return how many authenticators the user has."""
    return await MfaFactor.filter(user_id=user_id).using_db(client).count()


async def remove_factors(context: WriteContext, user_id: int) -> int:
    """Remove every authenticator of the user; return how many."""
    return await MfaFactor.filter(user_id=user_id).using_db(context.connection).delete()


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
