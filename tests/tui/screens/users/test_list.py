"""The list of users through its keys, over a real database."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from tortoise.transactions import in_transaction

from models import AuditEvent, Role, User, UserAuthState, UserRole, UserSession
from tests.tui.browse.people import NOW, people
from tests.tui.browse.test_pages import short_slices
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.shell import person, shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.browse.lists.orders import Order, OrderBy
from tui.browse.lists.pages import Page, UserSource, open_source
from tui.browse.lists.rows import Position, UserRow
from tui.browse.lists.spread import load_spread
from tui.browse.search.query import parse
from tui.screens.dialogs.order import OrderDialog
from tui.screens.user.lifecycle import SessionsDialog
from tui.screens.users.screen import UsersScreen
from tui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

    from tui.database import Database


def users(app: App[Any]) -> UsersScreen:
    """The screen under test, in front or behind a dialog."""
    return next(screen for screen in app.screen_stack if isinstance(screen, UsersScreen))


def current(app: App[Any]) -> str:
    row = users(app).table.row
    return row.username if row is not None else ""


async def ready(pilot: Pilot[Any]) -> None:
    """Wait for the first rows."""
    await until(pilot, lambda: any(isinstance(screen, UsersScreen) for screen in pilot.app.screen_stack))
    await until(pilot, lambda: users(pilot.app).table.window.rows and not users(pilot.app).table.busy)


async def make(*names: str, **columns: Any) -> list[User]:
    """Users with these names, as a transaction."""
    found = []
    async with in_transaction():
        for name in names:
            user = User(username=name, hashed_password="x", **columns)
            await user.save()
            found.append(user)
    return found


async def test_rows_with_state_roles_and_last_login(database: Database) -> None:
    (alice, locked, _) = await make("alice", "alice.jones", "bob")
    async with in_transaction():
        await UserRole.create(user=alice, role=await Role.get(name="support"))
        await UserAuthState.create(user=alice, last_login_at=NOW)
        await UserAuthState.create(user=locked, locked_until=NOW.replace(year=NOW.year + 1))
        await User.filter(username="bob").update(is_active=False)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "3 users · loaded ")
        lines = {line.split()[1]: line for line in screen_text(pilot).splitlines()[3:6] for line in [line.strip("▌ ")]}
        assert "support" in lines["alice"]
        assert "ago" in lines["alice"] or "just now" in lines["alice"]
        assert "LOCKED" in lines["alice.jones"]
        assert "never" in lines["alice.jones"]
        assert "INACTIVE" in lines["bob"]


async def test_searching_narrows_the_list_and_says_what_it_costs(database: Database) -> None:
    await people(300)
    await make("zebra.one", "zebra.two")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"zebra")
        await until_shown(pilot, "2 match")
        await until_shown(pilot, "prefix · index · ")
        assert current(app) == "zebra.one"
        await pilot.press("escape", "escape")
        await until_shown(pilot, "302 users · loaded")
        assert current(app) == "zebra.one"
        assert users(app).box.text == ""


async def test_the_cost_stands_there_before_the_search_runs(database: Database) -> None:
    await people(30)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "30 users · loaded")
        box = users(app).box
        box.post_message(SearchBox.Changed("*nna*"))
        await until_shown(pilot, "contains · scans 30 rows")
        assert users(app).table.window.whole
        assert len(users(app).table.window.rows) == 30


async def test_what_is_wrong_is_said_and_nothing_runs(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(30)
    monkeypatch.setattr("tui.widgets.search_box.DEBOUNCE", 1.0)  # longer than a busy machine takes between two keys
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        before = users(app).table.window
        await pilot.press("slash", *"an is:lokced")
        await until_shown(pilot, "^ is:lokced is not known. Did you mean locked")
        line = next(line for line in screen_text(pilot).splitlines() if "^" in line)
        assert line.index("^") == screen_text(pilot).splitlines()[1].index("lokced")
        assert users(app).table.window is before
        await pilot.press("backspace", "backspace", "backspace", "backspace", *"cked")
        await until(pilot, lambda: users(app).table.window is not before)
        assert "^" not in screen_text(pilot)


async def test_a_scan_shows_how_far_it_has_come_and_stops_keeping_what_it_found(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(300)
    short_slices(monkeypatch, 20)
    real, gate = UserSource.page, asyncio.Semaphore(0)

    async def held_back(self: UserSource, origin: Position | None, count: int, *, forward: bool) -> Page[UserRow]:
        if self.query:
            await gate.acquire()
        return await real(self, origin, count, forward=forward)

    monkeypatch.setattr(UserSource, "page", held_back)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"*nna*", "enter")
        await until(pilot, lambda: users(app).table.busy and users(app).table.stale)
        gate.release()
        gate.release()
        await until_shown(pilot, "searched 40 of 300, Esc stops")
        found = len(users(app).table.window.rows)
        await until_shown(pilot, f"300 users · {found}+ match · searched 40 of 300")
        await pilot.press("escape")
        await until_shown(pilot, "searched 40 of 300, stopped")
        assert len(users(app).table.window.rows) == found
        await until_shown(pilot, "300 users")


async def test_an_unknown_role_is_said_at_its_place(database: Database) -> None:
    await people(5)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"role:suport")
        await until_shown(pilot, "there is no role suport. Did you mean support")


async def test_nobody_matches_offers_contains_with_enter(database: Database) -> None:
    await make("hannah", "bob")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"anna")
        await until_shown(pilot, "Enter searches *anna* (scans 2 rows) · Esc clears the search")
        await until_shown(pilot, "Nobody matches  anna")
        await pilot.press("enter")
        await until(pilot, lambda: current(app) == "hannah")
        assert users(app).box.text == "*anna*"


async def test_the_footer_says_what_marks_are_for(database: Database) -> None:
    await make("anna", "bert")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until_shown(pilot, "⏎ open  / search  p reset  w why  L lock  space mark  ? help")
        await pilot.press("space")
        await until_shown(pilot, "b bulk  space mark  v range  * mark all  u unmark")
        await pilot.press("u")
        await until_shown(pilot, "L lock")


async def test_an_empty_database_says_how_to_begin(database: Database) -> None:
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "n creates the first one")


async def test_another_order_keeps_the_cursor_on_its_row(database: Database) -> None:
    await make("anna", "bert", "carl", "dora")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("j")
        await until(pilot, lambda: current(app) == "bert")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, OrderDialog))
        await pilot.press("down", "enter")
        await until(pilot, lambda: users(app).table.window.rows[0].username == "dora")
        assert current(app) == "bert"


async def test_a_refresh_keeps_cursor_and_marks_and_says_what_vanished(database: Database) -> None:
    made = await make("anna", "bert", "carl", "dora")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("space", "space")
        await until_shown(pilot, "2 marked")
        assert current(app) == "carl"
        async with in_transaction():
            await User.filter(username__in=["carl", "anna"]).delete()
        await make("bertram")
        await pilot.press("f5")
        await until_shown(pilot, f"#{made[2].id} is not in this list any more")
        assert current(app) == "dora"
        await until_shown(pilot, "2 marked (1 not in view)")
        assert users(app).table.marks == {made[0].id, made[1].id}
        await pilot.press("u")
        await until(pilot, lambda: "marked" not in screen_text(pilot))


async def test_copying_the_id_and_the_row(database: Database) -> None:
    (user,) = await make("anna", full_name="Anna Ü")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == str(user.id))
        await pilot.press("Y")
        document = json.loads(app.clipboard)
        assert (document["id"], document["username"], document["full_name"]) == (user.id, "anna", "Anna Ü")
        assert not any("password" in name and "must" not in name and "expires" not in name for name in document)


async def test_counting_exactly(database: Database) -> None:
    await people(120)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("number_sign")
        await until_shown(pilot, "exactly 120")
        await pilot.press("slash", *"is:active", "enter")
        expected = await User.filter(is_active=True, deleted_at=None).count()
        await until_shown(pilot, f"{expected} match")
        await pilot.press("number_sign")
        await until_shown(pilot, f"{expected} match")


async def test_the_preview_shows_the_row_under_the_cursor(database: Database) -> None:
    (alice,) = await make("alice", email="alice@x.example", full_name="Alice Jones", must_change_password=True)
    await make("bob")
    async with in_transaction():
        await UserAuthState.create(user=alice, locked_until=NOW.replace(year=NOW.year + 1), failed_count=7)
        await UserSession.create(user=alice, token_hash="h", kind="web", expires_at=NOW.replace(year=NOW.year + 1))
        await AuditEvent.create(
            op_id="5f0c5f5e-0000-4000-8000-000000000001",
            actor_label="maria",
            actor_kind="tui",
            action="users.edit",
            target_type="user",
            target_id=alice.id,
            outcome="ok",
            changes={"full_name": ["Al", "Alice Jones"]},
            seq=1,
            prev_hash="",
            hash="",
        )
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(120, 40)) as pilot:
        await until_shown(pilot, "after 7 failures")
        await until_shown(pilot, "Locked until", "1 open session", "maria: edit", "full name: Al → Alice Jones")
        await pilot.press("j")
        await until_shown(pilot, "no open sessions")


async def test_the_bar_of_another_order_waits_for_its_rows(database: Database) -> None:
    await people(500)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: users(app).users._place._known is not None)  # the list's own has come
        other = await open_source(parse(""), Order(OrderBy.ID))
        users(app).users._place.take(other, await load_spread(other))
        await pilot.press("pagedown")
        await until(pilot, lambda: "█" not in screen_text(pilot))
        users(app).table.open(other)
        await until(pilot, lambda: "█" in screen_text(pilot))


async def test_writing_keys_are_grey_without_the_permission(database: Database) -> None:
    await make("alice")
    app = shell_on(UsersScreen, database=database, who=person("users.view", "users.reset_password", user_id=0))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert users(app).check_action("reset", ()) is True
        assert users(app).check_action("edit", ()) is None
        await pilot.press("e")
        assert app.screen is users(app)


async def test_hostile_names_are_text(database: Database) -> None:
    (user,) = await make("a", full_name=HOSTILE[:100], email=f"{HOSTILE[:80]}@x.example")
    async with in_transaction():
        await User.filter(id=user.id).update(username=HOSTILE[:50])
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(160, 40)) as pilot:
        await until_shown(pilot, "none recorded")
        await until_shown(pilot, "[red]x[/red]", r"\u202e")
        text = screen_text(pilot)
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "\u202e" not in text


async def test_k_ends_sessions_and_needs_the_permission(database: Database) -> None:
    await make("alice")
    app = shell_on(UsersScreen, database=database, who=person("users.view"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("K")
        assert isinstance(app.screen, UsersScreen)
        app.person = person("users.view", "users.revoke_sessions")
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.screen, SessionsDialog))


async def test_the_search_box_says_what_its_keys_do_and_is_typed_over(database: Database) -> None:
    await make("alice", "bob")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"ali")
        await until_shown(pilot, "⏎ search  ↓ to the list  esc back  F1 help")
        await until_shown(pilot, "1 match")
        await pilot.press("enter", "slash", *"bo")
        await until(pilot, lambda: users(app).box.text == "bo")
        await pilot.press("down")
        await until_shown(pilot, "⏎ open  / search")


async def test_what_is_typed_in_one_go_reaches_what_it_was_meant_for(database: Database) -> None:
    """A paste, or a slow line: the keys come faster than messages go round."""
    await make("alice", "bob")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for key in ("slash", "p", "A", "escape", "space"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: len(users(app).table.marks) == 1)
        assert users(app).box.text == "pA"
        assert app.screen is users(app)
        for key in ("slash", "ctrl+u", "b", "o", "b", "enter", "question_mark"):
            app.post_message(events.Key(key, {"question_mark": "?"}.get(key, key if len(key) == 1 else None)))
        await until_shown(pilot, "Help: Users")
        await pilot.press("escape")
        await until_shown(pilot, "1 match")
        assert users(app).box.text == "bob"
