"""Whether the row is still the one that the plan was made for: there, and at the version that was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations.audit.trail import authors_since, deleted_by
from models.operations.context import USER, Scene, Stopped, load_scene
from models.operations.plan import Status, Target
from models.operations.text import field_label, listed, moment
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models import Account
    from models.operations.context import WriteContext
    from models.operations.plan import Actor, Plan

RESTORABLE = "It can be restored."
"""Said of a soft-deleted user."""


class TargetGone(LookupError):
    """Raised by a planner: there is no such user. `sentence` says who deleted it, where that is known."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


async def gone_sentence(client: BaseDBAsyncClient, target: Target) -> str:
    """Return who deleted the row and when, or that nobody knows."""
    author = await deleted_by(client, target)
    if author is None:
        return f"{target} does not exist any more. Nothing was changed."
    return f"{target} was deleted by {author.label} at {moment(author.at)}. Nothing was changed."


async def present(context: WriteContext, plan: Plan, *, deleted: bool = False) -> Account:
    """Return the locked row; raise `Stopped` when it is gone or deleted.

    With `deleted` a soft-deleted row will do: for the verbs on those.
    """
    target = context.scene.target
    if target is None or (target.account.deleted_at is not None and not deleted):
        sentence = await gone_sentence(context.connection, plan.target)
        raise Stopped(Status.GONE, f"{sentence} {RESTORABLE}" if target else sentence)
    return target.account


async def unchanged_since(context: WriteContext, plan: Plan, *, deleted: bool = False) -> Account:
    """Return the locked row at the version of the plan; raise `Stopped` if it has another one.

    For verbs on state, roles and credentials: those are never applied to a row that the person did not see.
    """
    account = await present(context, plan, deleted=deleted)
    seen = plan.target.version
    if seen is None or account.version == seen:
        return account
    authors = await authors_since(context.connection, plan.target, seen)
    if authors:
        fields = listed([field_label(name) for name in authors])
        newest = max(authors.values(), key=lambda author: author.at)
        what = f"{fields} changed meanwhile, last by {newest.label} at {moment(newest.at)}"
    else:
        what = "it was changed meanwhile, outside Shellback"
    raise Stopped(
        Status.CONFLICT,
        f"Nothing was changed: {plan.target} is not as you saw it; {what}. Look again.",
        version=account.version,
    )


def field_names(names: Sequence[str]) -> str:
    """Return field names as a sentence lists them."""
    return listed([field_label(name) for name in names])


async def load_target(
    client: BaseDBAsyncClient, actor: Actor, user_id: int, *, superusers: bool = False, deleted: bool = False
) -> Scene:
    """Read the scene for a planner, without locks; raise `TargetGone` when there is no such user.

    A soft-deleted one is there only for whoever asks for it with `deleted`.
    """
    scene = await load_scene(client, actor, user_id, lock=False, superusers=superusers)
    if scene.target is None:
        if scene.actor is not None and not scene.actor.permissions.has(Codename.USERS_VIEW):
            # A row policy may hide everybody from such an account: "there is none" would not be so.
            raise TargetGone(f"User #{user_id} is not shown to you: that needs the permission {Codename.USERS_VIEW}.")
        author = await deleted_by(client, Target(USER, user_id, ""))
        raise TargetGone(
            f"User #{user_id} was deleted by {author.label} at {moment(author.at)}."
            if author
            else f"There is no user #{user_id}."
        )
    if scene.target.account.deleted_at is not None and not deleted:
        raise TargetGone(await deleted_sentence(client, user_id))
    return scene


async def deleted_sentence(client: BaseDBAsyncClient, user_id: int) -> str:
    """Return who soft-deleted the user and when, where that is known, and that there is a way back."""
    author = await deleted_by(client, Target(USER, user_id, ""))
    who = f"was deleted by {author.label} at {moment(author.at)}" if author else "is deleted"
    return f"User #{user_id} {who}. {RESTORABLE}"
