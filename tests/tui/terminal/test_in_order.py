"""Keys that come in one packet act in the order in which they were typed."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input

from tui.terminal.app import TerminalApp

pytestmark = pytest.mark.sqlite_only  # no database in it


class Typing(TerminalApp):
    """A field; `ctrl+o` opens another screen with a field, `ctrl+x` takes the field away."""

    BINDINGS = [  # noqa: RUF012  as Textual declares it
        Binding("ctrl+o", "open"),
        Binding("ctrl+x", "take_away"),
        Binding("ctrl+g", "ready", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.is_ready = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Input("zoe", id="field", select_on_focus=False)

    async def action_open(self) -> None:
        await self.push_screen(Second())

    async def action_take_away(self) -> None:
        await self.query_one("#field").remove()

    def action_ready(self) -> None:
        self.is_ready.set()

    def type(self, *typed: str | events.Event) -> None:
        """All of it at once, as one packet of a slow line brings it."""
        for one in typed:
            is_key = isinstance(one, str)
            self.post_message(events.Key(one, one if len(one) == 1 else None) if is_key else one)  # type: ignore[arg-type]


class Second(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Input(id="second")


async def test_letters_between_keys_that_act() -> None:
    app = Typing()
    async with app.run_test(), asyncio.timeout(30):
        app.type("backspace", "a", "backspace", "b", "ctrl+u", "x", "home", "y", "ctrl+g")
        await app.is_ready.wait()
        assert app.query_one(Input).value == "yx"


async def test_letters_for_a_screen_that_is_opened() -> None:
    app = Typing()
    async with app.run_test(), asyncio.timeout(30):
        app.type("ctrl+o", "h", "i", "ctrl+g")
        await app.is_ready.wait()
        assert app.screen.query_one(Input).value == "hi"


async def test_a_paste_keeps_its_place() -> None:
    app = Typing()
    async with app.run_test(), asyncio.timeout(30):
        app.type("ctrl+u", events.Paste("pasted"), "backspace", "!", "ctrl+g")
        await app.is_ready.wait()
        assert app.query_one(Input).value == "paste!"


async def test_a_field_that_goes_away_keeps_no_key_waiting() -> None:
    app = Typing()
    async with app.run_test(), asyncio.timeout(30):
        app.type("ctrl+x", "a", "b", "ctrl+g")
        await app.is_ready.wait()
        app.is_ready.clear()
        app.type("ctrl+g")
        await app.is_ready.wait()


class Standing(Input):
    """Stands still at an `s`, as a handler that waits for something does."""

    goes_on: asyncio.Event

    async def on_key(self, event: events.Key) -> None:
        if event.key == "s":
            await self.goes_on.wait()


async def test_a_field_that_stands_still_keeps_no_key_waiting() -> None:
    app = Typing()
    async with app.run_test() as pilot, asyncio.timeout(30):
        standing = Standing()
        standing.goes_on = asyncio.Event()
        await app.mount(standing)
        standing.focus()
        await pilot.pause()
        app.type("s", "a", "b", "ctrl+g")
        await app.is_ready.wait()
        standing.goes_on.set()
