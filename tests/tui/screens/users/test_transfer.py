"""Export and import on the screen: what is asked, what runs, what Esc does, and what is true afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Button, Input

from models import Account, AuditEvent
from tests.models.operations.people import user
from tests.tui.screens.user.writing import opened, root, until_said, words
from tests.tui.shell import person, shell_on
from tests.tui.waiting import focus, text_of, until
from tui.browse.lists.orders import parse_order
from tui.browse.search.query import parse
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.transfer.exporting import ExportDialog
from tui.screens.transfer.import_pace import ImportPace
from tui.screens.transfer.importing import ImportScreen
from tui.screens.users.screen import UsersScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.database import Database


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _dialog(query: str = "", marked: tuple[int, ...] = ()) -> ExportDialog:
    return ExportDialog(parse(query), parse_order("-username"), marked)


async def test_what_matches_goes_to_the_file(database: Database, tmp_path: Path) -> None:
    who = await root()
    for name in ("ann", "anna", "bob"):
        await user(name)
    path = tmp_path / "users.csv"
    async with opened(database, _dialog("ann"), who=who) as found:
        found.dialog.query_one("#path", Input).value = str(path)
        found.dialog.query_one("#columns", Input).value = "username"
        await found.pilot.pause()
        await until_said(found.pilot, "users export ann --columns username --order username-")
        await found.pilot.press("ctrl+s")
        await until_said(found.pilot, "Exported 2 users to")
        await found.pilot.press("escape")
        await until(found.pilot, lambda: found.answers)
    assert _text(path).split() == ["username", "anna", "ann"]
    done: Any = found.answers[0]
    assert (await AuditEvent.get(action="users.export")).seq == done.seq


async def test_marked_users_come_first_in_the_choice(database: Database, tmp_path: Path) -> None:
    who = await root()
    ann, bob = await user("ann"), await user("bob")
    path = tmp_path / "users.csv"
    async with opened(database, _dialog("ann", (bob.id, who.actor.user_id or 0)), who=who) as found:
        found.dialog.query_one("#path", Input).value = str(path)
        await found.pilot.pause()
        await until_said(found.pilot, f"--ids {bob.id},1")
        await found.pilot.press("ctrl+s")
        await until_said(found.pilot, "Exported 2 users to")
    assert ann.username not in _text(path)


@pytest.mark.parametrize(("columns", "said"), [("hashed_password", "no column hashed_password"), ("id,id", "twice")])
async def test_what_cannot_be_meant_is_said(database: Database, tmp_path: Path, columns: str, said: str) -> None:
    async with opened(database, _dialog(), who=await root()) as found:
        found.dialog.query_one("#path", Input).value = str(tmp_path / "u.csv")
        found.dialog.query_one("#columns", Input).value = columns
        await found.pilot.press("ctrl+s")
        await until_said(found.pilot, said)
        assert not found.dialog.query_one("#confirm", Button).disabled
    assert not (tmp_path / "u.csv").exists()


async def test_a_file_that_is_there_is_not_replaced(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "u.csv"
    await asyncio.to_thread(path.write_text, "mine")
    async with opened(database, _dialog(), who=await root()) as found:
        found.dialog.query_one("#path", Input).value = str(path)
        await found.pilot.press("ctrl+s")
        await until_said(found.pilot, "is there already")
    assert _text(path) == "mine"


async def test_esc_stops_an_export_and_leaves_no_file(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await root()
    for number in range(20):
        await user(f"user{number}")
    monkeypatch.setattr("tui.transfer.ranges.ROWS", 1)
    folder = tmp_path / "out"
    folder.mkdir()
    dialog = _dialog()
    async with opened(database, dialog, who=who) as found:
        dialog.query_one("#path", Input).value = str(folder / "u.csv")
        dialog.action_confirm()
        await until(found.pilot, lambda: dialog._progress is not None)
        dialog.action_close()
        await until_said(found.pilot, "Nothing was exported, and no file is left.")
        await until(found.pilot, lambda: not [*folder.iterdir()])
    assert not await AuditEvent.filter(action="users.export").exists()


# Import ---------------------------------------------------------------------------------------------------------------


async def _read(pilot: Pilot[Any], path: Path, text: str, mapping: str = "") -> None:
    await asyncio.to_thread(path.write_text, text, encoding="utf-8")
    pilot.app.screen.query_one("#path", Input).value = str(path)
    pilot.app.screen.query_one("#mapping", Input).value = mapping
    await focus(pilot, pilot.app.screen.query_one("#path", Input))
    await pilot.press("enter")


async def test_a_file_is_shown_agreed_to_and_imported(database: Database, tmp_path: Path) -> None:
    who = await root()
    ann = await user("ann")
    app = shell_on(ImportScreen, database=database, who=who)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.pause()
        text = "username,Mail,Phone\nann,ann@example.org,1\nnew,,2\n"
        await _read(pilot, tmp_path / "u.csv", text)
        await until_said(pilot, "not known: Phone")
        await _read(pilot, tmp_path / "u.csv", text, "Phone=-")
        await until_said(pilot, "1 to create · 1 to change · 0 unchanged · 0 wrong")
        await until_said(pilot, "e-mail - → ann@example.org")
        await until_said(pilot, "--ignore Phone --confirm 2")
        assert not await Account.filter(username="new").exists()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("y")
        await until_said(pilot, "1 user created, 1 user changed.")
        app.database = None
    assert (await Account.get(id=ann.id)).email == "ann@example.org"
    assert await Account.filter(username="new").exists()


async def test_how_the_file_is_written_can_be_said(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "u.csv"
    await asyncio.to_thread(path.write_bytes, "username|full_name\nzoe|Zo\u00eb\n".encode("cp1252"))
    app = shell_on(ImportScreen, database=database, who=await root())
    async with app.run_test(size=(200, 40), notifications=True) as pilot:
        await pilot.pause()
        app.screen.query_one("#path", Input).value = str(path)
        await pilot.press("ctrl+s")
        await until_said(pilot, "is not UTF-8")
        app.screen.query_one("#encoding", Input).value = "cp1252"
        app.screen.query_one("#delimiter", Input).value = "|"
        await pilot.press("ctrl+s")
        await until_said(pilot, "1 to create")
        assert "--delimiter '|' --encoding cp1252" in " ".join(words(pilot).split())
        app.database = None


async def test_more_than_ten_are_typed(database: Database, tmp_path: Path) -> None:
    app = shell_on(ImportScreen, database=database, who=await root())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        await _read(pilot, tmp_path / "u.csv", "username,email\n" + "".join(f"new{n},\n" for n in range(11)))
        await until_said(pilot, "11 to create")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, TypeToConfirm))
        await pilot.press("1", "1", "ctrl+s")
        await until_said(pilot, "11 users created")
        app.database = None
    assert await Account.all().count() == 12


async def test_a_wrong_line_stands_first_and_stops_it(database: Database, tmp_path: Path) -> None:
    app = shell_on(ImportScreen, database=database, who=await root())
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.pause()
        await _read(pilot, tmp_path / "u.csv", "username,email\nfine,\nbad,[red]nonsense[/red]\n")
        await until_said(pilot, "Nothing can be imported while 1 row cannot be taken")
        await until_said(pilot, "e-mail: An e-mail address cannot hold '['")
        screen = app.screen
        assert isinstance(screen, ImportScreen)
        assert not screen.check_action("confirm", ())
        assert screen.check_action("export", ())
        await pilot.press("ctrl+s")
        assert app.screen is screen
        app.database = None
    assert await Account.all().count() == 1


async def test_esc_stops_reading_and_the_screen_stays(database: Database, tmp_path: Path) -> None:
    app = shell_on(ImportScreen, database=database, who=await root())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ImportScreen)
        text = "username,email\n" + "".join(f"user{n:05},\n" for n in range(100_000))
        await _read(pilot, tmp_path / "u.csv", text)
        await until(pilot, lambda: screen.query_one(ImportPace).told is not None)
        await pilot.press("escape")
        await until_said(pilot, "Stopped. Nothing was changed.")
        await until(pilot, lambda: text_of(pilot, "#progress") == "")
        assert app.screen is screen
        app.database = None
    assert await Account.all().count() == 1


async def test_esc_stops_writing_and_rolls_it_back(database: Database, tmp_path: Path) -> None:
    app = shell_on(ImportScreen, database=database, who=await root())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ImportScreen)
        await _read(pilot, tmp_path / "u.csv", "username,email\n" + "".join(f"user{n:04},\n" for n in range(2500)))
        await until_said(pilot, "2 500 to create")
        screen._agreed(True)
        await until(pilot, lambda: screen.query_one(ImportPace).told is not None)
        screen.action_back()
        await until_said(pilot, "rolled back")
        app.database = None
    await asyncio.sleep(0)
    assert await Account.all().count() == 1


async def _listed(pilot: Pilot[Any]) -> None:
    screen = pilot.app.screen
    await until(pilot, lambda: isinstance(screen, UsersScreen) and screen.table.row is not None)


async def test_the_list_opens_both(database: Database) -> None:
    app = shell_on(UsersScreen, database=database, who=await root())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await _listed(pilot)
        await pilot.press("space", "X")
        await until(pilot, lambda: isinstance(app.screen, ExportDialog))
        await until_said(pilot, "1 marked")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, UsersScreen))
        await pilot.press("I")
        await until(pilot, lambda: isinstance(app.screen, ImportScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, UsersScreen))
        app.database = None


async def test_who_may_neither_opens_nothing(database: Database) -> None:
    await root()
    app = shell_on(UsersScreen, database=database, who=person("users.view"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await _listed(pilot)
        screen = app.screen
        await pilot.press("X", "I")
        assert app.screen is screen
        app.database = None
