"""Many users at once through the keys: marks, the preview, agreeing, the run, its results."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from models import Account, AuditEvent, User
from models.operations import verify_chain
from tests.models.operations.people import superuser as make_superuser
from tests.models.operations.people import user
from tests.tui.shell import ScreenShell, person, shell_on, superuser
from tests.tui.waiting import screen_text, text_of, until, until_shown
from tui.screens.bulk.dialog import BulkDialog
from tui.screens.bulk.run import BulkRunScreen
from tui.screens.bulk.verb import BulkVerbDialog
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.path import PathDialog
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.users.screen import UsersScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.database import Database


async def open_list(pilot: Pilot[Any], count: int) -> UsersScreen:
    """The list with so many users in it."""
    screen = next(screen for screen in pilot.app.screen_stack if isinstance(screen, UsersScreen))
    await until(pilot, lambda: len(screen.table.window.rows) == count and not screen.table.busy)
    return screen


async def settled(pilot: Pilot[Any], kind: type[Any]) -> Any:
    """The dialog of a kind in front, once it takes keys."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and getattr(pilot.app.screen, "is_settled", True))
    return pilot.app.screen


async def plan_of(pilot: Pilot[Any], verb: str) -> BulkDialog:
    """The plan of a verb for what is marked, read."""
    await pilot.press("b")
    dialog = await settled(pilot, BulkVerbDialog)
    options = dialog.query_one("OptionList")
    options.highlighted = dialog._answers.index(verb)
    await pilot.press("enter")
    shown: BulkDialog = await settled(pilot, BulkDialog)
    return shown


async def made(database: Database, count: int) -> tuple[ScreenShell, list[int]]:
    """A shell on the list of a superuser and so many others; their ids."""
    root = await make_superuser("root")
    ids = [(await user(f"user{number:02}")).id for number in range(count)]
    return shell_on(UsersScreen, database=database, who=superuser(root.id)), ids


async def test_marks_made_after_all_were_cleared_are_just_marks(database: Database) -> None:
    app, ids = await made(database, 4)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await open_list(pilot, 5)
        await pilot.press("asterisk")
        await until(pilot, lambda: len(screen.table.marks) == 5)
        await pilot.press("u", "j", "space")
        await until(pilot, lambda: screen.table.marks == {ids[0]})
        dialog = await plan_of(pilot, "deactivate")
        await until(pilot, lambda: dialog.plan is not None)
        await until(pilot, lambda: text_of(pilot, "#who") == "1 marked user")


async def test_a_few_marked_users_are_deactivated_after_y(database: Database) -> None:
    app, ids = await made(database, 4)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await open_list(pilot, 5)
        await pilot.press("j", "space", "space")
        await until(pilot, lambda: screen.table.marks == {ids[0], ids[1]})
        dialog = await plan_of(pilot, "deactivate")
        await until(pilot, lambda: dialog.plan is not None)
        await until(pilot, lambda: "2 will change" in text_of(pilot, "#plan"))
        assert f"users bulk deactivate --ids {ids[0]},{ids[1]}" in dialog.twin
        await pilot.press(*"left", "ctrl+s")
        await settled(pilot, ConfirmDialog)
        await pilot.press("y")
        run = await settled(pilot, BulkRunScreen)
        await until(pilot, lambda: run.table.display and run.table.window.rows)
        await until(pilot, lambda: "2 done" in text_of(pilot, "#progress"))
        await until_shown(pilot, "E export")
        active = dict(await Account.all().values_list("id", "is_active"))
        assert [active[one] for one in ids] == [False, False, True, True]
        rows = await AuditEvent.filter(action="users.deactivate", target_type="user").values_list("target_id", "reason")
        assert sorted(rows) == [(ids[0], "left"), (ids[1], "left")]
        assert (await verify_chain()).is_whole
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_all_that_match_are_marked_and_need_their_number(database: Database) -> None:
    app, ids = await made(database, 14)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await open_list(pilot, 15)
        await pilot.press("asterisk")
        await until(pilot, lambda: len(screen.table.marks) == 15)
        await until_shown(pilot, "15 marked")
        dialog = await plan_of(pilot, "force-change")
        await until(pilot, lambda: dialog.plan is not None)
        assert dialog.plan is not None
        assert dialog.plan.selection.query == ""
        number = dialog.plan.confirmation
        await pilot.press("ctrl+s")
        await settled(pilot, TypeToConfirm)
        await pilot.press(*number[:-1], "9" if number[-1] != "9" else "8", "ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, TypeToConfirm))
        await pilot.press("backspace", number[-1], "ctrl+s")
        run = await settled(pilot, BulkRunScreen)
        await until(pilot, lambda: run.table.display and run.table.window.rows)
        assert await Account.filter(id__in=ids, must_change_password=True).count() == 14


async def test_who_is_left_out_is_said_before(database: Database) -> None:
    root = await make_superuser("root")
    await user("alice")
    app = shell_on(UsersScreen, database=database, who=superuser(root.id))
    async with app.run_test(size=(100, 30)) as pilot:
        await open_list(pilot, 2)
        await pilot.press("asterisk")
        await until_shown(pilot, "2 marked")
        dialog = await plan_of(pilot, "deactivate")
        await until(pilot, lambda: dialog.plan is not None)
        said = text_of(pilot, "#plan")
        assert "1 will change · 1 left out" in said
        assert "your own account: root" in said
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, UsersScreen))
        assert await Account.filter(is_active=False).count() == 0


