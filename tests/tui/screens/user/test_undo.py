"""Undo from the audit and from a user's history, through its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.widgets import Button, Input

from models.operations import Status, plan_edit, plan_revoke_sessions
from models.operations.bulk import ForceChange, RowResult, SetField, apply_bulk, freeze_ids, plan_bulk
from tests.models.operations.bulk.crowd import crowd
from tests.models.operations.people import acting, events, reread, superuser
from tests.models.operations.undo.doing import done
from tests.tui.screens.user.writing import alice, opened, root, until_said
from tests.tui.waiting import until
from tui.screens.audit.undo import UndoDialog
from tui.screens.audit.undo_batch import UndoBatchDialog
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.user.undo import UndoDialog as FromHistory

if TYPE_CHECKING:
    from models.operations.bulk import BulkPlan
    from tui.database import Database


async def test_the_review_names_what_is_put_back_and_what_is_left(database: Database) -> None:
    who, target, other = await root(), await alice(full_name="Alice"), await superuser("maria")
    event = await done(
        plan_edit(acting(other), target, {"full_name": "Bob", "email": "bob@example.com"}, reason="mix-up")
    )
    await done(plan_edit(acting(other), await reread(target), {"email": "new@example.com"}))
    async with opened(database, FromHistory(target.id, event.id), who=who) as run:
        await until_said(run.pilot, "full name: Bob -> Alice")
        await until_said(run.pilot, "edit by maria", "mix-up", "left: e-mail was changed again by maria at")
        run.dialog.query_one("#reason", Input).value = "wrong one"
        run.dialog.query_one("#ticket", Input).value = "T-7"
        await until_said(run.pilot, f"shellback audit undo {event.id} --ticket T-7 --reason 'wrong one'")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
        (outcome,) = run.answers
        assert outcome is not None
        assert outcome.status is Status.OK
    assert (await reread(target)).full_name == "Alice"
    (row,) = await events(undo_of=event.op_id)
    assert (row.reason, row.ticket, row.actor_kind) == ("wrong one", "T-7", "tui")


async def test_what_cannot_be_undone_is_said_and_not_offered(database: Database) -> None:
    who, target, other = await root(), await alice(sessions=1), await superuser("maria")
    event = await done(plan_revoke_sessions(acting(other), target.id))
    async with opened(database, UndoDialog(event.id), who=who) as run:
        await until_said(run.pilot, "This cannot be undone: ended sessions stay ended")
        assert run.dialog.query_one("#confirm", Button).disabled
        await run.pilot.press("escape")
        await until(run.pilot, lambda: run.answers == [None])


async def test_what_changed_meanwhile_is_read_again(database: Database) -> None:
    who, target, other = await root(), await alice(), await superuser("maria")
    event = await done(plan_edit(acting(other), target, {"full_name": "[b]Bob[/nope]"}))
    async with opened(database, UndoDialog(event.id), who=who) as run:
        await until(run.pilot, lambda: not run.dialog.query_one("#confirm", Button).disabled)
        await done(plan_edit(acting(other), await reread(target), {"full_name": "Carol"}))
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "full name was changed again by maria")
        await until(run.pilot, lambda: run.dialog.query_one("#confirm", Button).disabled)
    assert (await reread(target)).full_name == "Carol"


async def test_an_event_that_is_not_there_says_so(database: Database) -> None:
    who = await root()
    async with opened(database, UndoDialog(4711), who=who) as run:
        await until_said(run.pilot, "The audit has no event 4711.")


async def test_a_batch_is_shown_and_agreed_to_by_its_number(database: Database) -> None:
    who, other = await root(), acting(await superuser("maria"))
    ids = await crowd(12)
    before = await apply_bulk(await plan_bulk(other, await freeze_ids(ids), ForceChange()))
    await apply_bulk(await plan_bulk(other, await freeze_ids(ids[:1]), SetField("must_change_password", value=False)))
    async with opened(database, UndoBatchDialog(before.plan.op_id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, "11 will change · 1 already so")
        await until_said(run.pilot, "an edit by maria at")
        run.dialog.query_one("#ticket", Input).value = "T-8"
        batch = f"shellback audit undo --batch {before.plan.op_id} --confirm 11 --ticket T-8"
        await until_said(run.pilot, batch)
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: isinstance(run.app.screen, TypeToConfirm))
        await until(run.pilot, lambda: cast("TypeToConfirm", run.app.screen).is_settled)
        await run.pilot.press("1", "1", "ctrl+s")
        await until(run.pilot, lambda: run.answers)
    agreed = cast("BulkPlan", run.answers[0])
    assert (agreed.ticket, agreed.changing) == ("T-8", 11)
    assert (await apply_bulk(agreed)).counts == {RowResult.OK: 11, RowResult.UNCHANGED: 1}
