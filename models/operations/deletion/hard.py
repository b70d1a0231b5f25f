"""Hard delete: the row goes, and with it what the database deletes along. Nothing brings it back but a backup.

The username has to be typed; the id, where the name looks like another one's or cannot be typed. What depends on the
row is looked at for the preview, and again once the row is locked; what is in the way is named. The row is seen to be
gone before that is said. The audit keeps its history: it refers to nobody by key.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tortoise.exceptions import IntegrityError

from models import Account
from models.engines.errors import constraint_of
from models.operations.context import Stopped, Written, change, target_of
from models.operations.deletion.dependants import (
    block_sentence,
    deepest,
    in_the_way,
    more_than_seen,
    preview,
    recount,
    sentences,
)
from models.operations.deletion.references import OnDelete
from models.operations.guards import actor_may, enforce, not_yourself, outranked, proven
from models.operations.plan import Action, FieldError, Plan, Refusal, RefusalCode, Status
from models.operations.presence import load_target, unchanged_since
from models.operations.refused import written_once
from models.operations.sign_in.proofs import StepUpClass
from models.operations.text import clipped, counted, listed
from models.operations.transactions import connection, is_postgres
from models.operations.uniqueness import look_alike_errors
from models.operations.values import cleaned
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene, WriteContext
    from models.operations.deletion.dependants import Dependant
    from models.operations.plan import Actor, Change, Json, Target

CONFIRM = "confirm"
"""The field of the error of a plan that nobody confirmed."""

KEPT: tuple[str, ...] = ("username", "email", "full_name", "is_active", "is_verified", "created_at", "deleted_at")
"""What the audit says of who it was."""


async def plan_hard_delete(actor: Actor, user_id: int, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to delete the user for good, deleted already or not. It is not applied before `confirmed`.

    Takes up to 8 s where relations without an index are counted. Raises `TargetGone`.
    """
    client = connection()
    scene = await load_target(client, actor, user_id, deleted=True)
    account = scene.account
    looks_like = await look_alike_errors(client, user_id, {"username": account.username})
    # A name that another program wrote may hold what nobody can see or type.
    is_plain = cleaned({"username": account.username})[0].get("username") == account.username
    found = await preview(client, user_id)
    effects = [*sentences(found), deepest(found)]
    if not any(one.rows != 0 for one in found):
        effects.insert(0, "nothing refers to it")
    return Plan(
        Action.HARD_DELETE,
        actor,
        target_of(account),
        HardDeleteStep(account.username if is_plain and not looks_like else str(account.id), found),
        _changes(account),
        refusals=(*_may_hard_delete(scene), *_blocks(target_of(account), found)),
        effects=tuple(effect for effect in effects if effect),
        irreversible=("the account is deleted for good: only a backup brings it back",),
        reason=reason,
        ticket=ticket,
        dependants=found,
    )


def expected(plan: Plan) -> str:
    """Return what has to be typed to confirm this plan: the username, or the id where the name will not do."""
    assert isinstance(plan.step, HardDeleteStep)
    return plan.step.expected


def confirmed(plan: Plan, typed: str) -> Plan:
    """Return the plan with what was typed; it is compared when it is applied."""
    assert isinstance(plan.step, HardDeleteStep)
    return replace(plan, step=replace(plan.step, typed=typed.strip()))


