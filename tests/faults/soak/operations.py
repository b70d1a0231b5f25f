"""What people do with Shellback, each as a coroutine of a desk."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from models import Account
from models.engines.settlement import Fate
from models.operations import (
    Secret,
    SignedIn,
    StagedEdit,
    Status,
    apply_changeset,
    check_changeset,
    plan_activate,
    plan_add_note,
    plan_changeset,
    plan_create,
    plan_deactivate,
    plan_edit,
    plan_grant,
    plan_reset,
    plan_restore,
    plan_revoke,
    plan_revoke_sessions,
    plan_soft_delete,
    plan_undo,
    sign_in,
    sign_out,
)
from models.operations.bulk import (
    Activate,
    BulkStatus,
    Deactivate,
    ForceChange,
    GrantRole,
    RevokeRole,
    RowResult,
    SetField,
    Verdict,
    apply_bulk,
    freeze_ids,
    plan_bulk,
)
from models.operations.importing import check_import_again
from models.operations.undo.batch import plan_undo_batch
from tests.faults.soak.desk import Doubt
from tests.models.operations.people import PASSWORD
from tui.browse.lists.orders import Order
from tui.browse.lists.pages import open_source
from tui.browse.search.query import parse
from tui.browse.user.detail import load_detail
from tui.transfer.importing import apply_file, plan_file, request_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.operations import ChangesetOutcome
    from models.operations.bulk import BulkPlan, Verb
    from models.operations.importing import ImportOutcome
    from tests.faults.soak.desk import Desk
    from tui.transfer.importing import PlannedImport


async def look_at_list(desk: Desk) -> None:
    began = desk.begins("list")
    source = await open_source(parse(desk.chance.choice(["", "is:active", "is:locked"])), Order())
    page = await source.page(None, 50, forward=True)
    if page.edge is not None:
        await source.page(page.edge, 50, forward=True)
    began.ended(Status.OK)


async def search(desk: Desk) -> None:
    began = desk.begins("search")
    source = await open_source(parse(f"person{desk.chance.randrange(30)}"), Order())
    await source.page(None, 20, forward=True)
    began.ended(Status.OK)


async def look_at_one(desk: Desk) -> None:
    began = desk.begins("detail")
    await load_detail(desk.person())
    began.ended(Status.OK)


async def go_in_and_out(desk: Desk) -> None:
    began = desk.begins("sign-in")
    who = await Account.get(id=desk.chance.choice(desk.actors))
    right = desk.chance.random() < 0.8
    answer = await sign_in(who.username, Secret(PASSWORD if right else "a wrong password, as it happens"))
    if not isinstance(answer, SignedIn):
        began.ended(Status.REFUSED, answer.sentence)
        return
    began.ended(Status.OK, session=answer.session_id)
    assert answer.token is not None
    began = desk.begins("sign-out")
    await sign_out(answer.token)
    began.ended(Status.OK)


async def edit(desk: Desk) -> None:
    account = await Account.get(id=desk.person())
    number = desk.chance.randrange(1000)
    values: dict[str, object] = desk.chance.choice(
        [
            {"full_name": f"Person {number}"},
            {"email": f"p{number}@example.org"},
            {"is_verified": not account.is_verified},
            {"full_name": f"Both {number}", "email": f"b{number}@example.org"},
        ]
    )
    await desk.write("edit", plan_edit(desk.actor(), account, values))


async def reset(desk: Desk) -> None:
    await desk.write("reset", plan_reset(desk.actor(), desk.person()))


async def switch(desk: Desk) -> None:
    account = await Account.get(id=desk.person())
    if account.is_active:
        await desk.write("deactivate", plan_deactivate(desk.actor(), account.id))
    else:
        await desk.write("activate", plan_activate(desk.actor(), account.id))


async def give_role(desk: Desk) -> None:
    await desk.write("grant", plan_grant(desk.actor(), desk.person(), desk.chance.choice(["support", "auditor"])))


async def take_role(desk: Desk) -> None:
    await desk.write("revoke", plan_revoke(desk.actor(), desk.person(), desk.chance.choice(["support", "auditor"])))


async def end_sessions(desk: Desk) -> None:
    await desk.write("end sessions", plan_revoke_sessions(desk.actor(), desk.person()))


async def create(desk: Desk) -> None:
    await desk.write("create", plan_create(desk.actor(), {"username": desk.name()}))


async def delete_or_restore(desk: Desk) -> None:
    gone = await Account.filter(deleted_at__not_isnull=True).order_by("id").values_list("id", flat=True)
    if gone and desk.chance.random() < 0.6:
        await desk.write("restore", plan_restore(desk.actor(), int(str(desk.chance.choice(gone)))))
    else:
        await desk.write("delete", plan_soft_delete(desk.actor(), desk.person()))


async def note(desk: Desk) -> None:
    await desk.write("note", plan_add_note(desk.actor(), desk.person(), "seen"))


async def undo(desk: Desk) -> None:
    if desk.recent:
        await desk.write("undo", plan_undo(desk.actor(), desk.chance.choice(desk.recent)))


# Many at once -------------------------------------------------------------------------------------------------------


async def bulk(desk: Desk) -> None:
    name = SetField("full_name", f"Many {desk.chance.randrange(100)}")
    verbs: list[Verb] = [Activate(), Deactivate(), ForceChange(), name, GrantRole("support"), RevokeRole("support")]
    plan = await plan_bulk(desk.actor(), await freeze_ids(desk.persons(3, 10)), desk.chance.choice(verbs))
    await _apply_bulk(desk, "bulk", plan)


async def undo_bulk(desk: Desk) -> None:
    if desk.batches:
        plan = await plan_undo_batch(desk.actor(), desk.chance.choice(desk.batches))
        await _apply_bulk(desk, "undo of many", plan)


async def _apply_bulk(desk: Desk, kind: str, plan: BulkPlan) -> None:
    began = desk.begins(kind, plan.op_id)
    outcome = await apply_bulk(plan)
    for _ in range(2):
        if outcome.status not in {BulkStatus.UNKNOWN, BulkStatus.FAILED}:
            break
        outcome = await apply_bulk(outcome.plan)  # the same plan goes on
    said = list(zip(plan.selection.ids, map(Verdict, outcome.results), strict=True))
    done = [user_id for user_id, verdict in said if verdict.result is RowResult.OK]
    # Of what is still pending nobody said anything.
    left = [user_id for user_id, verdict in said if verdict.result not in {RowResult.OK, RowResult.PENDING}]
    began.ended(outcome.status, outcome.sentence, done=done, left=left)
    if done:
        desk.batches = [*desk.batches[-10:], plan.op_id]


async def changeset(desk: Desk) -> None:
    accounts = await Account.filter(id__in=desk.persons(2, 5))
    now = datetime.now(UTC)
    number = desk.chance.randrange(100)
    edits = [StagedEdit.of(one, {"full_name": f"Staged {number}"}, now) for one in accounts]
    plan = await plan_changeset(desk.actor(), edits)
    began = desk.begins("changeset", plan.op_id)
    outcome = await apply_changeset(plan)
    began.ended(outcome.status, outcome.sentence)
    if outcome.status is Status.OK:
        desk.batches = [*desk.batches[-10:], plan.op_id]
    if outcome.status is Status.UNKNOWN:
        desk.doubts.append(Doubt(plan.op_id, partial(_ask_changeset, outcome)))


async def _ask_changeset(outcome: ChangesetOutcome) -> Fate | None:
    return _fate((await check_changeset(outcome)).status)


async def import_some(desk: Desk) -> None:
    lines = ["username,email,full_name", *(f"{desk.name()},,New" for _ in range(2))]
    known = await Account.get(id=desk.person())
    lines.append(f"{known.username},{known.email or ''},Imported {desk.chance.randrange(100)}")
    path = desk.directory / f"{desk.name()}.csv"
    await asyncio.to_thread(path.write_text, "\n".join(lines) + "\n")
    planned = await plan_file(request_of(path), desk.actor())
    began = desk.begins("import", planned.plan.op_id)
    keep = False
    try:
        outcome = await apply_file(planned)
        began.ended(outcome.status, outcome.sentence)
        if outcome.status is Status.UNKNOWN:
            keep = True
            desk.doubts.append(Doubt(planned.plan.op_id, partial(_ask_import, planned, outcome)))
    finally:
        if not keep:
            planned.close()


async def _ask_import(planned: PlannedImport, outcome: ImportOutcome) -> Fate | None:
    fate = _fate((await check_import_again(planned.plan, outcome)).status)
    if fate is not None:
        planned.close()
    return fate


def _fate(status: Status) -> Fate | None:
    if status is Status.UNKNOWN:
        return None
    return Fate.COMMITTED if status in {Status.OK, Status.UNCHANGED} else Fate.ABORTED


OPERATIONS: Final[tuple[tuple[int, Callable[[Desk], Awaitable[None]]], ...]] = (
    (10, look_at_list),
    (8, search),
    (10, look_at_one),
    (2, go_in_and_out),
    (30, edit),
    (2, reset),
    (10, switch),
    (8, give_role),
    (6, take_role),
    (5, end_sessions),
    (5, create),
    (5, delete_or_restore),
    (4, note),
    (8, undo),
    (6, bulk),
    (3, undo_bulk),
    (6, changeset),
    (3, import_some),
)
"""How often each is drawn."""
