"""Grant and revoke a role: one row added or removed, never clear-then-add, and the user's version is bumped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise.expressions import F

from models import Account, UserRole
from models.operations.context import Stopped, Written, change, target_of
from models.operations.guards import actor_may, enforce, not_yourself, outranked, proven
from models.operations.plan import Action, Change, FieldError, Plan, Refusal, RefusalCode, Status
from models.operations.presence import load_target, unchanged_since
from models.operations.refused import written_once
from models.operations.roles.state import role_named, scene_with_roles_held
from models.operations.sign_in.proofs import StepUpClass
from models.operations.text import clipped, counted, listed, moment
from models.operations.transactions import connection
from models.permissions import Codename, may_grant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor


async def plan_grant(
    actor: Actor,
    user_id: int,
    role_name: str,
    *,
    expires_at: datetime | None = None,
    reason: str = "",
    ticket: str = "",
) -> Plan:
    """Plan to give the user the role, until `expires_at` or for good. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id)
    step = GrantStep(role_name, expires_at)
    facts = await grant_facts(client, user_id, role_name)
    errors = [] if facts.role_id else [no_such_role(role_name)]
    if expires_at is not None and expires_at <= scene.now:
        errors.append(FieldError("expires_at", "This end is in the past."))
    held = facts.grant is not None and counts_now(facts.grant, scene)
    return Plan(
        Action.GRANT_ROLE,
        actor,
        target_of(scene.account),
        step,
        () if held or not facts.role_id else step.changes(facts),
        tuple(errors),
        tuple(may_give(scene, facts, expires_at)),
        _gained(scene, facts),
        reason=reason,
        ticket=ticket,
    )


