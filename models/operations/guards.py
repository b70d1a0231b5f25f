"""The rules that no confirmation overrules. Pure: each looks at a scene and returns what it refuses.

They run twice: when a plan is made, to say so early, and inside the transaction after locking, where it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations.context import Scene, Stopped, is_live, target_of
from models.operations.plan import Refusal, RefusalCode, Status
from models.operations.text import counted, listed
from models.permissions import outranks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from models.operations.sign_in.proofs import StepUpClass
    from models.permissions import Codename


def actor_may(scene: Scene, *codenames: Codename) -> Iterator[Refusal]:
    """Refuse an actor who is gone, not active any more, or without one of the permissions."""
    if scene.actor is None:
        yield Refusal(RefusalCode.ACTOR_GONE, "This needs a signed-in account, and yours was not found.")
        return
    if scene.session_over:
        yield Refusal(RefusalCode.ACTOR_INACTIVE, "Your session was ended. Sign in again.")
        return
    if not is_live(scene.actor.account, scene.now):
        yield Refusal(RefusalCode.ACTOR_INACTIVE, "Your own account is not active any more. Sign in again.")
        return
    for codename in codenames:
        if not scene.actor.permissions.has(codename):
            sentence = f"This needs the permission {codename}, which you do not have."
            yield Refusal(RefusalCode.PERMISSION, sentence, permission=str(codename))


def superuser_touches_superuser(scene: Scene) -> Iterator[Refusal]:
    """Refuse to touch a superuser without being one."""
    if scene.actor and scene.account.is_superuser and not scene.actor.account.is_superuser:
        yield Refusal(
            RefusalCode.SUPERUSER_ONLY,
            f"{scene.account.username} is a superuser; only a superuser may change that account.",
            target_of(scene.account),
        )


def outranked(scene: Scene) -> Iterator[Refusal]:
    """Refuse to touch the credentials, roles or state of somebody who may do more than the actor."""
    if scene.actor is None or scene.target is None:
        return
    mine, theirs = scene.actor.permissions, scene.target.permissions
    if scene.account.is_superuser:
        yield from superuser_touches_superuser(scene)
    elif not outranks(mine.codenames, mine.is_superuser, theirs.codenames, theirs.is_superuser):
        missing = sorted(theirs.codenames - mine.codenames)
        yield Refusal(
            RefusalCode.RANK,
            f"{scene.account.username} holds {counted(len(missing), 'permission')} that you do not: {listed(missing)}.",
            target_of(scene.account),
        )


def not_yourself(scene: Scene, deed: str) -> Iterator[Refusal]:
    """Refuse to do `deed` ("deactivate your own account") to oneself."""
    if scene.actor and scene.actor.account.id == scene.account.id:
        yield Refusal(RefusalCode.YOURSELF, f"You cannot {deed}. Ask a colleague.", target_of(scene.account))


def keeps_a_superuser(scene: Scene) -> Iterator[Refusal]:
    """Refuse to take the last active superuser away. The scene must have been loaded with `superusers`."""
    account = scene.account
    if not (account.is_superuser and is_live(account, scene.now)):
        return
    if scene.other_superusers == 0:
        which = "is the last active superuser"
    elif account.expires_at is None and scene.lasting_superusers == 0:
        # The others end by themselves, one day, and nobody is asked then.
        which = "is the last superuser without an end date"
    else:
        return
    sentence = f"{account.username} {which}. Make another one first."
    yield Refusal(RefusalCode.LAST_SUPERUSER, sentence, target_of(account))


def proven(scene: Scene, kind: StepUpClass) -> Iterator[Refusal]:
    """Refuse what needs the password again, until it was given for this class of action."""
    if kind not in scene.proofs:
        yield unproven(kind)


def unproven(kind: StepUpClass) -> Refusal:
    """Return the refusal of what needs the password again."""
    return Refusal(RefusalCode.STEP_UP, "This needs your password again.", step_up=kind)


def enforce(refusals: Iterable[Refusal], scene: Scene) -> None:
    """Raise `Stopped` if anything is refused."""
    found = tuple(refusals)
    if found:
        version = scene.target.account.version if scene.target else None
        reasons = " ".join(refusal.reason for refusal in found)
        raise Stopped(Status.REFUSED, f"Nothing was changed. {reasons}", version=version, refusals=found)
