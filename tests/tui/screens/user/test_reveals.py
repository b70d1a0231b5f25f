"""A generated secret that is looked at or copied: recorded once each, with who, on whom and which, never what."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from models.operations.credentials.reveals import record_reveal
from models.operations.plan import json_value
from tests.models.operations.people import events
from tests.tui.screens.user.writing import alice, opened, root, until_said
from tests.tui.waiting import until, until_shown
from tui.screens import work_dialog
from tui.screens.dialogs.busy import BusyDialog
from tui.screens.dialogs.secret import SecretDialog
from tui.screens.user.reset import ResetScreen

if TYPE_CHECKING:
    from tui.database import Database


async def test_who_reveals_and_copies_a_password_is_recorded_once_each(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, ResetScreen(target.id), who=who) as run:
        await until_said(run.pilot, "shellback users reset")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: isinstance(run.app.screen, SecretDialog) and run.app.screen.is_settled)
        assert [event.action for event in await events()] == ["users.reset_password"], "made, and seen by nobody yet"
        dialog = run.app.screen
        assert isinstance(dialog, SecretDialog)
        assert dialog._secret is not None
        text = dialog._secret.reveal()
        for key in ("r", "r", "r", "c", "c"):
            await run.pilot.press(key)
        await run.app.workers.wait_for_complete([worker for worker in run.app.workers if worker.group == "reveals"])
        made, *seen = await events()
        assert sorted(event.action for event in seen) == ["secrets.copy", "secrets.reveal"]
        for event in seen:
            assert (event.target_id, event.actor_label, event.meta) == (
                target.id,
                who.username,
                {"operation": json_value(made.op_id)},
            )
            assert text not in str(event.__dict__)


async def test_leaving_waits_for_the_record_of_who_saw_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    who, target = await root(), await alice()
    answers = asyncio.Event()

    async def late(*given: Any, **more: Any) -> None:
        await answers.wait()
        await record_reveal(*given, **more)

    monkeypatch.setattr(work_dialog, "record_reveal", late)
    async with opened(database, ResetScreen(target.id), who=who) as run:
        await until_said(run.pilot, "shellback users reset")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: isinstance(run.app.screen, SecretDialog) and run.app.screen.is_settled)
        await run.pilot.press("r")
        await until(run.pilot, lambda: run.app.busy)
        run.app.leave()
        await until_shown(run.pilot, "is still running")
        answers.set()
        await until(run.pilot, lambda: not isinstance(run.app.screen, BusyDialog))
        assert [event.action for event in await events()] == ["users.reset_password", "secrets.reveal"]
