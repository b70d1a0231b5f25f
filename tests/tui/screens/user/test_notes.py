"""Notes through the keys of the user's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widgets import TextArea
from tortoise.transactions import in_transaction

from models import UserNote
from tests.models.operations.people import superuser as make_superuser
from tests.models.operations.people import user
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.shell import person, shell_on, superuser
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.user.notes import UNSAVED, NoteDialog
from tui.screens.user.screen import UserScreen
from tui.screens.users.screen import UsersScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.database import Database


async def to_notes(pilot: Pilot[int]) -> None:
    for _ in range(3):
        await pilot.press("right_square_bracket")
    await until_shown(pilot, "N note  i pin  x remove")


async def test_a_note_is_written_pinned_and_deleted_by_its_keys(database: Database) -> None:
    root, alice = await make_superuser(), await user("alice")
    app = shell_on(lambda: UserScreen(alice.id), database=database, who=superuser(root.id))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until_shown(pilot, "Active.")
        await to_notes(pilot)
        await until_shown(pilot, "No notes.")
        await pilot.press("N")
        await until(pilot, lambda: isinstance(app.focused, TextArea))
        await pilot.press(*"Calls", "space", *"early", "ctrl+s")  # sooner than it is planned
        await until(pilot, lambda: isinstance(app.screen, UserScreen) and "Calls early" in screen_text(pilot))
        await pilot.press("i")
        await until_shown(pilot, "shellback users notes")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "pinned ")
        assert (await UserNote.get()).pinned
        await pilot.press("x")
        await until_shown(pilot, "the text is kept nowhere else")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "No notes.")
        assert not await UserNote.all().exists()


async def test_what_is_typed_is_not_dropped_by_one_esc(database: Database) -> None:
    root, alice = await make_superuser(), await user("alice")
    app = shell_on(lambda: UserScreen(alice.id), database=database, who=superuser(root.id))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "Active.")
        await pilot.press("N")
        await until(pilot, lambda: isinstance(app.focused, TextArea))
        await pilot.press("x", "escape")
        await until_shown(pilot, UNSAVED)
        dialog = app.screen
        assert isinstance(dialog, NoteDialog)
        await until(pilot, lambda: dialog.plan is not None)
        await until_shown(pilot, UNSAVED)  # what was typed last is planned now, and the warning stays
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, UserScreen))


async def test_too_long_a_note_cannot_be_written(database: Database) -> None:
    root, alice = await make_superuser(), await user("alice")
    app = shell_on(lambda: UserScreen(alice.id), database=database, who=superuser(root.id))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Active.")
        await pilot.press("N")
        await until(pilot, lambda: isinstance(app.focused, TextArea))
        app.screen.query_one(TextArea).text = "x" * 4001
        await until_shown(pilot, "at most 4 000 characters")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, NoteDialog)


async def test_the_keys_are_grey_for_whoever_may_not(database: Database) -> None:
    alice = await user("alice")
    app = shell_on(lambda: UserScreen(alice.id), database=database, who=person("users.view"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "Active.")
        assert [app.screen.check_action(key, ()) for key in ("note", "pin", "remove")] == [None, None, None]


async def test_hostile_notes_are_text_in_the_tab_the_preview_and_on_the_card(database: Database) -> None:
    root, alice = await make_superuser(), await user("alice")
    async with in_transaction():
        columns: dict[str, Any] = {"author_label": HOSTILE[:100], "body": f"pinned!\n{HOSTILE * 20}", "pinned": True}
        await UserNote.create(user_id=alice.id, **columns)
    app = shell_on(UsersScreen, database=database, who=superuser(root.id))
    async with app.run_test(size=(160, 40), notifications=True) as pilot:
        await until_shown(pilot, "2 users · loaded")
        await until_shown(pilot, "Note")
        texts = [screen_text(pilot)]
        await pilot.press("p")
        await until_shown(pilot, "pinned!")
        texts.append(screen_text(pilot))
        await pilot.press("escape", "enter")
        await until_shown(pilot, "History")
        await to_notes(pilot)
        await until_shown(pilot, "pinned!")
        texts.append(screen_text(pilot))
        for text in texts:
            assert "pinned!" in text
            assert not any(sign in text for sign in ("\x1b", "\x07", "\u202e", "\u200b", "\u200d"))
