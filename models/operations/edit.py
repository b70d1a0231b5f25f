"""Edit: write the fields that were touched, to the version that was seen, or say exactly why not.

Saved by somebody else meanwhile, other fields: re-based on the new version and said. The same field with the same
value: done. The same field with another value, or a security field: a conflict, and nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from models import Account
from models.operations.access import open_links, void_links
from models.operations.audit.trail import Author, authors_since
from models.operations.context import Stopped, Written, change, target_of
from models.operations.guards import (
    actor_may,
    enforce,
    keeps_a_superuser,
    not_yourself,
    outranked,
    proven,
    superuser_touches_superuser,
)
from models.operations.looks import hold_looks
from models.operations.plan import (
    Action,
    FieldConflict,
    Merged,
    Plan,
    Refusal,
    RefusalCode,
    Status,
    json_value,
)
from models.operations.presence import field_names, load_target, present
from models.operations.refused import written_once
from models.operations.sign_in.proofs import StepUpClass
from models.operations.text import counted, moment
from models.operations.transactions import connection
from models.operations.uniqueness import look_alike_errors, taken_names
from models.operations.values import SECURITY_FIELDS, cleaned, snapshot, stored, taken, unknown_fields
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor

_UNRANKED = frozenset({"full_name", "is_verified"})
"""Fields that give nobody a way into the account; all others need the rank."""


async def plan_edit(
    actor: Actor, base: Account, values: Mapping[str, object], *, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to give `base`, the row as the form loaded it, these values. Untouched ones are left out by themselves.

    Raises `TargetGone` when the row is not there any more.
    """
    client = connection()
    target = target_of(base)
    good, errors = cleaned(values)
    before = snapshot(base)
    touched = {name: value for name, value in good.items() if name in before and before[name] != value}
    scene = await load_target(client, actor, base.id, superusers=_ends_a_superuser(base, touched))
    return Plan(
        Action.EDIT,
        actor,
        target,
        EditStep(before, touched),
        tuple(change(name, before[name], value) for name, value in touched.items()),
        (*unknown_fields(values), *errors, *await taken_names(client, base.id, touched)),
        tuple(edit_refusals(scene, touched)),
        await _effects(client, base, touched),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class EditStep:
    """The row's editable fields when the form loaded it, and the touched ones."""

    base: Mapping[str, object]
    touched: Mapping[str, object]

    @property
    def counts_superusers(self) -> bool:
        """Whether the last superuser could be lost by it."""
        return self.base["is_superuser"] is True and not self.touched.keys().isdisjoint({"is_superuser", "expires_at"})

    async def prepare(self) -> EditStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Compare and set, once re-based."""
        row = await present(context, plan)
        rebase = await self._rebase(context, plan, row)
        if not rebase.values:
            raise Stopped(Status.UNCHANGED, rebase.already_so(plan), version=row.version)
        enforce(edit_refusals(context.scene, rebase.values), context.scene)
        await hold_looks(context.connection, [rebase.values.get("username")])
        look_alikes = await look_alike_errors(context.connection, row.id, rebase.values)
        if look_alikes:
            raise Stopped(Status.REFUSED, "Nothing was changed.", version=row.version, errors=look_alikes)
        try:
            rows = (
                await Account.filter(id=row.id, version=row.version)
                .using_db(context.connection)
                .update(**stored(rebase.values), version=F("version") + 1, updated_at=context.scene.now)
            )
        except IntegrityError as error:
            errors = taken(error, rebase.values)
            if not errors:
                raise
            raise Stopped(Status.REFUSED, "Nothing was changed.", version=row.version, errors=errors) from error
        written_once(rows)
        meta = {}
        if "email" in rebase.values:
            meta["voided_links"] = await void_links(context, row.id)
        return Written(
            target_of(row),
            rebase.sentence(plan),
            tuple(change(name, getattr(row, name), value) for name, value in rebase.values.items()),
            row.version,
            row.version + 1,
            merged=rebase.merged,
            meta=meta,
        )

    async def _rebase(self, context: WriteContext, plan: Plan, row: Account) -> Rebase:
        if row.version == plan.target.version:
            return Rebase(self.touched, (), {})
        authors = await authors_since(context.connection, plan.target, plan.target.version or 0)
        rebase = rebased(self, row, authors)
        if isinstance(rebase, Rebase):
            return rebase
        raise Stopped(
            Status.CONFLICT,
            f"Nothing was changed: {field_names([one.field for one in rebase])} of {plan.target} changed while you "
            "were editing. Choose what to keep.",
            version=row.version,
            conflicts=rebase,
        )


def rebased(step: EditStep, row: Account, authors: Mapping[str, Author]) -> Rebase | tuple[FieldConflict, ...]:
    """Return what is left to write on `row`, which has another version than the one that was seen; or the fields that
    clash. `authors` is who changed which field since."""
    now = snapshot(row)
    values = {name: value for name, value in step.touched.items() if now[name] != value}
    clashing = [name for name in values if now[name] != step.base[name] or name in SECURITY_FIELDS]
    if clashing:
        return tuple(
            FieldConflict(
                name,
                json_value(step.base[name]),
                json_value(now[name]),
                json_value(values[name]),
                *_by_whom(authors.get(name)),
            )
            for name in clashing
        )
    merged = tuple(
        Merged(name, json_value(now[name]), *_by_whom(authors.get(name)))
        for name, value in step.base.items()
        if now[name] != value and name not in values
    )
    return Rebase(values, merged, authors)


@dataclass(frozen=True, slots=True)
class Rebase:
    """What is left to write on the row as it is now, and what others changed and keep."""

    values: Mapping[str, object]
    merged: tuple[Merged, ...]
    authors: Mapping[str, Author]

    def sentence(self, plan: Plan) -> str:
        """Return what is true once it is written."""
        kept = "".join(
            f" {field_names([merged.field])} was changed by {merged.by} at {moment(merged.at)}, kept."
            if merged.by and merged.at
            else f" {field_names([merged.field])} was changed meanwhile, kept."
            for merged in self.merged
        )
        return f"Saved {field_names(list(self.values))} of {plan.target}.{kept}"

    def already_so(self, plan: Plan) -> str:
        """Return what is true when nothing is left to write."""
        if not plan.changes:
            return f"Nothing was touched on {plan.target}."
        by = {author.label for merged in self.merged if (author := self.authors.get(merged.field))}
        whose = f" {' and '.join(sorted(by))} saved the same." if by else ""
        return f"{plan.target} already has these values.{whose}"


def edit_refusals(scene: Scene, touched: Mapping[str, object]) -> Iterator[Refusal]:
    """Return the rules that forbid to write these fields."""
    needed = [Codename.USERS_EDIT] if touched.keys() - {"must_change_password"} or not touched else []
    if "must_change_password" in touched:
        needed.append(Codename.USERS_FORCE_CHANGE)
    yield from actor_may(scene, *needed)
    if touched.keys() <= _UNRANKED:
        yield from superuser_touches_superuser(scene)
    else:
        yield from outranked(scene)
    if "is_superuser" in touched:
        if scene.actor and not scene.actor.account.is_superuser:
            yield Refusal(RefusalCode.SUPERUSER_ONLY, "Only a superuser makes or unmakes a superuser.")
        if touched["is_superuser"] is False:
            yield from not_yourself(scene, "take superuser from yourself")
        # More than any role gives: the password again, as for a role.
        yield from proven(scene, StepUpClass.ROLES)
    if touched.get("expires_at") is not None:
        yield from not_yourself(scene, "set an end date on your own account")
    if _ends_a_superuser(scene.account, touched):
        yield from keeps_a_superuser(scene)


def _ends_a_superuser(account: Account, touched: Mapping[str, object]) -> bool:
    return account.is_superuser and (touched.get("is_superuser") is False or touched.get("expires_at") is not None)


async def _effects(client: BaseDBAsyncClient, base: Account, touched: Mapping[str, object]) -> tuple[str, ...]:
    if "email" not in touched:
        return ()
    return link_effects(await open_links(client, base.id))


def link_effects(count: int) -> tuple[str, ...]:
    """Return what a new address does to the unused links sent to the old one, in sentences."""
    return (f"{counted(count, 'unused link')} sent to the old address will stop working",) if count else ()


def _by_whom(author: Author | None) -> tuple[str | None, datetime | None]:
    return (author.label, author.at) if author else (None, None)
