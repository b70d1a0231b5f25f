"""Pictures of screens: the two sizes they are taken at, and how to make a screen hold still.

`snap_compare` is synchronous: tests with it are plain functions. Look at a new picture before it is accepted
(`pytest --snapshot-update`, then the SVG in `__snapshots__`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Self

from textual.widgets import Input
from textual.worker import WorkerCancelled

from tests.tui.waiting import until

if TYPE_CHECKING:
    import pytest
    from textual.pilot import Pilot

SMALL: Final = (80, 24)
LARGE: Final = (120, 40)
SIZES: Final = (SMALL, LARGE)
NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

Before = Callable[["Pilot[Any]"], Awaitable[None]]


def freeze_clock(monkeypatch: pytest.MonkeyPatch, *modules: str, at: datetime = NOON) -> None:
    """In these modules it is `at` whenever they ask `datetime.now`, and the zone of the machine is UTC."""

    class Frozen(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            moment = at.astimezone(tz or UTC)
            return cls.fromtimestamp(moment.timestamp(), tz or UTC)

        def astimezone(self, tz: tzinfo | None = None) -> Self:
            return super().astimezone(tz or UTC)

    for name in modules:
        monkeypatch.setattr(import_module(name), "datetime", Frozen)


def still(then: Before | None = None) -> Before:
    """For `run_before`: does `then`, waits until nothing is under way, and stops the cursor's blinking."""

    async def before(pilot: Pilot[Any]) -> None:
        if then is not None:
            await then(pilot)
        with suppress(WorkerCancelled):  # a newer read took its place: what is left is waited for below
            await pilot.app.workers.wait_for_complete()
        await until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers))
        await pilot.pause()
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause()

    return before
