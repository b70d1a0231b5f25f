"""The page of one user through its keys, over a real database."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from models import AuditEvent, Role, User, UserAuthState, UserRole, UserSession
from tests.tui.browse.people import NOW
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.shell import person, shell_on, superuser
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.audit.event import AuditEventScreen
from tui.screens.user.screen import GONE, UserScreen
from tui.screens.users.screen import UsersScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.database import Database


async def alice(**columns: Any) -> User:
    """A user with roles, sessions and a history of 300 events."""
    user = User(username="alice", hashed_password="x", email="alice@x.example", full_name="Alice Jones", **columns)
    async with in_transaction():
        await user.save()
        for name in ("support", "auditor"):
            await UserRole.create(user=user, role=await Role.get(name=name), granted_by_label="root")
        await UserAuthState.create(user=user, last_login_at=NOW, last_login_ip="10.0.0.9", failed_count=2)
        for number in range(3):
            ends = NOW + timedelta(days=number - 1, hours=1)
            await UserSession.create(
                user=user, token_hash=f"t{number}", kind="web", expires_at=ends, ip="10.0.0.4", user_agent="Firefox"
            )
        for number in range(300):
            await happened(user.id, number + 1, {"email": [f"{number}@x", f"{number + 1}@x"]})
    return user


async def happened(user_id: int, number: int, changes: dict[str, Any], **columns: Any) -> None:
    values = {
        "op_id": uuid.uuid4(),
        "actor_label": "maria",
        "actor_kind": "tui",
        "action": "users.edit",
        "target_type": "user",
        "target_id": user_id,
        "outcome": "ok",
        "changes": changes,
        "seq": number,
        "prev_hash": "",
        "hash": "",
        **columns,
    }
    await AuditEvent.create(**values)


async def tab(pilot: Pilot[Any], times: int) -> None:
    for _ in range(times):
        await pilot.press("right_square_bracket")


async def test_the_account_tab_says_everything_about_the_account(database: Database) -> None:
    user = await alice(must_change_password=True)
    app = shell_on(lambda: UserScreen(user.id), database=database)
    async with app.run_test(size=(100, 40)) as pilot:
        await until_shown(pilot, "from 10.0.0.9")
        await until_shown(pilot, "Users > alice")
        text = screen_text(pilot)
        for words in ("alice@x.example (not verified)", "Alice Jones", "must change the password", "version 1"):
            assert words in text
        assert "2 open sessions" in text
        assert "2 failures since the last login" in text


async def test_roles_say_where_each_permission_comes_from(database: Database) -> None:
    user = await alice()
    app = shell_on(lambda: UserScreen(user.id), database=database)
    async with app.run_test(size=(100, 40)) as pilot:
        await until_shown(pilot, "10.0.0.9")
        await tab(pilot, 1)
        await until_shown(pilot, "users.reset_password")
        lines = [line.split() for line in screen_text(pilot).splitlines()]
        assert any(line[:3] == ["users.view", "auditor,", "support"] for line in lines)
        assert any(line[:2] == ["users.reset_password", "support"] for line in lines)
        assert not any(line[:1] == ["users.delete"] for line in lines)


async def test_a_superuser_may_everything_by_being_one(database: Database) -> None:
    async with in_transaction():
        user = User(username="root", hashed_password="x", is_superuser=True)
        await user.save()
    app = shell_on(lambda: UserScreen(user.id), database=database)
    async with app.run_test(size=(100, 40)) as pilot:
        await until_shown(pilot, "may do everything")
        await tab(pilot, 1)
        await until_shown(pilot, "migrations.apply")
        assert any(line.split()[:2] == ["users.delete", "superuser"] for line in screen_text(pilot).splitlines())


async def test_sessions(database: Database) -> None:
    user = await alice()
    app = shell_on(lambda: UserScreen(user.id), database=database)
    async with app.run_test(size=(110, 40)) as pilot:
        await until_shown(pilot, "10.0.0.9")
        await tab(pilot, 2)
        await until_shown(pilot, "LAST SEEN")
        await until(pilot, lambda: screen_text(pilot).count("Firefox") == 3)
        await until_shown(pilot, "expired")
        text = screen_text(pilot)
        assert text.count(" open ") == 2


async def test_the_help_is_that_of_the_user_and_knows_no_marks(database: Database) -> None:
    user = await alice()
    app = shell_on(lambda: UserScreen(user.id), database=database)
    async with app.run_test(size=(100, 40)) as pilot:
        await until_shown(pilot, "10.0.0.9")
        await tab(pilot, 1)
        await until_shown(pilot, "users.reset_password")
        await pilot.press("space", "question_mark")
        await until_shown(pilot, "Help: alice")
        assert "mark or unmark" not in screen_text(pilot)


async def test_history_newest_first_to_its_real_end_and_open_an_event(database: Database) -> None:
    user = await alice()
    app = shell_on(lambda: UserScreen(user.id), database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        await until_shown(pilot, "10.0.0.9")
        await tab(pilot, 4)
        await until_shown(pilot, "email: 299@x → 300@x")
        await pilot.press("G")
        await until_shown(pilot, "email: 0@x → 1@x")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AuditEventScreen))


async def test_an_event_opens_only_with_the_permission_for_the_audit(database: Database) -> None:
    user = await alice()
    app = shell_on(lambda: UserScreen(user.id), database=database, who=person("users.view"))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until_shown(pilot, "10.0.0.9")
        await tab(pilot, 4)
        await until_shown(pilot, "email: 299@x → 300@x")
        await pilot.press("enter")
        await until_shown(pilot, "needs the permission audit.view")


async def test_a_user_who_is_gone_is_said_to_be(database: Database) -> None:
    app = shell_on(lambda: UserScreen(4711, "nobody"), database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        await until_shown(pilot, GONE)
        assert app.screen.check_action("edit", ()) is None


async def test_enter_opens_the_user_and_esc_returns_to_the_row(database: Database) -> None:
    await alice()
    async with in_transaction():
        await User(username="bob", hashed_password="x").save()
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "2 users · loaded")
        await pilot.press("j", "enter")
        await until_shown(pilot, "Users > bob")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, UsersScreen))
        assert isinstance(app.screen, UsersScreen)
        assert app.screen.table.row is not None
        assert app.screen.table.row.username == "bob"


async def test_a_write_from_the_list_is_seen_in_the_list(database: Database) -> None:
    async with in_transaction():
        actor = User(username="root", hashed_password="x", is_superuser=True)
        await actor.save()
        await User(username="alice", hashed_password="x").save()
    app = shell_on(UsersScreen, database=database, who=superuser(actor.id))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "2 users · loaded")
        await pilot.press("A")
        await until_shown(pilot, "shellback users deactivate")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "INACTIVE")


async def test_hostile_text_is_text_on_every_tab(database: Database) -> None:
    user = await alice()
    async with in_transaction():
        await User.filter(id=user.id).update(
            username=HOSTILE[:50], full_name=HOSTILE[:100], email=f"{HOSTILE[:80]}@x", deactivation_reason=HOSTILE
        )
        await UserSession.filter(user_id=user.id).update(user_agent=HOSTILE, ip="\x1b[31m")
        await UserRole.filter(user_id=user.id).update(granted_by_label=HOSTILE[:100])
        await happened(user.id, 301, {HOSTILE: [HOSTILE, [HOSTILE]]}, actor_label=HOSTILE[:100], reason=HOSTILE)
    app = shell_on(lambda: UserScreen(user.id), database=database)
    async with app.run_test(size=(160, 40)) as pilot:
        await until_shown(pilot, "10.0.0.9")
        for _ in range(5):
            await pilot.pause()
            await until_shown(pilot, "[red]x[/red]")
            text = screen_text(pilot)
            assert not any(sign in text for sign in ("\x1b", "\x07", "\u202e", "\u200b", "\u200d"))
            await tab(pilot, 1)


async def test_the_footer_names_what_is_wanted_on_the_tab_in_front(database: Database) -> None:
    user = await alice()
    app = shell_on(lambda: UserScreen(user.id), database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "10.0.0.9")
        await until_shown(pilot, "e edit  p reset  w why  L lock  A (de)activate")
        await tab(pilot, 1)
        await until_shown(pilot, "+ grant  - take away  p reset")
        await tab(pilot, 1)
        await until_shown(pilot, "x remove  K end sessions  p reset")
