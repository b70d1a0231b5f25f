"""The list that reads itself again, what changed in it, and what it waits for; and searches that take too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
from tortoise.transactions import in_transaction

from models import User
from models.engines import postgres
from models.engines.errors import DatabaseUnavailable, StatementTimeout
from tests.tui.browse.people import people
from tests.tui.screens.users.test_list import current, make, ready, users
from tests.tui.shell import shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.browse.lists.pages import Page, UserSource
from tui.browse.lists.rows import Position, UserRow
from tui.screens.dialogs.order import OrderDialog
from tui.screens.users import live as users_live
from tui.screens.users.screen import UsersScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.database import Database


@pytest.fixture(autouse=True)
def _only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The period never passes by itself: a test says when."""
    monkeypatch.setattr(users_live, "PERIOD", 3600.0)


async def period(pilot: Pilot[Any]) -> None:
    """A period passes, and what it starts comes to its end."""
    users(pilot.app)._live.look()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_changes_are_shown_and_the_cursor_stays(database: Database) -> None:
    made = await make("anna", "bert", "carl", "dora")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("j", "space", "T")
        await until_shown(pilot, "· live")
        assert current(app) == "carl"
        async with in_transaction():
            await User.filter(username="bert").update(is_active=False)
        await make("bertram")
        await period(pilot)
        await until_shown(pilot, "bertram")
        await until_shown(pilot, "INACTIVE")
        new = await User.get(username="bertram")
        assert users(app).table.changed == {made[1].id, new.id}
        assert current(app) == "carl"
        assert users(app).table.marks == {made[1].id}
        async with in_transaction():
            await User.filter(username="carl").delete()
        await period(pilot)
        await until_shown(pilot, f"#{made[2].id} is not in this list any more")
        assert current(app) == "dora"
        assert users(app).table.changed == set()
        await pilot.press("T")
        await until(pilot, lambda: "· live" not in screen_text(pilot))


async def test_it_waits_while_somebody_types_or_a_dialog_stands_in_front(database: Database) -> None:
    await make("anna")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("T", "slash")
        await make("bert")
        await period(pilot)
        assert "bert" not in screen_text(pilot)
        await pilot.press("escape", "o")
        await until(pilot, lambda: isinstance(app.screen, OrderDialog))
        await period(pilot)
        await pilot.press("escape")
        screen = users(app)
        app.action_lock()
        await until(pilot, lambda: app.lock.is_on)
        screen._live.look()
        await app.workers.wait_for_complete()
        assert len(screen.table.window.rows) == 1


async def test_it_never_interrupts_a_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await make("anna")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("T")
        monkeypatch.setattr(type(users(app).table), "busy", True)
        await make("bert")
        await period(pilot)
        assert len(users(app).table.window.rows) == 1


async def test_a_lost_connection_stops_it_until_the_database_answers_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make("anna")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("T")
        real = UserSource.page
        asked = []

        async def gone(self: UserSource, origin: Position | None, count: int, *, forward: bool) -> Page[UserRow]:
            asked.append(origin)
            raise DatabaseUnavailable("The database is gone.")

        monkeypatch.setattr(UserSource, "page", gone)
        await period(pilot)
        await until_shown(pilot, "The database is gone.")
        assert users(app).table.stale
        assert users(app).table.window.rows
        monkeypatch.setattr(UserSource, "page", real)
        await until_shown(pilot, "· live")  # without a key
        await make("bert")
        await period(pilot)
        await until_shown(pilot, "bert")


@pytest.fixture
def _short_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server stops each statement of ours after two seconds."""
    monkeypatch.setitem(postgres.SESSION_LIMITS, "statement_timeout", "2000")


@pytest.mark.postgres_only
@pytest.mark.usefixtures("_short_statements")
async def test_a_server_that_stops_the_search_leaves_the_rows_there(database: Database, database_url: str) -> None:
    await people(50)
    parts = urlsplit(database_url)
    query = parse_qs(parts.query)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.app.workers.wait_for_complete()
        before = users(app).table.window
        other = await asyncpg.connect(
            host=query.get("host", [parts.hostname])[0],
            port=int(query.get("port", [str(parts.port)])[0]),
            user=parts.username,
            database=parts.path[1:],
        )
        try:
            holding = other.transaction()
            await holding.start()
            await other.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            await pilot.press("slash", *"*nna*", "enter")
            await until_shown(pilot, "Stopped: it took too long. Rows are from")
            await until_shown(pilot, "begin with a prefix: ali *son*")
            assert users(app).table.window is before
            assert users(app).table.stale
            await holding.rollback()
        finally:
            await other.close()
        await pilot.press("f5")
        await until(pilot, lambda: users(app).table.window is not before and not users(app).table.stale)
        assert "The database stopped" not in screen_text(pilot)


async def test_a_search_that_is_stopped_keeps_the_rows_and_says_what_to_do(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(50)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        before = users(app).table.window
        real = UserSource.page

        async def too_long(self: UserSource, origin: Position | None, count: int, *, forward: bool) -> Page[UserRow]:
            if self.query:
                # By the database itself: without its code nobody answered at all.
                raise StatementTimeout("The database stopped the statement: it took too long.", code="57014")
            return await real(self, origin, count, forward=forward)

        monkeypatch.setattr(UserSource, "page", too_long)
        await pilot.press("slash", *"*nna*", "enter")
        await until_shown(pilot, "Stopped: it took too long. Rows are from")
        await until_shown(pilot, "begin with a prefix: ali *son*")
        assert users(app).table.window is before
        assert users(app).table.stale
        await pilot.press("escape")
        await until_shown(pilot, "50 users · loaded")
        assert not users(app).table.stale
        assert "The database stopped" not in screen_text(pilot)
