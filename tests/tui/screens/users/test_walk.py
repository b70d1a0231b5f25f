"""The cursor and the marks stay on their rows, whatever is done to the list and by whom: random walks."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest
from tortoise.transactions import in_transaction

from models import User
from tests.tui.browse.people import people
from tests.tui.screens.users.test_list import make, ready, users
from tests.tui.shell import shell_on
from tests.tui.waiting import until
from tui.browse.lists.orders import Order, OrderBy
from tui.browse.search.query import parse
from tui.screens.users import live as users_live
from tui.screens.users.screen import UsersScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.database import Database

STEPS = 30
SEARCHES = ("", "a", "is:active", "-is:locked", "has:email", "created:<3d")


class Walk:
    """What one walk does to the list. Every step ends when nothing is being read any more."""

    def __init__(self, pilot: Pilot[Any], chance: random.Random) -> None:
        self.pilot = pilot
        self.chance = chance
        self.screen = users(pilot.app)
        self.made = 0

    @property
    def here(self) -> int | None:
        row = self.screen.table.row
        return row.id if row is not None else None

    async def settled(self) -> None:
        """Nothing is read any more, and what was read is shown."""
        await self.pilot.pause()
        await self.pilot.app.workers.wait_for_complete()
        await until(self.pilot, lambda: not self.screen.table.busy and not self.screen.table.stale)
        await self.pilot.pause()

    async def moves(self) -> None:
        keys = [self.chance.choice(("j", "k", "pagedown", "pageup", "end", "home")) for _ in range(3)]
        await self.pilot.press(*keys)

    async def marks(self) -> None:
        wanted = self.screen.table.marks ^ {self.here}
        await self.pilot.press("space")
        assert self.screen.table.marks == wanted

    async def refreshes(self) -> None:
        await self.pilot.press("f5")

    async def looks_again(self) -> None:
        self.screen._live.look()

    async def orders(self) -> None:
        self.screen.users.order_by(Order(self.chance.choice(list(OrderBy)), self.chance.random() < 0.5))

    async def searches(self) -> None:
        self.screen.search(parse(self.chance.choice(SEARCHES)))

    async def somebody_else_writes(self) -> None:
        ids = [row["id"] for row in await User.all().values("id")]
        some = self.chance.sample(ids, 5)
        self.made += 1
        async with in_transaction():
            await User.filter(id__in=some[:2]).update(is_active=False)
            await User.filter(id=some[2]).update(username=f"a{self.made}x", username_key=f"a{self.made}x")
            await User.filter(id__in=[user_id for user_id in some[3:] if self.chance.random() < 0.5]).delete()
        await make(f"b{self.made}new")

    async def step(self) -> None:
        """One thing happens; then the cursor is where it was if that row is still in the list, and no mark is lost."""
        stays: list[Callable[[], Awaitable[None]]] = [
            self.refreshes,
            self.looks_again,
            self.orders,
            self.searches,
            self.somebody_else_writes,
        ]
        action = self.chance.choice([*stays, self.moves, self.marks])
        before, marked = self.here, set(self.screen.table.marks)
        await action()
        await self.settled()
        if action not in (self.moves, self.marks):
            assert self.screen.table.marks == marked
            source = self.screen.users.source
            assert source is not None
            if before is not None and action != self.somebody_else_writes and await source.find(before) is not None:
                assert self.here == before, action
            elif action == self.somebody_else_writes:
                assert self.here == before
        rows = [row.id for row in self.screen.table.window.rows]
        assert len(rows) == len(set(rows))
        table = self.screen.table
        assert not rows or table.top <= table.cursor < table.top + table.body


@pytest.mark.parametrize("seed", range(4))
async def test_the_cursor_and_the_marks_stay(database: Database, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(users_live, "PERIOD", 3600.0)
    await people(500, seed)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        walk = Walk(pilot, random.Random(seed))
        await walk.settled()
        for _ in range(STEPS):
            await walk.step()
