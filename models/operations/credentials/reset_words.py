"""What a reset says: before, what will happen and what cannot be undone; afterwards, what is true. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.operations.access import session_effects
from models.operations.credentials.links import LINK_FOR
from models.operations.credentials.new_password import PasswordMethod
from models.operations.lifecycle import ended_sentence
from models.operations.text import counted, moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from models.operations.context import Scene
    from models.operations.credentials.reset_options import ResetOptions
    from models.operations.plan import Plan

_MINUTES = f"{LINK_FOR.seconds // 60} minutes"


@dataclass(frozen=True, slots=True)
class Found:
    """What there was when the plan was made: open sessions, unused links, authenticators, a lock."""

    sessions: int
    links: int
    factors: int
    locked: bool
    by_staff: bool


def effects_of(scene: Scene, options: ResetOptions, found: Found) -> tuple[str, ...]:
    """Return what will happen besides, in sentences."""
    stays = () if scene.account.is_active else ("the account stays inactive: a reset never activates",)
    return (*_of_password(scene, options), *_of_access(options, found), *_of_sign_in(options, found), *stays)


def _of_password(scene: Scene, options: ResetOptions) -> Iterator[str]:
    if options.method is PasswordMethod.DISABLE:
        yield "nobody can sign in with a password until one is set"
    elif options.method is PasswordMethod.LINK:
        yield f"the link works once, for {_MINUTES}; whoever opens it chooses the password"
        if scene.account.has_usable_password:
            yield "the present password goes on working until then"
    elif options.expires_in is not None:
        yield f"the new password stops working at {moment(scene.now + options.expires_in)}"


def _of_access(options: ResetOptions, found: Found) -> Iterator[str]:
    if options.revoke_sessions:
        yield from session_effects(found.sessions, found.links)
        return
    if found.sessions:
        yield f"{counted(found.sessions, 'session')} will go on"
    if found.links:
        yield f"{counted(found.links, 'unused one-time link')} will stop working"


def _of_sign_in(options: ResetOptions, found: Found) -> Iterator[str]:
    if options.unlock:
        yield "the lock that staff set is lifted" if found.by_staff else "failures and the lock are cleared"
    elif found.locked:
        yield "the account stays locked"
    if options.reset_mfa and found.factors:
        yield f"{counted(found.factors, 'authenticator')} will be removed: sign-in asks for no code until one is added"
    elif found.factors:
        yield f"{counted(found.factors, 'authenticator')} will go on asking for a code"


def irreversible_of(options: ResetOptions, found: Found) -> tuple[str, ...]:
    """Return what no undo brings back."""
    lost = [] if options.method is PasswordMethod.LINK else ["the old password cannot be brought back"]
    if options.reset_mfa and found.factors:
        lost.append("a removed authenticator cannot be brought back: it is enrolled anew")
    return tuple(lost)


def sentence_of(plan: Plan, options: ResetOptions, ends_at: datetime | None, ended: int) -> str:
    """Return what was done. `ends_at` is when the password or the link ends, None for never."""
    if options.method is PasswordMethod.DISABLE:
        what = f"Password sign-in of {plan.target} is disabled"
    elif options.method is PasswordMethod.LINK:
        what = f"{plan.target} has a one-time link"
    else:
        what = f"{plan.target} has a new password"
    if ends_at is not None:
        changes = options.must_change and options.makes_password
        what += f", to be changed by {moment(ends_at)}" if changes else f", which works until {moment(ends_at)}"
    return f"{what}; {ended_sentence(ended)}." if options.revoke_sessions else f"{what}."
