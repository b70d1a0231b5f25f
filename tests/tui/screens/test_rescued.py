"""What superusers see of a rescue: a word when they sign in, and Status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations import plan_rescue, system_actor
from tests.models.operations.people import user
from tests.models.operations.undo.doing import done
from tests.tui.screens.user.writing import root, words
from tests.tui.shell import person, shell_on
from tests.tui.waiting import until
from tui.screens import rescued
from tui.screens.base import AreaScreen
from tui.screens.status import StatusScreen

if TYPE_CHECKING:
    from tui.database import Database


async def test_a_superuser_is_told_and_nobody_else(database: Database) -> None:
    who = await root()
    await user("alice")
    await done(plan_rescue(system_actor(), "alice", reason="all left"))
    app = shell_on(AreaScreen, database=database, who=person("users.view"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        rescued.tell(app)
        await app.workers.wait_for_complete()
        assert "by rescue" not in words(pilot)
        app.person = who
        rescued.tell(app)
        await until(pilot, lambda: "alice was made superuser by rescue" in words(pilot))
        app.database = None


async def test_status_says_it_for_a_week(database: Database) -> None:
    who = await root()
    await user("alice")
    await done(plan_rescue(system_actor(), "alice", reason="all left"))
    app = shell_on(StatusScreen, database=database, who=who)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "alice was made superuser by rescue" in words(pilot))
        app.database = None
