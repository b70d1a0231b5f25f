"""Undo from the audit and from a user's history, through its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Button, Input

from models.operations import Status, plan_edit, plan_revoke_sessions
from tests.models.operations.people import acting, events, reread, superuser
from tests.models.operations.undo.doing import done
from tests.tui.screens.writing import alice, opened, root, until_said, words
from tests.tui.waiting import until
from tui.screens.audit.undo import UndoDialog
from tui.screens.user.undo import UndoDialog as FromHistory

if TYPE_CHECKING:
    from tui.database import Database


async def test_the_review_names_what_is_put_back_and_what_is_left(database: Database) -> None:
    who, target, other = await root(), await alice(full_name="Alice"), await superuser("maria")
    event = await done(
        plan_edit(acting(other), target, {"full_name": "Bob", "email": "bob@example.com"}, reason="mix-up")
    )
    await done(plan_edit(acting(other), await reread(target), {"email": "new@example.com"}))
    async with opened(database, FromHistory(target.id, event.id), who=who) as run:
        await until_said(run.pilot, "full name: Bob -> Alice")
        text = words(run.pilot)
        assert "edit by maria" in text
        assert "mix-up" in text
        assert "left: e-mail was changed again by maria at" in text
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
