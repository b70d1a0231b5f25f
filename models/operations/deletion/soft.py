"""Soft delete: the name and the address become free, whatever opens the account is wiped, and the row stays.

What it wrote over is in the audit, from where `restoration` takes it back. Roles stay and do nothing: nobody signs in
to a deleted account. Whether it was active stays too: deleted is a state of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from models import MfaFactor, User, UserRole
from models.operations.access import (
    end_sessions,
    live_sessions,
    open_links,
    remove_factors,
    session_effects,
    void_links,
)
from models.operations.context import Stopped, Written, change, target_of
from models.operations.credentials.new_password import PasswordMethod, hash_change, make_password
from models.operations.deletion.placeholders import free_placeholders
from models.operations.guards import actor_may, enforce, keeps_a_superuser, not_yourself, outranked
from models.operations.lifecycle import ended_sentence
from models.operations.plan import Action, Plan, Status
from models.operations.presence import load_target, unchanged_since
from models.operations.refused import written_once
from models.operations.text import counted
from models.operations.transactions import connection
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor, Change, Refusal
    from models.user import AccountColumns

REVOKE_REASON: Final = "deleted"
"""What an ended session says of why it ended."""

WIPED: Final = {
    "email": None,
    "email_key": None,
    "has_usable_password": False,
    "must_change_password": False,
    "password_expires_at": None,
}
"""The columns that have the same value in every deleted row."""


def deletion_columns(name: str, hashed: str, now: datetime) -> dict[str, object]:
    """Return what is written to a row of `users`, but for `version` and `token_version`, which both go up by one.

    `name` is its placeholder and `hashed` the hash of a secret that was thrown away: the same one for all rows of a
    bulk will do, since nobody knows it. Beside it sessions are ended, links voided and second factors removed.
    """
    return {
        **WIPED,
        "username": name,
        "username_key": name,
        "hashed_password": hashed,
        "password_changed_at": now,
        "deleted_at": now,
        "updated_at": now,
    }


def deletion_changes(account: AccountColumns, name: str, at: datetime | None = None) -> tuple[Change, ...]:
    """Return what the audit keeps of it: `restoration` reads the name and the address from here.

    `at` is the moment of the deletion, None where it is still to come.
    """
    found = [
        change("username", account.username, name),
        change("email", account.email, None),
        hash_change(),
        change("has_usable_password", account.has_usable_password, False),
        change("must_change_password", account.must_change_password, False),
        change("password_expires_at", account.password_expires_at, None),
        change("token_version", account.token_version, account.token_version + 1),
    ]
    if at is not None:
        found += [change("password_changed_at", account.password_changed_at, at), change("deleted_at", None, at)]
    return tuple(one for one in found if one.before != one.after)


def may_delete(scene: Scene) -> Iterator[Refusal]:
    """Refuse who may not delete, and whom nobody deletes. The scene must have been loaded with the superusers."""
    yield from actor_may(scene, Codename.USERS_DELETE)
    yield from outranked(scene)
    yield from not_yourself(scene, "delete your own account")
    yield from keeps_a_superuser(scene)


async def plan_soft_delete(actor: Actor, user_id: int, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to delete the user so that it can be restored. Raises `TargetGone`, also when it is deleted already."""
    client = connection()
    scene = await load_target(client, actor, user_id)
    if scene.account.is_superuser:  # counted for those only: to count them is to look at all of them
        scene = await load_target(client, actor, user_id, superusers=True)
    account = scene.account
    name = (await free_placeholders(client, [user_id]))[user_id]
    factors = await MfaFactor.filter(user_id=user_id).using_db(client).count()
    roles = await UserRole.filter(user_id=user_id).using_db(client).count()
    sessions, links = await live_sessions(client, user_id, scene.now), await open_links(client, user_id)
    freed = f"{account.username} and {account.email} are" if account.email else f"{account.username} is"
    effects = [f"{freed} free for somebody else; the account is kept as {name} and can be restored"]
    if roles:
        effects.append(f"{counted(roles, 'role')} will count again when it is restored")
    effects.extend(session_effects(sessions, links))
    wiped = f"the password and {counted(factors, 'second factor')} are" if factors else "the password is"
    return Plan(
        Action.DELETE,
        actor,
        target_of(account),
        SoftDeleteStep(counts_superusers=account.is_superuser),
        deletion_changes(account, name),
        refusals=tuple(may_delete(scene)),
        effects=tuple(effects),
        irreversible=(f"{wiped} wiped for good: a restored account needs a reset",),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class SoftDeleteStep:
    """Once prepared, the hash of a secret that was thrown away. A user who became a superuser has another version."""

    counts_superusers: bool
    hashed: str = field(default="", repr=False)

    async def prepare(self) -> SoftDeleteStep:
        """Hash a secret that nobody sees, before any transaction is open."""
        return replace(self, hashed=(await make_password(PasswordMethod.DISABLE)).hashed)

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Wipe the row that the person saw, and end its access."""
        now, client = context.scene.now, context.connection
        account = await unchanged_since(context, plan)
        enforce(may_delete(context.scene), context.scene)
        name = (await free_placeholders(client, [account.id]))[account.id]
        try:
            rows = (
                await User.filter(id=account.id, version=account.version)
                .using_db(client)
                .update(
                    **deletion_columns(name, self.hashed, now),
                    token_version=F("token_version") + 1,
                    version=F("version") + 1,
                )
            )
        except IntegrityError as error:
            # A table of the application that refers to the name or the address itself, or a name taken this instant.
            raise Stopped(
                Status.REFUSED,
                f"Nothing was changed: the database does not let the name or the address of {plan.target} go. "
                "Another table refers to it, or somebody took the name that it would be kept under.",
                version=account.version,
            ) from error
        written_once(rows)
        ended = await end_sessions(context, plan.actor, account.id, REVOKE_REASON)
        voided = await void_links(context, account.id)
        factors = await remove_factors(context, account.id)
        return Written(
            target_of(account),
            f"{plan.target} is deleted and kept as {name}; {ended_sentence(ended)}. It can be restored.",
            deletion_changes(account, name, now),
            account.version,
            account.version + 1,
            meta={"ended_sessions": ended, "voided_links": voided, "removed_factors": factors},
        )
