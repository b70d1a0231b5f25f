"""Locking and unlocking on the screen, and ending one session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input
from tortoise.transactions import in_transaction

from models import UserAuthState, UserSession
from models.clock import database_now
from tests.models.operations.people import events, reread
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.screens.user.writing import Opened, alice, opened, root, until_said, words
from tests.tui.shell import shell_on
from tests.tui.waiting import screen_text, until
from tui.screens.user.lifecycle import SessionDialog, SessionsDialog
from tui.screens.user.locking import LockDialog
from tui.screens.user.screen import UserScreen
from tui.screens.users.screen import UsersScreen
from tui.widgets.check import Options
from tui.widgets.keyset_table import KeysetTable

if TYPE_CHECKING:
    from tui.database import Database


async def confirm(run: Opened) -> None:
    await until(run.pilot, lambda: not run.dialog.query_one("#confirm", Button).disabled)
    await run.pilot.press("ctrl+s")
    await until(run.pilot, lambda: run.answers)


async def test_a_lock_for_a_week_with_a_reason(database: Database) -> None:
    who, target = await root(), await alice(sessions=1)
    before = await database_now(database.client)
    async with opened(database, LockDialog(target.id), who=who) as run:
        await until_said(run.pilot, f"shellback users lock {target.id} --for 24h")
        assert "Unlock:" not in words(run.pilot)
        run.dialog.query_one("#span", Options).pick("7d")
        run.dialog.query_one("#reason", Input).value = "on leave"
        await until_said(run.pilot, "--for 7d --reason 'on leave'")
        await confirm(run)
    state = await UserAuthState.get(user_id=target.id)
    assert state.lock_cause == "staff"
    assert state.locked_until is not None
    assert timedelta(days=7) <= state.locked_until - before < timedelta(days=7, minutes=1)
    assert ((await reread(target)).is_active, (await reread(target)).version) == (True, 1)
    assert await UserSession.filter(user_id=target.id, revoked_at=None).count() == 1
    assert [(event.action, event.reason) for event in await events()] == [("users.lock", "on leave")]


async def test_a_lock_until_a_date_that_was_typed(database: Database) -> None:
    who, target = await root(), await alice()
    day = (await database_now(database.client) + timedelta(days=30)).date()
    async with opened(database, LockDialog(target.id), who=who) as run:
        await until_said(run.pilot, "--for 24h")
        run.dialog.query_one("#until", Input).value = f"{day}"
        await until_said(run.pilot, f"--for {day}")
        await confirm(run)
    locked_until = (await UserAuthState.get(user_id=target.id)).locked_until
    assert locked_until is not None
    assert f"{locked_until:%Y-%m-%d %H:%M}" == f"{day} 00:00"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("whenever", "Write 90m, 24h"),
        ("never", "Write 90m, 24h"),
        ("2020-01-01", "at most 365 days"),
        ("60w", "at most 365 days"),
    ],
)
async def test_an_end_that_is_none_cannot_be_confirmed(database: Database, typed: str, said: str) -> None:
    who, target = await root(), await alice()
    async with opened(database, LockDialog(target.id), who=who) as run:
        await until_said(run.pilot, "--for 24h")
        run.dialog.query_one("#until", Input).value = typed
        await until_said(run.pilot, said)
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.dialog.query_one("#confirm", Button).disabled)
        run.dialog.query_one("#span", Options).pick("1h")
        await confirm(run)
    assert await UserAuthState.filter(user_id=target.id).count() == 1


async def test_who_is_locked_is_unlocked_first_or_locked_for_longer(database: Database) -> None:
    who, target = await root(), await alice(locked=True)
    async with opened(database, LockDialog(target.id), who=who) as run:
        await until_said(run.pilot, f"shellback users unlock {target.id}")
        run.dialog.query_one("#way", Options).pick("lock")
        await until_said(run.pilot, "this lock takes that one's place")
        run.dialog.query_one("#way", Options).pick("unlock")
        await until_said(run.pilot, "sign-in is open at once")
        await confirm(run)
    state = await UserAuthState.get(user_id=target.id)
    assert (state.locked_until, state.failed_count) == (None, 0)


async def test_nobody_locks_themselves(database: Database) -> None:
    who = await root()
    assert who.actor.user_id is not None
    async with opened(database, LockDialog(who.actor.user_id), who=who) as run:
        await until_said(run.pilot, "You cannot lock your own account")
        assert run.dialog.query_one("#confirm", Button).disabled


async def test_a_lock_shows_in_the_list_at_once(database: Database) -> None:
    who, _ = await root(), await alice()
    app = shell_on(UsersScreen, database=database, who=who)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "alice.jones" in screen_text(pilot))
        assert "LOCKED" not in screen_text(pilot)
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, LockDialog))
        await until(pilot, lambda: not app.screen.query_one("#confirm", Button).disabled)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "LOCKED" in screen_text(pilot))
        app.database = None


async def test_one_session_ends_from_its_row(database: Database) -> None:
    who, target = await root(), await alice(sessions=3)
    app = shell_on(lambda: UserScreen(target.id), database=database, who=who)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: "alice.jones" in screen_text(pilot))
        await pilot.press("]", "]")
        await until(pilot, lambda: screen_text(pilot).count("web") >= 3)
        table = app.screen.query_one("#sessions", KeysetTable)
        await until(pilot, lambda: table.row is not None)
        await pilot.press("j", "x")
        await until(pilot, lambda: isinstance(app.screen, SessionDialog))
        await until(pilot, lambda: not app.screen.query_one("#confirm", Button).disabled)
        ended = await UserSession.filter(user_id=target.id).order_by("-id").offset(1).first()
        assert ended is not None
        await until_said(pilot, f"shellback users sessions {target.id} --end {ended.id}")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "ended" in screen_text(pilot).replace("was ended", ""))
        app.database = None
    assert [one.id for one in await UserSession.filter(user_id=target.id, revoked_at__isnull=False)] == [ended.id]
    assert ((await reread(target)).token_version, (await reread(target)).version) == (0, 1)


async def test_a_session_that_is_over_is_nothing_to_end(database: Database) -> None:
    who, target = await root(), await alice(sessions=1)
    session = await UserSession.get(user_id=target.id)
    async with opened(database, SessionDialog(target.id, session.id), who=who) as run:
        await confirm(run)
    async with opened(database, SessionDialog(target.id, session.id), who=who) as run:
        await until_said(run.pilot, "This session is not open any more.")
        assert run.dialog.query_one("#confirm", Button).disabled


async def test_what_a_client_says_of_itself_is_made_visible(database: Database) -> None:
    who, target = await root(), await alice()
    now = await database_now(database.client)
    async with in_transaction():
        session = await UserSession.create(
            user_id=target.id,
            token_hash="h",
            kind="web",
            expires_at=now + timedelta(hours=1),
            user_agent=HOSTILE,
        )
    async with opened(database, SessionDialog(target.id, session.id), who=who) as run:
        await until_said(run.pilot, r"\x1b]52;c;AAAA")
        assert screen_text(run.pilot).replace("\n", "").isprintable()


async def test_all_sessions_of_oneself_keep_the_one_in_use(database: Database) -> None:
    who = await root()
    user_id = who.actor.user_id
    assert user_id is not None
    now = await database_now(database.client)
    async with in_transaction():
        mine, other = [
            await UserSession.create(
                user_id=user_id, token_hash=f"t{number}", kind="tui", expires_at=now + timedelta(hours=1)
            )
            for number in range(2)
        ]
    who = replace(who, actor=replace(who.actor, session_id=mine.id))
    async with opened(database, SessionsDialog(user_id), who=who) as run:
        await until_said(run.pilot, f"--end-all --keep {mine.id}")
        await confirm(run)
    assert [one.id for one in await UserSession.filter(user_id=user_id, revoked_at=None)] == [mine.id]
    assert (await UserSession.get(id=other.id)).revoked_by_label == "root"
