"""Restore a soft-deleted user: the name and the address come back from the audit of the deletion, the password never.

Somebody may have the name or the address by now, or one that looks like it: then another one is chosen. A restored user
is as active as it was, holds the roles that it held, and has no password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from models import Account, AuditEvent
from models.operations.context import USER, Stopped, Written, change, target_of
from models.operations.guards import actor_may, enforce, outranked
from models.operations.looks import hold_looks
from models.operations.plan import Action, Plan, Status
from models.operations.presence import load_target, present, unchanged_since
from models.operations.refused import written_once
from models.operations.text import listed, moment
from models.operations.transactions import connection
from models.operations.uniqueness import look_alike_errors, taken_names
from models.operations.values import cleaned, stored, taken
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor, Change, FieldError, Refusal


@dataclass(frozen=True, slots=True)
class Former:
    """What a deleted user was called. Both None where the audit does not say: the row keeps what it has."""

    username: str | None = None
    email: str | None = None


async def former_names(client: BaseDBAsyncClient, account: Account) -> Former:
    """Return what the deletion freed, by the audit row of exactly that deletion."""
    event = (
        await AuditEvent.filter(target_type=USER, target_id=account.id, outcome="ok", action=str(Action.DELETE))
        .using_db(client)
        .order_by("-id")
        .first()
    )
    changes = event.changes or {} if event else {}
    username, kept_as = changes.get("username", (None, None))
    if account.deleted_at is None or kept_as != account.username:
        return Former()  # deleted by another program, which left the name where it was
    return Former(username, changes.get("email", (None, None))[0])


async def plan_restore(
    actor: Actor,
    user_id: int,
    *,
    username: str | None = None,
    email: str | None = None,
    reason: str = "",
    ticket: str = "",
) -> Plan:
    """Plan to take a deletion back. Raises `TargetGone`.

    `username` and `email` are chosen instead of the former ones, which None takes; an empty `email` is none at all.
    """
    client = connection()
    scene = await load_target(client, actor, user_id, deleted=True)
    account = scene.account
    former = await former_names(client, account)
    values, errors = _values(account, former, username, email)
    step = RestoreStep(values, chooses=_chooses(values, former))
    deleted = account.deleted_at is not None
    return Plan(
        Action.RESTORE,
        actor,
        target_of(account),
        step,
        _changes(account, values) if deleted else (),
        (*errors, *await taken_names(client, user_id, values)) if deleted else (),
        tuple(_may_restore(scene, step)),
        _effects(scene, former, values) if deleted else (),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class RestoreStep:
    """The columns that come back beside the deletion itself; `chooses`: one of them is not the former value."""

    values: Mapping[str, object]
    chooses: bool
    counts_superusers: bool = False

    async def prepare(self) -> RestoreStep:
        """Nothing to do beforehand: there is no password to make."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Take the deletion back on the row that the person saw."""
        client = context.connection
        if (await present(context, plan, deleted=True)).deleted_at is None:
            raise Stopped(Status.UNCHANGED, f"{plan.target} is not deleted any more.")
        account = await unchanged_since(context, plan, deleted=True)
        enforce(_may_restore(context.scene, self), context.scene)
        await hold_looks(client, [self.values.get("username")])
        errors = await look_alike_errors(client, account.id, self.values)
        if errors:
            raise Stopped(Status.REFUSED, "Nothing was changed.", version=account.version, errors=errors)
        try:
            rows = (
                await Account.filter(id=account.id, version=account.version)
                .using_db(client)
                .update(**stored(self.values), deleted_at=None, version=F("version") + 1, updated_at=context.scene.now)
            )
        except IntegrityError as error:
            errors = taken(error, self.values)
            if not errors:
                raise
            raise Stopped(Status.REFUSED, "Nothing was changed.", version=account.version, errors=errors) from error
        written_once(rows)
        name = self.values.get("username", account.username)
        return Written(
            target_of(account),
            f"{name} #{account.id} is restored. Nobody can sign in to it until the password is reset.",
            _changes(account, self.values),
            account.version,
            account.version + 1,
        )


def _values(
    account: Account, former: Former, username: str | None, email: str | None
) -> tuple[dict[str, object], tuple[FieldError, ...]]:
    """What is to be written, and what is wrong with what was chosen. A former value is taken as it was."""
    chosen: dict[str, object] = {}
    if username is not None and username != former.username:
        chosen["username"] = username
    if email is not None and email != former.email:
        chosen["email"] = email
    good, errors = cleaned(chosen)
    values = {"username": former.username or account.username, "email": former.email or account.email} | good
    if values["email"] != former.email and values["email"] != account.email:
        values["is_verified"] = False  # another address, which nobody has verified
    return {name: value for name, value in values.items() if getattr(account, name) != value}, errors


def _chooses(values: Mapping[str, object], former: Former) -> bool:
    former_values = {"username": former.username, "email": former.email}
    return any(values[name] != value for name, value in former_values.items() if name in values)


def _changes(account: Account, values: Mapping[str, object]) -> tuple[Change, ...]:
    back = (change(name, getattr(account, name), value) for name, value in values.items())
    return (*back, change("deleted_at", account.deleted_at, None))


def _may_restore(scene: Scene, step: RestoreStep) -> Iterator[Refusal]:
    # Oneself needs no rule: whoever is deleted acts no more.
    needed = (Codename.USERS_DELETE, Codename.USERS_EDIT) if step.chooses else (Codename.USERS_DELETE,)
    yield from actor_may(scene, *needed)
    yield from outranked(scene)


def _effects(scene: Scene, former: Former, values: Mapping[str, object]) -> tuple[str, ...]:
    account = scene.account
    address = f", with the address {values['email']}" if values.get("email") else ""
    effects = [f"it is called {values.get('username', account.username)}{address}"] if values else []
    if former.username is None and "username" not in values:
        effects.append(f"it keeps the name {account.username}: the audit does not know of another one")
    if former.email is not None and "email" not in values:
        effects.append("it comes back without an e-mail address")
    effects.append("it has no password: nobody can sign in to it until the password is reset")
    sources = scene.target.permissions.sources if scene.target else ()
    if account.is_superuser:
        effects.append("it is a superuser again")
    if sources:
        effects.append(f"it holds {listed([source.role for source in sources])} again")
    if not account.is_active:
        effects.append("it stays inactive, as it was: activating is apart")
    if account.expires_at and account.expires_at <= scene.now:
        effects.append(f"it stays expired since {moment(account.expires_at)}: the end date is edited apart")
    return tuple(effects)
