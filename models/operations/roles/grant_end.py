"""Change when a role that a user holds ends: renewed, shortened, or held for good. The grant stays the same one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import UserRole
from models.operations.context import Stopped, Written, change, target_of
from models.operations.guards import enforce
from models.operations.plan import Action, Change, FieldError, Plan, Status
from models.operations.presence import load_target, unchanged_since
from models.operations.refused import written_once
from models.operations.roles.grants import (
    bump,
    counts_now,
    grant_facts,
    grant_words,
    granted_until,
    may_give,
    no_such_role,
)
from models.operations.roles.state import scene_with_roles_held
from models.operations.text import moment
from models.operations.transactions import connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor, Refusal
    from models.operations.roles.grants import RoleFacts

IN_THE_PAST = "This end is in the past. To end it now, take the role away."


async def plan_change_grant(
    actor: Actor, user_id: int, role_name: str, expires_at: datetime | None, *, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan another end (None: for good) for a role that the user holds now. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id)
    facts = await grant_facts(client, user_id, role_name)
    step = ChangeGrantStep(role_name, expires_at)
    return Plan(
        Action.CHANGE_GRANT,
        actor,
        target_of(scene.account),
        step,
        step.changes(facts),
        step.errors(facts, scene),
        tuple(step.refusals(facts, scene)),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class ChangeGrantStep:
    """Which role, and until when."""

    role_name: str
    expires_at: datetime | None
    counts_superusers: bool = False

    async def prepare(self) -> ChangeGrantStep:
        """Nothing to do beforehand."""
        return self

    def changes(self, facts: RoleFacts) -> tuple[Change, ...]:
        """Return the other end as a change; nothing where it is the same."""
        if facts.grant is None or facts.grant.expires_at == self.expires_at:
            return ()
        return (change(f"role:{facts.name}", grant_words(facts.grant), granted_until(self.expires_at)),)

    def errors(self, facts: RoleFacts, scene: Scene) -> tuple[FieldError, ...]:
        """Return what cannot be done to this grant."""
        if facts.role_id is None:
            return (no_such_role(self.role_name),)
        if facts.grant is None or not counts_now(facts.grant, scene):
            return (FieldError("role", f"{scene.account.username} does not hold {facts.name} now: grant it."),)
        if self.expires_at is not None and self.expires_at <= scene.now:
            return (FieldError("expires_at", IN_THE_PAST),)
        return ()

    def refusals(self, facts: RoleFacts, scene: Scene) -> Iterator[Refusal]:
        """Return what forbids it: as granting does, and nobody gives themselves more time."""
        yield from may_give(scene, facts, self.expires_at, "change how long you hold a role")

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Set the end of the one grant."""
        account = await unchanged_since(context, plan)
        scene = await scene_with_roles_held(context)
        facts = await grant_facts(context.connection, account.id, self.role_name)
        enforce(self.refusals(facts, scene), scene)
        errors = self.errors(facts, scene)
        if errors:
            raise Stopped(Status.REFUSED, "Nothing was changed.", version=account.version, errors=errors)
        assert facts.grant is not None
        changes = self.changes(facts)
        if not changes:
            raise Stopped(Status.UNCHANGED, f"{plan.target} has it until then already.", version=account.version)
        rows = UserRole.filter(id=facts.grant.id).using_db(context.connection)
        written_once(await rows.update(expires_at=self.expires_at))
        await bump(context, account)
        until = f"until {moment(self.expires_at)}" if self.expires_at else "for good"
        return Written(
            target_of(account),
            f"{plan.target} has {facts.name} {until} now.",
            changes,
            account.version,
            account.version + 1,
        )
