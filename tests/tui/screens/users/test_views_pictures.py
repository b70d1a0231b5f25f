"""What the dialogs of views and columns look like, at both design sizes, without colour, with hostile names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import OptionList
from tortoise.transactions import in_transaction

from models import SavedView, User
from models.operations import ViewContent
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.screens.users.test_pictures import Filled, _frozen, app_on  # noqa: F401 - a fixture: it is noon
from tests.tui.snapshots import SIZES, SMALL, still
from tests.tui.waiting import until, until_shown
from tui.browse.lists.columns import DEFAULT
from tui.screens.base import AreaScreen
from tui.screens.dialogs.columns import ColumnsDialog
from tui.screens.views.dialog import ViewsDialog
from tui.screens.views.naming import ViewNameDialog, ViewVerbDialog

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.sqlite_only  # pixels do not depend on the database; test_views.py does both


async def _views(pilot: Pilot[Any]) -> ViewsDialog:
    async with in_transaction():
        for owner, name, query, shared in (
            (1, "came this month", "created:<30d", False),
            (1, HOSTILE[:100], "ali", True),
            (2, "support without a second factor", "role:support -has:mfa", True),
        ):
            row = await User.get(id=owner)
            await SavedView.create(owner=row, name=name, query=query, is_shared=shared, order="-created")
    dialog = ViewsDialog(ViewContent("ali", ("id", "username", "email"), "-created"))
    await pilot.app.push_screen(dialog)
    await until(pilot, lambda: dialog.view is not None)
    return dialog


async def _listed(pilot: Pilot[Any]) -> None:
    dialog = await _views(pilot)
    dialog.query_one(OptionList).highlighted = 9
    await until_shown(pilot, "created, newest first")


async def _named(pilot: Pilot[Any]) -> None:
    await _views(pilot)
    await pilot.press("s")
    await until(pilot, lambda: isinstance(pilot.app.screen, ViewNameDialog))
    await pilot.press(*"All")


async def _deleted(pilot: Pilot[Any]) -> None:
    dialog = await _views(pilot)
    dialog.query_one(OptionList).highlighted = 7
    await until(pilot, lambda: dialog.view is not None and dialog.view.id)
    await pilot.press("D")
    await until(pilot, lambda: isinstance(pilot.app.screen, ViewVerbDialog))
    await until_shown(pilot, "everybody loses it")


async def _columns(pilot: Pilot[Any]) -> None:
    await pilot.app.push_screen(ColumnsDialog(DEFAULT))
    await pilot.press("J")


CASES: dict[str, Callable[[Pilot[Any]], Awaitable[None]]] = {
    "listed": _listed,
    "named": _named,
    "deleted": _deleted,
    "columns": _columns,
}


def _app(url: str) -> Filled:
    return app_on(url, AreaScreen)


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
@pytest.mark.parametrize("case", CASES)
def test_picture(snap_compare: Callable[..., bool], database_url: str, size: tuple[int, int], case: str) -> None:
    assert snap_compare(_app(database_url), terminal_size=size, run_before=still(CASES[case]))


def test_picture_without_colour(
    snap_compare: Callable[..., bool], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(_app(database_url), terminal_size=SMALL, run_before=still(_listed))
