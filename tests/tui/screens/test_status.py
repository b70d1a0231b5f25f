"""Status says how the connection is, since when and why, whether the database answers or not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from models.engines.errors import DatabaseUnavailable
from tests.tui.shell import ScreenShell, shell_on, superuser
from tests.tui.snapshots import LARGE, SMALL, freeze_clock
from tests.tui.waiting import screen_text, until, until_shown
from tui.badge import PROD
from tui.database import Database, open_database
from tui.launch import Launch
from tui.screens.status import StatusScreen
from tui.settings import parse_url

pytestmark = pytest.mark.sqlite_only  # the faults of a server are shown in tests/faults/test_screen_*.py

EXPOSED = "Another server could pose as db1.internal: its name is not checked."


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    freeze_clock(monkeypatch, "tui.terminal.connection", "tui.screens.status", "tui.troubles")
    monkeypatch.setattr("tui.terminal.connection.PAUSES", (0.05,))
    yield
    monkeypatch.undo()
    time.tzset()


async def test_a_file_that_is_taken_away_and_comes_back(database: Database) -> None:
    assert database.url.path is not None
    path = Path(database.url.path)
    app = shell_on(StatusScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        app.connection.watch()
        await until_shown(pilot, "connected since 12:00:00")
        await until_shown(pilot, "encryption")
        assert "last fault" not in screen_text(pilot)
        kept = await asyncio.to_thread(path.rename, path.with_name("kept"))
        await pilot.press("ctrl+r")
        await until_shown(pilot, "lost since 12:00:00")
        await until_shown(pilot, "The database file was moved or removed.")
        await until_shown(pilot, "asked again every few seconds by itself")
        await until_shown(pilot, "is from 12:00:00")  # what the database said while it could
        await until_shown(pilot, "encryption")
        await asyncio.to_thread(kept.rename, path)
        await until_shown(pilot, "connected since 12:00:00")
        await until_shown(pilot, "last fault")
        assert "is from" not in screen_text(pilot)


async def test_who_wants_no_changes_is_said(database: Database) -> None:
    app = shell_on(StatusScreen, database=database)
    app.connection.watch = lambda: None  # type: ignore[method-assign]
    database.read_only = True
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "read-only since 12:00:00: the database file takes no changes")
        app.connection._wait(late := object())
        await until_shown(pilot, "waiting for an answer since 12:00:00")
        assert "Esc" not in screen_text(pilot)  # another screen's wait, or a write's, which no key of this one stops
        app.connection._late.discard(late)
        database.standby = True
        await pilot.press("ctrl+r")
        await until_shown(pilot, "this server is a standby and takes no")


class Shown(ScreenShell):
    """Opens the file in its own loop."""

    path = Path()

    async def on_load(self) -> None:
        self.database = await open_database(parse_url(f"sqlite://{self.path}"))
        self.database.server = "SQLite 3"
        self.connection.watch()


async def _lost(pilot: Pilot[Any]) -> None:
    app = _shown(pilot)
    app.path.rename(app.path.with_name("kept"))
    await pilot.press("ctrl+r")
    await until(pilot, lambda: app.connection.is_lost)
    await until(pilot, lambda: screen_text(pilot).count("Nothing was changed") == 2)  # in the list, and as a toast
    await until_shown(pilot, "lost since")


async def _back_again(pilot: Pilot[Any]) -> None:
    app = _shown(pilot)
    app.trouble(DatabaseUnavailable("The connection to the database was lost. Nothing was changed."))
    await until_shown(pilot, "last fault")


def _shown(pilot: Pilot[Any]) -> Shown:
    assert isinstance(pilot.app, Shown)
    return pilot.app


CASES = [(_lost, SMALL), (_lost, LARGE), (_back_again, SMALL)]


@pytest.mark.parametrize(("state", "size"), CASES, ids=["lost-80x24", "lost-120x40", "back-80x24"])
def test_picture(
    snap_compare: Callable[..., bool],
    database_url: str,
    state: Callable[[Pilot[Any]], Awaitable[None]],
    size: tuple[int, int],
) -> None:
    exposed = EXPOSED if state is _back_again else ""
    launch = Launch("app@db1.internal", shell_on(StatusScreen).launch.opener, PROD, exposed=exposed)
    app = Shown(launch, StatusScreen)
    app.person, app.path = superuser(), Path(database_url.removeprefix("sqlite://"))

    async def before(pilot: Pilot[Any]) -> None:
        await until_shown(pilot, "encryption")
        await state(pilot)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)
