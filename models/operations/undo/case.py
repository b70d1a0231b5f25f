"""One undo that is being planned: the event, who undoes it, and the words for what is put back and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from models.operations.audit.trail import authors_after, authors_since
from models.operations.context import Stopped, Written
from models.operations.guards import enforce
from models.operations.plan import (
    REDACTED,
    REDACTED_CHANGED,
    Action,
    Json,
    Plan,
    Refusal,
    RefusalCode,
    Skipped,
    Status,
    Target,
    json_value,
)
from models.operations.presence import field_names
from models.operations.text import field_label, listed, moment
from models.operations.undo.events import changes_of, fields_of, meta_of, standing_undos

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models import AuditEvent
    from models.operations.audit.trail import Author
    from models.operations.context import WriteContext
    from models.operations.plan import Actor, Step

NEVER_BACK: Final[Mapping[str, str]] = {
    "hashed_password": "the former password cannot be brought back: only its hash was stored, and that is gone",
    "token_version": "access tokens that were made void stay void",
    "has_usable_password": "password sign-in comes back with a reset only",
}
"""Fields that no undo puts back, and what to say of them."""


@dataclass(frozen=True, slots=True)
class Case:
    """The event to undo, and the undos of it that stand."""

    client: BaseDBAsyncClient
    actor: Actor
    event: AuditEvent
    undos: tuple[AuditEvent, ...]
    reason: str
    ticket: str

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """What the event wrote: `{field: (before, after)}`."""
        return changes_of(self.event)

    @property
    def meta(self) -> dict[str, Any]:
        """What the event says beside its changes."""
        return meta_of(self.event)

    @property
    def target(self) -> Target:
        """On whom it was."""
        event = self.event
        return Target(event.target_type, event.target_id, event.target_label, event.version_after)

    async def authors(self) -> Mapping[str, Author]:
        """Return who changed which field after the event."""
        return await authors_after(self.client, self.event)

    def losses(self) -> tuple[str, ...]:
        """Return what of the event cannot be undone, in sentences."""
        found = [sentence for name, sentence in NEVER_BACK.items() if name in self.changes]
        for name, sentence in _BESIDE.items():
            if self.meta.get(name):
                found.append(sentence)
        secrets = {REDACTED, REDACTED_CHANGED}
        for name, (before, after) in self.changes.items():
            if name not in NEVER_BACK and secrets & {value for value in (before, after) if isinstance(value, str)}:
                found.append(f"{field_label(name)} is not in the audit, which keeps no secrets")
        return tuple(found)

    def finish(
        self,
        plan: Plan,
        *,
        holds: Mapping[str, Json] | None = None,
        skipped: tuple[Skipped, ...] = (),
        losses: tuple[str, ...] | None = None,
        in_parts: bool = False,
    ) -> Plan:
        """Return the opposite of the event as its undo. `holds` are the columns of the user that must still have these
        values when it is written; `in_parts`: what is skipped now may be undone another time."""
        if plan.is_empty and plan.is_allowed:
            return self.nothing(skipped)
        mine = self.losses() if losses is None else losses
        return replace(
            plan,
            step=UndoStep(self.event, plan.step, holds or {}, skipped, in_parts),
            undo_of=self.event.op_id,
            skipped=skipped,
            irreversible=tuple(dict.fromkeys((*mine, *plan.irreversible))),
            reason=self.reason,
            ticket=self.ticket,
        )

    def nothing(self, skipped: tuple[Skipped, ...] = (), why: str = "") -> Plan:
        """Return a plan that is refused: there is nothing that could be put back, and `why`."""
        if self.undos:
            sentence = already_undone(self.undos[0])
        else:
            reasons = [f"{field_label(one.field)} {one.sentence}" for one in skipped] or list(self.losses())
            sentence = why or f"This cannot be undone: {listed(reasons or ['it changed nothing'])}."
        return Plan(
            Action.UNDO,
            self.actor,
            self.target,
            _Nothing(),
            refusals=(Refusal(RefusalCode.STATE, sentence, self.target),),
            irreversible=self.losses(),
            reason=self.reason,
            ticket=self.ticket,
            undo_of=self.event.op_id,
            skipped=skipped,
        )


_BESIDE: Final[Mapping[str, str]] = {
    "ended_sessions": "ended sessions stay ended: the user signs in again",
    "voided_links": "one-time links that were voided stay void",
    "removed_factors": "removed authenticators have to be enrolled anew",
    "unlocked": "failures that were cleared are not counted again",
}


def already_undone(undo: AuditEvent) -> str:
    """Return who took the event back, and when."""
    return f"This was undone already, by {undo.actor_label} at {moment(undo.at)}."


def changed_again(author: Author | None) -> str:
    """Return why a field is skipped that does not hold what was written any more."""
    if author is None:
        return "was changed again, outside Shellback"
    return f"was changed again by {author.label} at {moment(author.at)}"


def what_holds(
    case: Case, now: Mapping[str, object], authors: Mapping[str, Author], names: tuple[str, ...]
) -> tuple[dict[str, Any], tuple[Skipped, ...]]:
    """Return the former value of each of these fields that still holds what the event wrote, as JSON, and the others
    with the reason. `now` are the present values."""
    back: dict[str, Any] = {}
    skipped: list[Skipped] = []
    done = fields_of(case.undos)
    for name, (before, after) in case.changes.items():
        if name not in names:
            continue
        present = json_value(now[name])
        if name in done:
            undo = done[name]
            skipped.append(Skipped(name, f"was put back already by {undo.actor_label} at {moment(undo.at)}"))
        elif present == before:
            skipped.append(Skipped(name, "is as it was before already"))
        elif present != after:
            skipped.append(Skipped(name, changed_again(authors.get(name))))
        else:
            back[name] = before
    return back, tuple(skipped)


@dataclass(frozen=True, slots=True)
class UndoStep:
    """The step of the opposite verb, and what must still be true when it writes."""

    event: AuditEvent = field(repr=False)
    inner: Step
    holds: Mapping[str, Json]
    skipped: tuple[Skipped, ...] = ()
    in_parts: bool = False

    @property
    def counts_superusers(self) -> bool:
        """As the opposite verb says."""
        return self.inner.counts_superusers

    async def prepare(self) -> UndoStep:
        """Prepare the opposite verb."""
        return replace(self, inner=await self.inner.prepare())

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """See under lock that nobody undid it meanwhile and that every value still holds; then do the opposite."""
        undone = await standing_undos(context.connection, self.event)
        again = fields_of(undone).keys() & {change.field for change in plan.changes}
        if undone and (again or not self.in_parts):
            enforce((Refusal(RefusalCode.STATE, already_undone(undone[0]), plan.target),), context.scene)
        if context.scene.target is not None and self.holds:
            account = context.scene.account
            lost = [name for name, value in self.holds.items() if json_value(getattr(account, name)) != value]
            if lost:
                authors = await authors_since(context.connection, plan.target, plan.target.version or 0)
                words = listed([f"{field_label(name)} {changed_again(authors.get(name))}" for name in lost])
                raise Stopped(Status.CONFLICT, f"Nothing was undone: {words}. Look again.", version=account.version)
        written = await self.inner.write(context, plan)
        left = f" {field_names([one.field for one in self.skipped])} stays as it is." if self.skipped else ""
        if len(self.skipped) > 1:
            left = left.replace(" stays as it is.", " stay as they are.")
        meta: dict[str, Json] = dict(written.meta)
        if self.skipped:
            meta["skipped"] = {one.field: one.sentence for one in self.skipped}
        return replace(written, sentence=f"Undone. {written.sentence}{left}", meta=meta)


@dataclass(frozen=True, slots=True)
class _Nothing:
    """The step of a plan that is always refused."""

    counts_superusers: bool = False

    async def prepare(self) -> _Nothing:
        """Nothing to do."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:  # noqa: ARG002 - the shape of a step
        """Nothing can be written."""
        raise Stopped(Status.REFUSED, "Nothing was changed.", refusals=plan.refusals)
