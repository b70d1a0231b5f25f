"""Rescue: make or mend a superuser on the database's own host, when nobody can sign in any more.

No account stands behind it, so that no permission is asked: the actor is the user of the operating system, and whoever
is there could write to the database without Shellback too. It is loud instead: an action of its own, a row of the audit
for refusals too, and a word to every superuser who signs in in the week after.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from tortoise.exceptions import IntegrityError

from models import Account, MfaFactor, User
from models.operations.access import clear_failures, end_sessions, remove_factors, void_links
from models.operations.context import USER, Stopped, Written, change, load_scene, target_of
from models.operations.credentials.new_password import MadePassword, PasswordMethod, hash_change, make_password
from models.operations.credentials.reset_options import EXPIRES_IN
from models.operations.guards import enforce
from models.operations.looks import hold_looks
from models.operations.plan import Action, ActorKind, FieldError, Plan, Refusal, RefusalCode, Status, Target
from models.operations.presence import unchanged_since
from models.operations.refused import written_once
from models.operations.rescue.place import why_not_here
from models.operations.rescue.target import effects_of, find, temporary_words
from models.operations.text import moment
from models.operations.transactions import connection
from models.operations.uniqueness import look_alike_errors, taken_names
from models.operations.values import cleaned, stored, taken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import WriteContext
    from models.operations.plan import Actor, Change

REVOKE_REASON: Final = "rescued"


async def plan_rescue(actor: Actor, username: str, *, reason: str, ticket: str = "") -> Plan:
    """Plan to make this user a superuser who can sign in, or to make one of this name. A reason is needed.

    `actor` is of kind system. The generated password has to be changed at the first sign-in, within 24 h.
    """
    client = connection()
    refusals = await _refusals(client, actor)
    errors = () if reason.strip() else (FieldError("reason", "A rescue needs a reason: the audit keeps it."),)
    found = await find(client, username)
    if found.account is None:
        good, wrong = cleaned({"username": username})
        wrong = (*wrong, *await taken_names(client, None, good)) if not refusals else wrong
        return Plan(
            Action.RESCUE,
            actor,
            Target(USER, None, str(good.get("username", username))),
            RescueStep({"username": good.get("username", username)}),
            _creation(str(good.get("username", username))),
            (*errors, *wrong),
            refusals,
            ("it is made as a superuser, who may do everything", await temporary_words(client)),
            reason=reason,
            ticket=ticket,
        )
    scene = await load_scene(client, actor, found.account.id, lock=False)
    account = scene.account
    losses = ["the old password cannot be brought back"]
    if await MfaFactor.filter(user_id=account.id).using_db(client).exists():
        losses.append("removed authenticators have to be enrolled anew")
    return Plan(
        Action.RESCUE,
        actor,
        target_of(account),
        RescueStep(found.names),
        _changes(account, found.names),
        (*errors, *(await taken_names(client, account.id, found.names) if found.names else ())),
        refusals,
        await effects_of(client, scene),
        tuple(losses),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class RescueStep:
    """The names that are written, and once prepared the password."""

    names: Mapping[str, object]
    made: MadePassword | None = field(default=None, repr=False)
    counts_superusers: bool = False

    async def prepare(self) -> RescueStep:
        """Generate and hash, before any transaction is open."""
        return replace(self, made=await make_password(PasswordMethod.GENERATE))

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Make the account, or mend the one that the person saw."""
        assert self.made is not None
        enforce(await _refusals(context.connection, plan.actor), context.scene)
        await hold_looks(context.connection, [self.names.get("username")])
        try:
            return await (self._make(context, plan) if plan.target.id is None else self._mend(context, plan))
        except IntegrityError as error:
            errors = taken(error, self.names)
            if not errors:
                raise
            raise Stopped(Status.REFUSED, "Nothing was changed.", errors=errors) from error

    async def _make(self, context: WriteContext, plan: Plan) -> Written:
        client, now = context.connection, context.scene.now
        errors = await look_alike_errors(client, None, self.names)
        if errors:
            raise Stopped(Status.REFUSED, "Nothing was changed.", errors=errors)
        row: dict[str, Any] = {
            **stored(self.names),
            **self._opening(now),
            "password_changed_at": now,
            "created_at": now,
        }
        user = await User.create(using_db=client, **row)
        target = Target(USER, user.id, user.username, user.version)
        return self._written(target, f"{target} was made, as a superuser", plan.changes, None, user.version, now)

    async def _mend(self, context: WriteContext, plan: Plan) -> Written:
        client, now = context.connection, context.scene.now
        account = await unchanged_since(context, plan, deleted=True)
        opening = self._opening(now)
        columns: dict[str, Any] = {
            **stored(self.names),
            **opening,
            "deactivated_at": None,
            "deactivation_reason": None,
            "deleted_at": None,
            "expires_at": None,
            "password_changed_at": now,
            "token_version": account.token_version + 1,
            "version": account.version + 1,
        }
        rows = User.filter(id=account.id, version=account.version).using_db(client)
        written_once(await rows.update(**columns))
        ended = await end_sessions(context, plan.actor, account.id, REVOKE_REASON)
        voided = await void_links(context, account.id)
        factors = await remove_factors(context, account.id)
        await clear_failures(context, account.id)
        changes = (
            *_changes(account, self.names),
            change("password_expires_at", account.password_expires_at, now + EXPIRES_IN),
            change("password_changed_at", account.password_changed_at, now),
        )
        name = self.names.get("username", account.username)
        return self._written(
            target_of(account),
            f"{name} #{account.id} is a superuser who can sign in",
            changes,
            account.version,
            account.version + 1,
            now,
            {"ended_sessions": ended, "voided_links": voided, "removed_factors": factors, "unlocked": True},
        )

    def _opening(self, now: datetime) -> dict[str, object]:
        assert self.made is not None
        return {
            "hashed_password": self.made.hashed,
            "has_usable_password": True,
            "is_active": True,
            "is_superuser": True,
            "must_change_password": True,
            "password_expires_at": now + EXPIRES_IN,
            "updated_at": now,
        }

    def _written(
        self,
        target: Target,
        what: str,
        changes: tuple[Change, ...],
        before: int | None,
        after: int,
        now: datetime,
        meta: dict[str, Any] | None = None,
    ) -> Written:
        assert self.made is not None
        until = now + EXPIRES_IN
        return Written(
            target,
            f"{what}. The password is to be changed at the first sign-in, before {moment(until)}.",
            changes,
            before,
            after,
            secret=self.made.shown,
            secret_expires_at=until,
            meta=meta or {},
        )


