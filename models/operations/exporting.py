"""Exports change nothing, and are recorded: who took which rows and columns out, and how many.

Fail closed: `record_export` is asked before the file gets its name, and whoever may not export gets no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.engines.errors import DatabaseError
from models.operations.audit.recording import record, unrecorded
from models.operations.audit.writing import AuditDraft, AuditOutcome, append
from models.operations.context import Stopped, load_scene
from models.operations.guards import actor_may, proven
from models.operations.plan import Action, Json, Status, Target
from models.operations.settling import decide_until_known, has_landed
from models.operations.sign_in.proofs import EXPORTED_ABOVE, StepUpClass
from models.operations.transactions import connection
from models.permissions import Codename

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Actor

NOT_CONFIRMED: Final = (
    "The database did not confirm the record of this export, so nothing was handed out. Export again: the audit may "
    "have a row of this attempt."
)
USERS: Final = "users"
"""The `kind` of a target that is many rows of `users`."""


@dataclass(frozen=True, slots=True)
class Export:
    """What was asked for, for the audit: `what` in words ("everybody", "3 marked users", a query).

    `kind` and `action` say of what, users or events of the audit, and `needs` which permissions that takes.
    """

    what: str
    columns: tuple[str, ...]
    order: str
    format: str
    path: str
    reason: str = ""
    ticket: str = ""
    kind: str = USERS
    action: Action = Action.EXPORT
    needs: tuple[Codename, ...] = (Codename.USERS_VIEW, Codename.USERS_EXPORT)

    def draft(self, actor: Actor, outcome: AuditOutcome, meta: dict[str, Json]) -> AuditDraft:
        """Return the row of the audit."""
        facts: dict[str, Json] = {
            "query": self.what[:500],
            "columns": list(self.columns),
            "order": self.order,
            "format": self.format,
            "path": self.path[:500],
        }
        target = Target(self.kind, None, self.what)
        return AuditDraft(
            actor, self.action, target, outcome, reason=self.reason, ticket=self.ticket, meta={**facts, **meta}
        )


async def check_export(actor: Actor, export: Export, rows: int = 0) -> None:
    """Raise `Stopped` (refused) when the actor may not export, or not `rows` of them without the password; the refusal
    is recorded where that can be done."""
    try:
        await _allow(connection(), actor, export, rows, lock=False)
    except Stopped as stopped:
        codes: list[Json] = [str(refusal.code) for refusal in stopped.refusals]
        try:
            await record(export.draft(actor, AuditOutcome.DENIED, {"refusals": codes}))
        except DatabaseError as error:
            stopped.sentence += unrecorded(error)
        raise


async def record_export(actor: Actor, export: Export, rows: int, *, proven: bool = False) -> int:
    """Record that these rows go out, and return the `seq` of the record. Raises `Stopped` when the actor may not any
    more, and `DatabaseError` when it cannot be recorded: then nothing may go out.

    `proven`: the password was given for this export while it ran, which may be longer than it counts.
    """

    draft = export.draft(actor, AuditOutcome.OK, {"rows": rows})

    async def write(client: BaseDBAsyncClient) -> int:
        await _allow(client, actor, export, 0 if proven else rows, lock=True)
        return await append(client, draft)

    return await decide_until_known(write, lambda _: has_landed(draft.op_id), NOT_CONFIRMED)


async def _allow(client: BaseDBAsyncClient, actor: Actor, export: Export, rows: int, *, lock: bool) -> None:
    scene = await load_scene(client, actor, None, lock=lock)
    refusals = tuple(actor_may(scene, *export.needs))
    if not refusals and rows > EXPORTED_ABOVE:
        refusals = tuple(proven(scene, StepUpClass.EXPORT))
    if refusals:
        reasons = " ".join(refusal.reason for refusal in refusals)
        raise Stopped(Status.REFUSED, f"Nothing was exported. {reasons}", refusals=refusals)
