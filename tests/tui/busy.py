"""A screen that reads and writes for as long as a test wants."""

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.keys import bindings
from tui.screens.base import AreaScreen


class Busy(AreaScreen):
    """Reads and writes that end when the test says so."""

    CRUMB = "Busy"
    HINTS = ("users.edit", "users.reset", "list.refresh")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("users.edit", "users.reset", "list.refresh")]

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.let_go = asyncio.Event()

    def compose_body(self) -> ComposeResult:
        yield Static("body")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "reset" else super().check_action(action, parameters)

    def action_edit(self) -> None:
        self.run_write("reset of alice", self._wait, self.results.append)

    def action_refresh(self) -> None:
        number = len(self.results)

        async def work() -> int:
            await self.let_go.wait()
            return number

        self.run_read(work, self.results.append)

    async def _wait(self) -> str:
        await self.let_go.wait()
        return "written"
