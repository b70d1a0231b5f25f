"""What is typed while a plan is read: the plan that comes then is of what stands there, or nothing can be confirmed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Button, Input, OptionList
from tortoise.transactions import in_transaction

from models import Role, RolePermission
from models.operations.bulk import freeze_ids
from tests.tui.screens.user.writing import alice, opened, root, until_said
from tests.tui.waiting import screen_text, until
from tui.screens import write_dialog
from tui.screens.bulk import dialog as bulk_dialog
from tui.screens.user.grant import RoleDialog
from tui.screens.user.locking import LockDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from tui.database import Database
    from tui.screens.write_dialog import WriteDialog


class Held:
    """Reads that end when the test says so."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, where: ModuleType = write_dialog, name: str = "load_detail"
    ) -> None:
        self.begun, self.go_on = 0, asyncio.Event()
        self.go_on.set()
        self._load = getattr(where, name)
        monkeypatch.setattr(where, name, self._held)

    async def _held(self, *args: Any, **options: Any) -> Any:
        self.begun += 1
        await self.go_on.wait()
        return await self._load(*args, **options)


@pytest.mark.parametrize(("dialog", "at_first"), [(RoleDialog, "roles grant"), (LockDialog, "--for 24h")])
async def test_what_is_half_typed_when_the_plan_comes_cannot_be_confirmed(
    database: Database, monkeypatch: pytest.MonkeyPatch, dialog: Callable[[int], WriteDialog], at_first: str
) -> None:
    who, target = await root(), await alice()
    held = Held(monkeypatch)
    async with opened(database, dialog(target.id), who=who) as run:
        await until_said(run.pilot, at_first)
        field, confirm = run.dialog.query_one("#until", Input), run.dialog.query_one("#confirm", Button)
        held.go_on.clear()
        begun = held.begun
        field.value = "30d"
        await until(run.pilot, lambda: held.begun > begun)
        field.value = "30dx"
        held.go_on.set()
        await until_said(run.pilot, "Write ")
        await run.pilot.pause()
        assert confirm.disabled
        field.value = "7d"
        await until_said(run.pilot, " 7d")
        await until(run.pilot, lambda: not confirm.disabled)


async def test_what_is_typed_before_a_lock_is_planned_at_all(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, target = await root(), await alice()
    held = Held(monkeypatch)
    held.go_on.clear()
    async with opened(database, LockDialog(target.id), who=who) as run:
        await until(run.pilot, lambda: held.begun)
        run.dialog.query_one("#until", Input).value = "zz"
        begun = held.begun
        await until(run.pilot, lambda: held.begun > begun)
        held.go_on.set()
        await until_said(run.pilot, "Write 90m")
        assert run.dialog.query_one("#confirm", Button).disabled


async def test_a_role_that_is_deleted_while_the_roles_are_listed(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, RoleDialog(target.id), who=who) as run:
        listing = run.dialog.query_one(OptionList)
        await until(run.pilot, lambda: listing.option_count == 4)
        first, *_, last = await Role.all().order_by("name")
        async with in_transaction():
            await RolePermission.filter(role_id=first.id).delete()
            await Role.filter(id=first.id).delete()
        await run.pilot.press("end")
        await until_said(run.pilot, f"shellback roles grant {target.id} {last.name}")
        await until(run.pilot, lambda: listing.option_count == 3)
        assert listing.highlighted == 2
        await run.pilot.press("up", "down")
        await until_said(run.pilot, f"shellback roles grant {target.id} {last.name}")
        assert first.name not in screen_text(run.pilot)


async def test_what_is_half_typed_when_the_plan_of_many_comes_cannot_be_confirmed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, target = await root(), await alice()
    held = Held(monkeypatch, bulk_dialog, "plan_bulk")
    async with opened(database, bulk_dialog.BulkDialog(await freeze_ids([target.id]), "grant-role"), who=who) as run:
        listing, confirm = run.dialog.query_one("#choices", OptionList), run.dialog.query_one("#confirm", Button)
        await until(run.pilot, lambda: listing.option_count and not confirm.disabled)
        field = run.dialog.query_one("#value", Input)
        held.go_on.clear()
        begun = held.begun
        field.value = "30d"
        await until(run.pilot, lambda: held.begun > begun)
        field.value = "30dx"
        await until(run.pilot, lambda: "Write 30d" in screen_text(run.pilot))
        held.go_on.set()
        await run.pilot.pause()
        await run.pilot.pause()
        assert confirm.disabled
