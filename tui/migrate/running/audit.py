"""The audit row of a run on our own database, or of a restore of it: written once the audit's table is there and
current, else not at all.

A migration's own transaction cannot hold it, since the first one makes the table. What was applied is told by Aerich's
rows in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.migrate.running.outcome import RunOutcome, RunStatus

if TYPE_CHECKING:
    from models.operations import Actor
    from tui.database import Database
    from tui.migrate.plans.planning import RunPlan

RESTORE: Final = "migrations.restore"
_WITHOUT_EFFECT: Final = (RunStatus.REFUSED, RunStatus.LOCK_HELD)


async def record_apply(plan: RunPlan, outcome: RunOutcome, actor: Actor, database: Database) -> int | None:
    """Adds the row and returns its `seq`; None when the database is not current, read-only, or nothing was tried.

    Raises `DatabaseError`.
    """
    from models.operations import AuditDraft, AuditOutcome, Target, record
    from tui.database import identify

    if outcome.status in _WITHOUT_EFFECT or database.read_only or not (await identify(database)).is_current:
        return None
    verdict = {
        RunStatus.DONE: AuditOutcome.OK,
        RunStatus.CHANGED: AuditOutcome.CONFLICT,
        RunStatus.UNKNOWN: AuditOutcome.UNKNOWN,
    }.get(outcome.status, AuditOutcome.ERROR)
    digests = {file.version: file.sha256 for file in plan.files}
    return await record(
        AuditDraft(
            actor,
            f"migrations.{plan.action}",
            Target("migrations", None, plan.project.name),
            verdict,
            meta={
                "status": str(outcome.status),
                "applied": {version: digests[version] for version in outcome.applied},
                "failed": outcome.failed,
            },
        )
    )


async def record_restore(name: str, actor: Actor, database: Database) -> int | None:
    """Adds the row of a backup that was put back, to the audit that came with it: the trail between the two is gone
    from here. Returns its `seq`; None when what was put back is not current. Raises `DatabaseError`.
    """
    from models.operations import AuditDraft, AuditOutcome, Target, record
    from tui.database import identify

    if database.read_only or not (await identify(database)).is_current:
        return None
    return await record(
        AuditDraft(actor, RESTORE, Target("migrations", None, name), AuditOutcome.OK, meta={"backup": name})
    )
