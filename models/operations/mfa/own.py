"""One's own authenticators: enrol one (pending until its first right code), confirm it, remove it.

The password is asked for to enrol and to remove: a terminal left open must neither give somebody else a way in nor take
the second lock off the door.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models import MfaFactor
from models.clock import database_now
from models.mfa_secrets import MfaKeyError, Unreadable, mfa_keys
from models.operations.context import Stopped, Written, change, target_of
from models.operations.guards import actor_may, enforce
from models.operations.mfa.factors import TOTP_KIND
from models.operations.plan import Action, FieldError, Plan, Refusal, RefusalCode, Secret, Status
from models.operations.presence import load_target, present
from models.operations.refused import none_left, written_once
from models.operations.sign_in.own_proof import prove_own_password
from models.operations.sign_in.stored_secrets import factor_secrets
from models.operations.text import clipped
from models.operations.transactions import connection
from models.totp import ISSUER, enrolment_uri, new_secret, step_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.operations.context import WriteContext
    from models.operations.plan import Actor

MOST: Final = 5
"""Authenticators that one account may enrol."""
LABEL_LENGTH: Final = 100
PENDING_FOR: Final = timedelta(minutes=15)
"""How long a secret that was shown waits for its first right code."""

WRONG_CODE: Final = (
    "This code is not right. Wait for the next one of this authenticator, and look whether the clock of the "
    "telephone is right."
)
NOTHING_PENDING: Final = "No authenticator waits to be confirmed: begin again, the secret that was shown is void."


async def plan_enrol(
    actor: Actor, label: str, current: Secret, *, issuer: str = ISSUER, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to give the actor's own account an authenticator; the outcome's secret is its `otpauth://` text.

    It is asked for at sign-in only once `plan_confirm_factor` was applied with a right code. Raises `TargetGone`.
    """
    client = connection()
    user_id = actor.user_id or 0
    scene = await load_target(client, actor, user_id)
    name = clipped(label.strip(), LABEL_LENGTH + 1)
    labels = await MfaFactor.filter(user_id=user_id, is_pending=False).using_db(client).values_list("label", flat=True)
    return Plan(
        Action.ENROL_FACTOR,
        actor,
        target_of(scene.account),
        EnrolStep(user_id, scene.account.username, name, current, issuer),
        (change("authenticator", None, name),),
        _label_errors(name, labels),
        (*actor_may(scene), *await _no_key(), *_too_many(labels)),
        ("sign-in asks for a code of it as soon as its first code was right",),
        reason=reason,
        ticket=ticket,
    )


