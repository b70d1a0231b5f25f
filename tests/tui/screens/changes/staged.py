"""What tests of the changeset do: edits put into the file and read from it, the application run over them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from textual.widgets import Button, Input

from models.operations import StagedEdit
from tests.tui.screens.user.writing import until_said
from tests.tui.shell import ScreenShell, shell_on
from tests.tui.waiting import until
from tui.screens.changes.screen import ChangesScreen
from tui.screens.dialogs.base import Dialog
from tui.screens.user.edit import EditScreen
from tui.settings import state_dir
from tui.staging import change, load, shelf_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot
    from textual.screen import Screen

    from models import Account
    from tui.database import Database
    from tui.person import Person


@dataclass
class Running:
    """An application over a real database."""

    pilot: Pilot[Any]
    app: ScreenShell

    async def press(self, *keys: str) -> None:
        """Press keys once whatever is in front listens to them."""
        screen = self.app.screen
        if isinstance(screen, Dialog):
            await until(self.pilot, lambda: screen.is_settled)
        await self.pilot.press(*keys)

    async def in_front(self, kind: type[Screen[Any]]) -> Any:
        await until(self.pilot, lambda: isinstance(self.app.screen, kind))
        return self.app.screen

    async def says(self, sentence: str) -> None:
        await until_said(self.pilot, sentence)


@asynccontextmanager
async def running(
    database: Database,
    who: Person,
    first: Callable[[], Screen[Any]] = ChangesScreen,
    size: tuple[int, int] = (100, 30),
) -> AsyncIterator[Running]:
    app = shell_on(first, database=database, who=who)
    async with app.run_test(size=size, notifications=True) as pilot:
        yield Running(pilot, app)
        app.database = None


def keep(database: Database, who: Person, *edits: StagedEdit) -> None:
    """Put edits into the file, as an earlier session would have."""
    assert who.actor.user_id is not None
    change(shelf_for(state_dir(), database.url.identity, who.actor.user_id), lambda kept: (*kept, *edits))


def kept(database: Database, who: Person) -> dict[str, dict[str, object]]:
    """What the file holds, by username."""
    assert who.actor.user_id is not None
    edits = load(shelf_for(state_dir(), database.url.identity, who.actor.user_id)).edits
    return {edit.target.label: dict(edit.touched) for edit in edits}


def edit(account: Account, **values: object) -> StagedEdit:
    return StagedEdit.of(account, values, datetime.now(UTC))


async def loaded(run: Running) -> EditScreen:
    form = await run.in_front(EditScreen)
    await until(run.pilot, lambda: not form.query_one("#confirm", Button).disabled)
    assert isinstance(form, EditScreen)
    return form


def put(form: EditScreen, field: str, text: str) -> None:
    form.query_one(f"#{field}", Input).value = text