async def plan_revoke(actor: Actor, user_id: int, role_name: str, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to take the role from the user. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id)
    facts = await grant_facts(client, user_id, role_name)
    return Plan(
        Action.REVOKE_ROLE,
        actor,
        target_of(scene.account),
        RevokeStep(role_name),
        (_revocation(facts),) if facts.grant else (),
        () if facts.role_id else (no_such_role(role_name),),
        tuple(may_take(scene, facts)),
        _lost(scene, facts) if facts.grant else (),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """The role as the database has it, and the user's grant of it. `role_id` is None when there is no such role."""

    role_id: int | None
    name: str
    codenames: frozenset[str]
    grant: UserRole | None


@dataclass(frozen=True, slots=True)
class GrantStep:
    """Which role, until when."""

    role_name: str
    expires_at: datetime | None
    counts_superusers: bool = False

    async def prepare(self) -> GrantStep:
        """Nothing to do beforehand."""
        return self

    def changes(self, facts: RoleFacts) -> tuple[Change, ...]:
        """Return the grant as a change: the end of it is part of its value."""
        return (change(f"role:{self.role_name}", grant_words(facts.grant), granted_until(self.expires_at)),)

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Add the grant, or renew one that has expired."""
        account = await unchanged_since(context, plan)
        scene = await scene_with_roles_held(context)
        facts = await grant_facts(context.connection, account.id, self.role_name)
        enforce(may_give(scene, facts, self.expires_at), scene)
        if facts.role_id is None:
            raise Stopped(Status.REFUSED, "Nothing was changed.", errors=(no_such_role(self.role_name),))
        if facts.grant is not None and counts_now(facts.grant, context.scene):
            raise Stopped(Status.UNCHANGED, f"{plan.target} has {self.role_name} already.", version=account.version)
        values = {
            "granted_by_id": plan.actor.user_id,
            "granted_by_label": clipped(plan.actor.label, 100),
            "granted_at": context.scene.now,
            "expires_at": self.expires_at,
        }
        if facts.grant is not None:
            rows = UserRole.filter(id=facts.grant.id).using_db(context.connection)
            written_once(await rows.update(**values))
        else:
            await UserRole.create(using_db=context.connection, user_id=account.id, role_id=facts.role_id, **values)
        await bump(context, account)
        until = f" until {moment(self.expires_at)}" if self.expires_at else ""
        return Written(
            target_of(account),
            f"{plan.target} has {self.role_name} now{until}.",
            self.changes(facts),
            account.version,
            account.version + 1,
        )


@dataclass(frozen=True, slots=True)
class RevokeStep:
    """Which role."""

    role_name: str
    counts_superusers: bool = False

    async def prepare(self) -> RevokeStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Remove the one grant."""
        account = await unchanged_since(context, plan)
        scene = await scene_with_roles_held(context)
        facts = await grant_facts(context.connection, account.id, self.role_name)
        enforce(may_take(scene, facts), scene)
        if facts.grant is None:
            raise Stopped(Status.UNCHANGED, f"{plan.target} does not have {self.role_name}.", version=account.version)
        written_once(await UserRole.filter(id=facts.grant.id).using_db(context.connection).delete())
        await bump(context, account)
        return Written(
            target_of(account),
            f"{plan.target} does not have {self.role_name} any more.",
            (_revocation(facts),),
            account.version,
            account.version + 1,
        )


async def grant_facts(client: BaseDBAsyncClient, user_id: int, role_name: str) -> RoleFacts:
    """Return the role of this name, what it allows, and the user's grant of it."""
    role = await role_named(client, role_name)
    if role is None:
        return RoleFacts(None, role_name, frozenset(), None)
    grant = await UserRole.get_or_none(user_id=user_id, role_id=role.id, using_db=client)
    return RoleFacts(role.id, role.name, role.codenames, grant)


async def bump(context: WriteContext, account: Account) -> None:
    """Give the user another version: a role is part of what a person saw."""
    rows = Account.filter(id=account.id, version=account.version).using_db(context.connection)
    written_once(await rows.update(version=F("version") + 1, updated_at=context.scene.now))


def may_give(
    scene: Scene, facts: RoleFacts, until: datetime | None, deed: str = "give a role to yourself"
) -> Iterator[Refusal]:
    """Refuse whoever may not grant this role to this user until then (None: for good), or do this `deed` with it."""
    yield from actor_may(scene, Codename.ROLES_GRANT)
    yield from outranked(scene)
    # What one holds for a while only, one would hold for good.
    yield from not_yourself(scene, deed)
    yield from _holds_it(scene, facts)
    yield from outlasting(scene, facts.name, facts.codenames, until)
    yield from proven(scene, StepUpClass.ROLES)


def may_take(scene: Scene, facts: RoleFacts) -> Iterator[Refusal]:
    """Refuse whoever may not take this role from this user."""
    yield from actor_may(scene, Codename.ROLES_GRANT)
    yield from outranked(scene)
    yield from not_yourself(scene, "take a role from yourself")
    yield from _holds_it(scene, facts)
    yield from proven(scene, StepUpClass.ROLES)


def _holds_it(scene: Scene, facts: RoleFacts) -> Iterator[Refusal]:
    if scene.actor is None:
        return
    mine = scene.actor.permissions
    if not may_grant(mine.codenames, mine.is_superuser, facts.codenames):
        missing = sorted(facts.codenames - mine.codenames)
        yield Refusal(
            RefusalCode.GRANT_WITHOUT_HOLDING,
            f"{facts.name} allows what you may not do yourself: {listed(missing)}.",
            target_of(scene.account),
        )


def outlasting(scene: Scene, role_name: str, codenames: Iterable[str], until: datetime | None) -> Iterator[Refusal]:
    """Refuse to give for longer what one holds for a while: the other one could give it back for good."""
    end = scene.actor.permissions.end_of(codenames) if scene.actor is not None else None
    if end is not None and (until is None or until > end):
        sentence = f"You hold what {role_name} allows until {moment(end)} yourself: grant it until then at most."
        yield Refusal(RefusalCode.GRANT_WITHOUT_HOLDING, sentence)


def counts_now(grant: UserRole, scene: Scene) -> bool:
    """Whether the grant has not expired."""
    return grant.expires_at is None or grant.expires_at > scene.now


def grant_words(grant: UserRole | None) -> str | None:
    """Return the grant as the value of a change; None where there is none."""
    return None if grant is None else granted_until(grant.expires_at)


def granted_until(expires_at: datetime | None) -> str:
    """Return a grant as the value of a change: "granted", or until when."""
    return "granted" if expires_at is None else f"granted until {moment(expires_at)}"


def _revocation(facts: RoleFacts) -> Change:
    return change(f"role:{facts.name}", grant_words(facts.grant), None)


def _gained(scene: Scene, facts: RoleFacts) -> tuple[str, ...]:
    assert scene.target is not None
    gained = facts.codenames - scene.target.permissions.codenames
    return (f"{counted(len(gained), 'permission')} more: {listed(sorted(gained))}",) if gained else ()


def _lost(scene: Scene, facts: RoleFacts) -> tuple[str, ...]:
    assert scene.target is not None
    others = (source.codenames for source in scene.target.permissions.sources if source.role_id != facts.role_id)
    lost = facts.codenames - frozenset().union(*others)
    return (f"{counted(len(lost), 'permission')} less: {listed(sorted(lost))}",) if lost else ()


def no_such_role(name: str) -> FieldError:
    """Return the error of a role that does not exist."""
    return FieldError("role", f"There is no role {clipped(name, 50)}.")
