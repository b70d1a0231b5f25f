"""A ShellbackApp with one screen, for tests of how the process ends: `python -m tests.e2e.small_app CASE`."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static
from textual.worker import WorkType

import tui.app
from tui.badge import PROD
from tui.launch import Launch, Opening, Report
from tui.run import run_interface
from tui.screens.base import AreaScreen
from tui.terminal.incidents import state_directory
from tui.widgets.secret_input import SecretInput

SECRET = "correct horse battery staple"


class SmallScreen(AreaScreen):
    """Crashes, hangs or writes for ever, by a key."""

    CRUMB = "Small"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "crash", id="small.crash"),
        Binding("f3", "crash_in_worker", id="small.worker"),
        Binding("f4", "hang", id="small.hang"),
        Binding("f5", "write", id="small.write"),
        Binding("f6", "stick", id="small.stick"),
    ]

    def compose_body(self) -> ComposeResult:
        yield Static("ready A\x1b]52;c;UFdORUQ=\x07\u202eB\x9b2Jz", id="hostile", markup=False)
        yield SecretInput(id="password", value=SECRET)

    def action_crash(self) -> None:
        password = self.query_one(SecretInput).value
        raise RuntimeError(f"no {password}")

    def action_crash_in_worker(self) -> None:
        async def work() -> None:
            raise RuntimeError(f"no {self.query_one(SecretInput).value}")

        self.run_worker(work())

    def action_hang(self) -> None:
        """In the middle of a frame."""
        driver = self.app._driver
        assert driver is not None
        driver.write("\x1b[?2026h")
        driver.flush()
        (state_directory() / "hung").touch()
        time.sleep(60)

    def action_stick(self) -> None:
        """A thread of the loop's own pool, which the loop waits for when it ends."""

        async def work() -> None:
            await asyncio.to_thread(time.sleep, 60)

        worker: WorkType[None] = work
        self.run_worker(worker)
        self.query_one("#hostile", Static).update("stuck")

    def action_write(self) -> None:
        async def work() -> None:
            await asyncio.sleep(float(os.environ.get("SMALL_WRITE_SECONDS", "1")))
            (state_directory() / "written").touch()

        self.run_write("a long write", work, lambda _: None)
        self.query_one("#hostile", Static).update("writing")


class SmallApp(tui.app.ShellbackApp):
    MODES: ClassVar = {"start": SmallScreen}


async def no_database(_: Report) -> Opening:
    raise AssertionError("nothing is opened")


if __name__ == "__main__":
    tui.app.ShellbackApp = SmallApp  # type: ignore[misc]
    sys.exit(run_interface(Launch("app@db1.internal", no_database, PROD)))
