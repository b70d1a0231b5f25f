"""Reset somebody's authenticators: a colleague lost the telephone, and the password alone is to sign in again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import MfaFactor
from models.operations.context import Stopped, Written, change, target_of
from models.operations.guards import actor_may, enforce, not_yourself, outranked
from models.operations.plan import Action, Plan, Refusal, RefusalCode, Status
from models.operations.presence import load_target, present
from models.operations.refused import written_all
from models.operations.text import counted
from models.operations.transactions import connection
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor


async def plan_reset_factors(
    actor: Actor, user_id: int, factor_ids: Collection[int] | None = None, *, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to remove these authenticators of the user, or all of them. Raises `TargetGone`.

    Exactly those that the plan names are removed: one that is enrolled meanwhile stops it.
    """
    client = connection()
    scene = await load_target(client, actor, user_id)
    rows = MfaFactor.filter(user_id=user_id).using_db(client).order_by("id")
    have = await rows.values_list("id", "kind", "label", "is_pending")
    chosen = [row for row in have if factor_ids is None or row[0] in factor_ids]
    refusals = [*_may_reset(scene)]
    unknown = sorted(set(factor_ids or ()) - {row[0] for row in have})
    if unknown:
        sentence = f"{scene.account.username} has no authenticator {', '.join(f'#{one}' for one in unknown)}."
        refusals.append(Refusal(RefusalCode.STATE, sentence, target_of(scene.account)))
    kept = [row for row in have if row not in chosen and not row[3]]
    return Plan(
        Action.RESET_MFA,
        actor,
        target_of(scene.account),
        ResetFactorsStep(tuple(row[0] for row in chosen), all_of_them=factor_ids is None),
        tuple(change(f"authenticator #{row[0]}", _name(row[1], row[2]), None) for row in chosen),
        refusals=tuple(refusals),
        effects=_effects(kept) if chosen else (),
        irreversible=("a removed authenticator has to be enrolled anew by its owner",) if chosen else (),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class ResetFactorsStep:
    """The authenticators that the person saw."""

    factor_ids: tuple[int, ...]
    all_of_them: bool
    counts_superusers: bool = False

    async def prepare(self) -> ResetFactorsStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Remove those, and no others."""
        account = await present(context, plan)
        enforce(_may_reset(context.scene), context.scene)
        theirs = MfaFactor.filter(user_id=account.id).using_db(context.connection)
        have = {int(one[0]) for one in await theirs.values_list("id")}
        wanted = set(self.factor_ids)
        if not wanted <= have or (self.all_of_them and have != wanted):
            sentence = f"Nothing was changed: the authenticators of {plan.target} are not as you saw them. Look again."
            raise Stopped(Status.CONFLICT, sentence, version=account.version)
        removed = await theirs.filter(id__in=self.factor_ids).delete()
        written_all(removed, len(wanted))
        return Written(
            target_of(account),
            f"{counted(removed, 'authenticator')} of {plan.target} {'is' if removed == 1 else 'are'} removed.",
            plan.changes,
            account.version,
            account.version,
            meta={"removed_factors": removed},
        )


def _may_reset(scene: Scene) -> Iterator[Refusal]:
    yield from actor_may(scene, Codename.USERS_RESET_MFA)
    yield from outranked(scene)
    yield from not_yourself(scene, "reset your own authenticators here; remove them on your own page")


def _effects(kept: Sequence[object]) -> tuple[str, ...]:
    if kept:
        return (f"{counted(len(kept), 'authenticator')} will stay, and sign-in asks for a code",)
    return ("the password alone will sign in, until an authenticator is enrolled anew", "sessions that are open go on")


def _name(kind: str, label: str) -> str:
    return f"{kind} {label}".rstrip()
