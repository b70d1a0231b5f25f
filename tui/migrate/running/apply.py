"""Running a plan: the worker process does it, this side listens, gives up, cancels, and tells how it ended.

    plan = plan_apply(project, look.listing)
    outcome = await apply_plan(plan, on_event)

Headless: the command line and the screens call the same two functions.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.migrate.plans.planning import Caution, PlannedFile, RunPlan, plan_apply, plan_next
from tui.migrate.running.allowed import apply_refusals
from tui.migrate.running.audit import record_apply
from tui.migrate.running.events import Event
from tui.migrate.running.outcome import RunOutcome, RunStatus
from tui.migrate.running.run import Blockers, Listener, Run, RunOptions

if TYPE_CHECKING:
    from pathlib import Path

    from models.operations import Actor
    from tui.database import Database
    from tui.migrate.running.ahead import Ahead


async def apply_plan(
    plan: RunPlan,
    on_event: Listener | None = None,
    *,
    give_up: float | None = None,
    cancel: asyncio.Event | None = None,
    actor: Actor | None = None,
    database: Database | None = None,
    options: RunOptions | None = None,
    blockers: Blockers | None = None,
    ahead: Ahead | None = None,
) -> RunOutcome:
    """Does a plan's action to its files one by one, each with its row, and stops at the first that fails.

    `on_event` is called in order with each event, in this task. `give_up`: seconds to wait for another upgrade's lock
    (0: not at all, None: as long as it takes); then the outcome is LOCK_HELD. Set `cancel` to stop: the file that runs
    is rolled back and the outcome tells so, but a COMMIT that was sent is waited for. Cancelling this task instead ends
    the worker too, and loses the outcome.

    `options`: how long a statement waits for a table and how often that is tried again. `blockers` takes wishes to end
    a session that is in the way. `ahead` may have a worker that waits for the job "run".

    `actor`, with a session, is asked again whether it may. With our own open `database` it leaves an audit row once
    that database is current; when it cannot be written, `outcome.message` says so.
    Raises `ProjectError` without the person's consent to run a foreign project, OSError when no process can be started.
    """
    if plan.refusals:
        return RunOutcome(RunStatus.REFUSED, "Nothing was changed.", message=" ".join(plan.refusals))
    if actor is not None and (refusals := await apply_refusals(actor)):
        reasons = " ".join(refusal.reason for refusal in refusals)
        return RunOutcome(RunStatus.REFUSED, "Nothing was changed.", message=reasons)
    if plan.create:
        _make_room(plan)
    outcome = await Run(plan, on_event, give_up, cancel, actor, options or RunOptions(), blockers, ahead).outcome()
    if actor is not None and database is not None and plan.project.is_own:
        from models.engines.errors import DatabaseError  # here: the ORM is known to nobody who runs another's files

        try:
            await record_apply(plan, outcome, actor, database)
        except DatabaseError as error:
            # What was applied stays applied, and that is what has to be told.
            said = f"The audit row was not written. {error.sentence}"
            outcome = replace(outcome, message=f"{outcome.message} {said}".strip())
    return outcome


def _make_room(plan: RunPlan) -> None:
    """The directory of an SQLite file that is to be made, 0700 as all that are made for it."""
    url = plan.project.own_url
    path: Path | None = url.path if url is not None else None
    if path is None:
        return
    for place in reversed([each for each in path.parents if not each.exists()]):
        with suppress(FileExistsError):
            place.mkdir(mode=0o700)


__all__ = [
    "Blockers",
    "Caution",
    "Event",
    "Listener",
    "PlannedFile",
    "RunOptions",
    "RunOutcome",
    "RunPlan",
    "RunStatus",
    "apply_plan",
    "plan_apply",
    "plan_next",
]