async def _refusals(client: BaseDBAsyncClient, actor: Actor) -> tuple[Refusal, ...]:
    found = []
    if actor.kind is not ActorKind.SYSTEM:
        found.append(Refusal(RefusalCode.PERMISSION, "A rescue is nobody's account: it is done from a prompt."))
    why = await why_not_here(client)
    if why:
        found.append(Refusal(RefusalCode.PLACE, why))
    if not found and not await Account.all().using_db(client).exists():
        sentence = "There is nobody to rescue in this database: shellback init makes the first superuser."
        found.append(Refusal(RefusalCode.STATE, sentence))
    return tuple(found)


def _creation(username: str) -> tuple[Change, ...]:
    return (
        change("username", None, username),
        change("is_superuser", None, True),
        hash_change(),
        change("must_change_password", None, True),
    )


def _changes(account: Account, names: Mapping[str, object]) -> tuple[Change, ...]:
    values = {
        **names,
        "deleted_at": None,
        "is_active": True,
        "deactivated_at": None,
        "deactivation_reason": None,
        "is_superuser": True,
        "expires_at": None,
        "has_usable_password": True,
        "must_change_password": True,
        "token_version": account.token_version + 1,
    }
    found = (change(name, getattr(account, name), value) for name, value in values.items())
    return (hash_change(), *(one for one in found if one.before != one.after))