async def test_a_value_that_cannot_be_set_is_said_and_nothing_may_be_agreed_to(database: Database) -> None:
    app, _ = await made(database, 2)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_list(pilot, 3)
        await pilot.press("j", "space")
        dialog = await plan_of(pilot, "set")
        await until(pilot, lambda: "yes or no" in text_of(pilot, "#message"))
        assert dialog.query_one("#confirm").disabled
        await pilot.press("tab", *"yes")
        await until(pilot, lambda: dialog.plan is not None)
        assert not dialog.query_one("#confirm").disabled


async def test_results_are_exported_to_a_private_file(database: Database, tmp_path: Path) -> None:
    app, ids = await made(database, 2)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_list(pilot, 3)
        await pilot.press("j", "space")
        await plan_of(pilot, "deactivate")
        await until(pilot, lambda: pilot.app.screen.plan is not None)  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await settled(pilot, ConfirmDialog)
        await pilot.press("y")
        run = await settled(pilot, BulkRunScreen)
        await until(pilot, lambda: run.table.display and run.table.window.rows)
        await pilot.press("E")
        dialog = await settled(pilot, PathDialog)
        field = dialog.query_one("#path")
        field.value = str(tmp_path / "nowhere" / "results.csv")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "There is no directory" in screen_text(pilot))
        field.value = str(tmp_path / "results.csv")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: (tmp_path / "results.csv").exists())
        found = list(csv.DictReader((tmp_path / "results.csv").read_text(encoding="utf-8").splitlines()))
        assert [(row["id"], row["result"]) for row in found] == [(str(ids[0]), "ok")]
        assert (tmp_path / "results.csv").stat().st_mode & 0o777 == 0o600


async def test_a_verb_that_is_not_permitted_cannot_be_chosen(database: Database) -> None:
    await user("alice")
    who = person("users.view", "users.unlock")
    app = shell_on(UsersScreen, database=database, who=who)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_list(pilot, 1)
        await pilot.press("space", "b")
        dialog = await settled(pilot, BulkVerbDialog)
        options = dialog.query_one("OptionList")
        disabled = {name: options.get_option_at_index(n).disabled for n, name in enumerate(dialog._answers)}
        assert disabled["unlock"] is False
        assert disabled["deactivate"] is True
        await until_shown(pilot, "needs users.deactivate")


async def test_without_marks_the_dialog_says_how_to_mark(database: Database) -> None:
    app, _ = await made(database, 1)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_list(pilot, 2)
        await pilot.press("b")
        await settled(pilot, BulkVerbDialog)
        await until_shown(pilot, "Nobody is marked")


async def test_a_range_reaches_back_to_a_row_that_is_not_held_any_more(database: Database) -> None:
    root = await make_superuser("root")
    async with in_transaction() as connection:
        await User.bulk_create(
            [User(username=f"a{n:04}", username_key=f"a{n:04}", hashed_password="x") for n in range(1500)],
            using_db=connection,
        )
    app = shell_on(UsersScreen, database=database, who=superuser(root.id))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = next(screen for screen in app.screen_stack if isinstance(screen, UsersScreen))
        await until(pilot, lambda: screen.table.window.rows and not screen.table.busy)
        await pilot.press("space", "G")
        await until(pilot, lambda: screen.table.row is not None and screen.table.row.username == "root")
        await pilot.press("v")
        await until(pilot, lambda: len(screen.table.marks) == 1501)