@dataclass(frozen=True, slots=True)
class HardDeleteStep:
    """What has to be typed, what was seen to depend on the row, and what was typed.

    Superusers are refused altogether, so that none need be counted.
    """

    expected: str
    seen: tuple[Dependant, ...]
    typed: str = ""
    counts_superusers: bool = False

    async def prepare(self) -> HardDeleteStep:
        """Refuse what nobody confirmed."""
        if self.typed != self.expected:
            error = FieldError(CONFIRM, f"Type {self.expected} to confirm.")
            raise Stopped(Status.REFUSED, "Nothing was changed.", errors=(error,))
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Delete the row that the person saw, with no more than the person saw."""
        client = context.connection
        account = await unchanged_since(context, plan, deleted=True)
        enforce(_may_hard_delete(context.scene), context.scene)
        # The lock of the scene lets others refer to the row; from here on nobody can who has not done so already.
        # Whole rows: Tortoise leaves the lock out of `values_list`.
        await Account.filter(id=account.id).using_db(client).select_for_update()
        now = await recount(client, account.id, self.seen)
        enforce(_blocks(plan.target, now), context.scene)
        grown = more_than_seen(now, self.seen)
        if grown:
            what = listed([f"{one.words} ({one.count})" for one in grown])
            raise Stopped(
                Status.CONFLICT,
                f"Nothing was changed: more depends on {plan.target} than you saw: {what}. Look again.",
                version=account.version,
            )
        try:
            written_once(await Account.filter(id=account.id, version=account.version).using_db(client).delete())
            if is_postgres(client):
                await _let_speak(client)
        except IntegrityError as error:
            which = f" ({clipped(constraint, 100)})" if (constraint := constraint_of(error)) else ""
            sentence = f"A row that this connection cannot see, or one further away, still refers to it{which}."
            refusal = Refusal(RefusalCode.REFERRED_TO, sentence, plan.target)
            enforce((refusal,), context.scene)
        if await Account.filter(id=account.id).using_db(client).exists():
            raise Stopped(Status.ERROR, f"Nothing was changed: the database put {plan.target} back.")
        return Written(
            target_of(account),
            f"{plan.target} is deleted for good{_with_it(now)}.",
            _changes(account),
            account.version,
            None,
            meta={"deleted": _counts(now, OnDelete.DELETES), "detached": _counts(now, OnDelete.DETACHES)},
        )


async def _let_speak(client: BaseDBAsyncClient) -> None:
    """A deferred constraint would speak up at COMMIT only, and a deferred trigger act there. Only those wait on
    that record what left no row of the audit (`shellback grants`): Shellback's own row is yet to come."""
    rows = await client.execute_query_dict(
        "SELECT string_agg(DISTINCT format('%I.%I', n.nspname, c.conname), ', ') AS names"
        " FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace"
        " WHERE c.condeferrable AND c.conname NOT IN ('shellback_recorded', 'shellback_recorded_hash')"
    )
    if names := rows[0]["names"]:
        await client.execute_query(f"SET CONSTRAINTS {names} IMMEDIATE")


def _may_hard_delete(scene: Scene) -> Iterator[Refusal]:
    yield from actor_may(scene, Codename.USERS_DELETE)
    yield from outranked(scene)
    yield from not_yourself(scene, "delete your own account")
    if scene.account.is_superuser:
        restored = "Restore it, and take" if scene.account.deleted_at else "Take"
        yield Refusal(
            RefusalCode.STATE,
            f"{scene.account.username} is a superuser, and none is deleted for good. {restored} superuser away first.",
            target_of(scene.account),
        )
    yield from proven(scene, StepUpClass.DELETE)


def _blocks(target: Target, dependants: Iterable[Dependant]) -> Iterator[Refusal]:
    for one in in_the_way(dependants):
        yield Refusal(RefusalCode.REFERRED_TO, block_sentence(one), target)


def _changes(account: Account) -> tuple[Change, ...]:
    values = ((name, getattr(account, name)) for name in KEPT)
    return tuple(change(name, value, None) for name, value in values if value not in (None, ""))


def _counts(dependants: Iterable[Dependant], what: OnDelete) -> dict[str, Json]:
    return {one.reference.place: one.count for one in dependants if one.on_delete is what and one.rows != 0}


def _with_it(dependants: Iterable[Dependant]) -> str:
    tables = {one.reference.name for one in dependants if one.on_delete is OnDelete.DELETES and one.rows}
    return f", with its rows in {counted(len(tables), 'table')}" if tables else ""