async def plan_confirm_factor(actor: Actor, code: Secret, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to confirm the actor's pending authenticator by a code of it. Raises `TargetGone`."""
    client = connection()
    user_id = actor.user_id or 0
    scene = await load_target(client, actor, user_id)
    unsealed = MfaFactor.filter(user_id=user_id, is_pending=True).only("id", "label", "created_at")
    pending = await unsealed.using_db(client).order_by("-id").first()
    waiting = pending is not None and pending.created_at + PENDING_FOR > scene.now
    refusals = [*actor_may(scene)]
    if not waiting:
        refusals.append(Refusal(RefusalCode.STATE, NOTHING_PENDING))
    return Plan(
        Action.CONFIRM_FACTOR,
        actor,
        target_of(scene.account),
        ConfirmStep(user_id, pending.id if pending else 0, code),
        (change("authenticator", "not confirmed", pending.label if pending else ""),),
        refusals=tuple(refusals),
        effects=("from now on sign-in asks for a code of it",),
        reason=reason,
        ticket=ticket,
    )


async def plan_remove_own_factor(
    actor: Actor, factor_id: int, current: Secret, *, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to remove one of the actor's own authenticators. Raises `TargetGone`."""
    client = connection()
    user_id = actor.user_id or 0
    scene = await load_target(client, actor, user_id)
    mine = await MfaFactor.filter(user_id=user_id).using_db(client).values_list("id", "label", "is_pending")
    labels = {one: label for one, label, _ in mine}
    left = [one for one, _, is_pending in mine if one != factor_id and not is_pending]
    refusals = [*actor_may(scene)]
    if factor_id not in labels:
        refusals.append(Refusal(RefusalCode.STATE, f"You have no authenticator #{factor_id}."))
    return Plan(
        Action.REMOVE_FACTOR,
        actor,
        target_of(scene.account),
        RemoveOwnStep(user_id, factor_id, current),
        (change("authenticator", labels.get(factor_id, ""), None),),
        refusals=tuple(refusals),
        effects=() if left else ("it is the last one: the password alone will sign you in",),
        irreversible=("its codes are worth nothing any more; enrol it anew to use it again",),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class EnrolStep:
    """The name and the password; once prepared the sealed secret, and the text to show once."""

    user_id: int
    username: str
    label: str
    current: Secret
    issuer: str
    sealed: bytes = field(default=b"", repr=False)
    uri: Secret | None = None
    counts_superusers: bool = False

    async def prepare(self) -> EnrolStep:
        """Verify the password, make the secret and seal it; nothing is stored yet."""
        await prove_own_password(self.user_id, self.current)
        secret = new_secret()
        try:
            sealed = await asyncio.to_thread(lambda: mfa_keys().seal(secret, self.user_id))
        except MfaKeyError as error:
            refusal = Refusal(RefusalCode.STATE, error.sentence)
            raise Stopped(Status.REFUSED, f"Nothing was changed. {error.sentence}", refusals=(refusal,)) from None
        return replace(self, sealed=sealed, uri=Secret(enrolment_uri(secret, self.username, self.issuer)))

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Store it as pending; what waited before is void."""
        assert self.uri is not None
        account = await present(context, plan)
        enforce(actor_may(context.scene), context.scene)
        mine = MfaFactor.filter(user_id=account.id).using_db(context.connection)
        await mine.filter(is_pending=True).delete()
        await none_left(mine.filter(is_pending=True))
        labels = await mine.values_list("label", flat=True)
        enforce(_too_many(labels), context.scene)
        errors = _label_errors(self.label, labels)
        if errors:
            raise Stopped(Status.REFUSED, "Nothing was changed.", errors=errors)
        made = await MfaFactor.create(
            using_db=context.connection,
            user_id=account.id,
            kind=TOTP_KIND,
            label=self.label,
            secret_encrypted=self.sealed,
            created_at=context.scene.now,
            is_pending=True,
        )
        return Written(
            target_of(account),
            f"The authenticator {self.label!a} waits for its first code.",
            (change("authenticator", None, self.label),),
            account.version,
            account.version,
            secret=self.uri,
            meta={"factor": made.id, "kind": TOTP_KIND},
        )


@dataclass(frozen=True, slots=True)
class ConfirmStep:
    """The pending authenticator and the code; once prepared the step that the code is of."""

    user_id: int
    factor_id: int
    code: Secret
    step: int = 0
    counts_superusers: bool = False

    async def prepare(self) -> ConfirmStep:
        """Look whether the code is right. A wrong one is not counted: whoever types it has the secret in sight."""
        client = connection()
        rows = MfaFactor.filter(id=self.factor_id, user_id=self.user_id, is_pending=True).using_db(client)
        stored = (await factor_secrets(client, self.user_id)).get(self.factor_id)
        if stored is None or not await rows.exists():
            raise _refused(RefusalCode.STATE, NOTHING_PENDING)
        now = await database_now(client)
        try:
            step = await asyncio.to_thread(self._step, stored, now)
        except MfaKeyError as error:
            raise _refused(RefusalCode.STATE, error.sentence) from None
        except Unreadable:
            raise _refused(
                RefusalCode.STATE, "The key for authenticators was changed meanwhile: begin again."
            ) from None
        if step is None:
            raise _refused(RefusalCode.WRONG_CODE, WRONG_CODE)
        return replace(self, step=step)

    def _step(self, stored: bytes, now: datetime) -> int | None:
        return step_of(mfa_keys().open(stored, self.user_id).secret, self.code.reveal(), now)

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """From now on it counts. The code is spent: it signs nobody in."""
        account = await present(context, plan)
        enforce(actor_may(context.scene), context.scene)
        now = context.scene.now
        row = MfaFactor.filter(id=self.factor_id, user_id=account.id, is_pending=True)
        waiting = row.filter(created_at__gt=now - PENDING_FOR).using_db(context.connection)
        if await waiting.update(is_pending=False, last_used_step=self.step, last_used_at=now) != 1:
            await none_left(waiting)
            raise _refused(RefusalCode.STATE, NOTHING_PENDING)
        [after] = plan.changes
        return Written(
            target_of(account),
            "The authenticator is confirmed: sign-in asks for a code of it.",
            (after,),
            account.version,
            account.version,
            meta={"factor": self.factor_id, "kind": TOTP_KIND},
        )


@dataclass(frozen=True, slots=True)
class RemoveOwnStep:
    """Which one, and the password."""

    user_id: int
    factor_id: int
    current: Secret
    counts_superusers: bool = False

    async def prepare(self) -> RemoveOwnStep:
        """Verify the password."""
        await prove_own_password(self.user_id, self.current)
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Delete the row."""
        account = await present(context, plan)
        enforce(actor_may(context.scene), context.scene)
        written_once(
            await MfaFactor.filter(id=self.factor_id, user_id=account.id).using_db(context.connection).delete()
        )
        return Written(
            target_of(account),
            "The authenticator is removed.",
            plan.changes,
            account.version,
            account.version,
            meta={"factor": self.factor_id},
        )


def _refused(code: RefusalCode, sentence: str) -> Stopped:
    return Stopped(Status.REFUSED, f"Nothing was changed. {sentence}", refusals=(Refusal(code, sentence),))


async def _no_key() -> tuple[Refusal, ...]:
    try:
        await asyncio.to_thread(mfa_keys)
    except MfaKeyError as error:
        return (Refusal(RefusalCode.STATE, error.sentence),)
    return ()


def _too_many(labels: Sequence[object]) -> tuple[Refusal, ...]:
    if len(labels) < MOST:
        return ()
    return (Refusal(RefusalCode.STATE, f"You have {len(labels)} authenticators, which is the most. Remove one first."),)


def _label_errors(label: str, labels: Sequence[object]) -> tuple[FieldError, ...]:
    if not label:
        return (FieldError("label", "Give it a name, such as telephone: you will see it in the list."),)
    if len(label) > LABEL_LENGTH:
        return (FieldError("label", f"A name has at most {LABEL_LENGTH} characters."),)
    if label in labels:
        return (FieldError("label", "You have an authenticator of this name. Choose another one."),)
    return ()
