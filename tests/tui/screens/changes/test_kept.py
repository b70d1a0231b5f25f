"""What is staged outlives the session: said at the next start, asked about on the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.models.operations.people import user
from tests.tui.screens.changes.staged import edit, keep, kept, running
from tests.tui.screens.user.writing import alice, root
from tests.tui.shell import person
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.changes.leaving import LeaveDialog
from tui.screens.changes.screen import ChangesScreen
from tui.screens.users.screen import UsersScreen
from tui.settings import state_dir
from tui.staging import shelf_for

if TYPE_CHECKING:
    from tui.database import Database


async def test_what_was_staged_earlier_is_said_at_the_start(database: Database) -> None:
    who, target = await root(), await alice()
    keep(database, who, edit(target, full_name="A"))
    async with running(database, who, UsersScreen) as run:
        run.app.staged.begin()
        await run.says("is still here: key 2.")
        assert "1 staged" in screen_text(run.pilot).splitlines()[0]


async def test_a_damaged_file_is_said_and_does_not_stop_anything(database: Database) -> None:
    who = await root()
    keep(database, who, edit(await alice(), full_name="A"))
    assert who.actor.user_id is not None
    shelf_for(state_dir(), database.url.identity, who.actor.user_id).path.write_text("{")
    async with running(database, who, UsersScreen, size=(160, 40)) as run:
        run.app.staged.begin()
        await run.says("could not be read. It was set aside as")
        assert "staged" not in screen_text(run.pilot).splitlines()[0]


async def test_another_person_does_not_see_them(database: Database) -> None:
    who, target = await root(), await alice()
    keep(database, who, edit(target, full_name="A"))
    maria = await user("maria", "operator")
    async with running(database, person("users.edit", "users.view", user_id=maria.id)) as run:
        await until_shown(run.pilot, "Nothing is staged.")
    assert len(kept(database, who)) == 1


@pytest.mark.parametrize(
    ("key", "leaves", "left"),
    [("n", False, 1), ("escape", False, 1), ("y", True, 1), ("ctrl+q", True, 1), ("D", True, 0)],
)
async def test_leaving_asks_what_becomes_of_them(database: Database, key: str, *, leaves: bool, left: int) -> None:
    who, target = await root(), await alice()
    keep(database, who, edit(target, full_name="A"))
    async with running(database, who) as run:
        await until_shown(run.pilot, "ready")
        await run.press("ctrl+q")
        await run.in_front(LeaveDialog)
        await until_shown(run.pilot, "1 edit is staged and not committed.")
        await run.press(key)
        if leaves:
            await until(run.pilot, lambda: run.app._exit)
        else:
            await run.in_front(ChangesScreen)
            assert not run.app._exit
    assert len(kept(database, who)) == left


async def test_leaving_a_demo_promises_nothing(database: Database) -> None:
    who, target = await root(), await alice()
    async with running(database, who) as run:
        run.app.demo_password = "x"
        await run.app.staged.put(edit(target, full_name="A"))
        await run.press("ctrl+q")
        await run.in_front(LeaveDialog)
        await run.says("This is a demo: everything is thrown away with it.")
        assert "keep" not in screen_text(run.pilot)
        await run.press("y")
        await until(run.pilot, lambda: run.app._exit)


async def test_a_lock_keeps_them_and_is_left_without_a_question(database: Database) -> None:
    who, target = await root(), await alice()
    keep(database, who, edit(target, full_name="A"))
    async with running(database, who) as run:
        await until_shown(run.pilot, "ready")
        await run.press("ctrl+l")
        await until(run.pilot, lambda: run.app.lock.is_on)
        await run.app.lock.open(who)
        await until_shown(run.pilot, "ready")
        assert "1 staged" in screen_text(run.pilot).splitlines()[0]
        await run.press("ctrl+l")
        await until(run.pilot, lambda: run.app.lock.is_on)
        await run.press("ctrl+q")
        await until(run.pilot, lambda: run.app._exit)
    assert len(kept(database, who)) == 1
