"""Opening a dialog that writes, over a real database, as a superuser who is really there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from models import UserAuthState, UserSession
from models.clock import database_now
from tests.models.operations.people import superuser as make_superuser
from tests.models.operations.people import user
from tests.tui.shell import ScreenShell, shell_on, superuser
from tests.tui.waiting import screen_text, until
from tui.screens.base import AreaScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.screen import Screen

    from models import Account
    from models.operations import Outcome
    from tui.database import Database
    from tui.person import Person

LATER = datetime(2099, 3, 2, 14, 30, tzinfo=UTC)


@dataclass
class Opened:
    """An application with a dialog in front; `answers` is what it ended with."""

    pilot: Pilot[Any]
    app: ScreenShell
    dialog: Screen[Any]
    answers: list[Outcome | None] = field(default_factory=list)


@asynccontextmanager
async def opened(
    database: Database,
    dialog: Screen[Any],
    *,
    who: Person,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[Opened]:
    """The dialog over an empty screen. The database stays open: it is the test's."""
    app = shell_on(AreaScreen, database=database, who=who)
    async with app.run_test(size=size, notifications=True) as pilot:
        found = Opened(pilot, app, dialog)
        app.push_screen(dialog, found.answers.append)
        await until(pilot, lambda: dialog.is_mounted)
        await pilot.pause()
        yield found
        app.database = None


async def root() -> Person:
    """A superuser of the database, signed in."""
    account = await make_superuser()
    return superuser(account.id, account.username)


async def alice(*roles: str, locked: bool = False, sessions: int = 0, **fields: Any) -> Account:
    """A user who may be locked and signed in somewhere."""
    made = await user(fields.pop("username", "alice.jones"), *roles, **{"email": "alice.jones@example.com", **fields})
    async with in_transaction() as connection:
        now = await database_now(connection)
        if locked:
            await UserAuthState.create(user_id=made.id, failed_count=10, lockout_count=1, locked_until=LATER)
        for number in range(sessions):
            await UserSession.create(
                user_id=made.id, token_hash=f"{made.id}:{number}", kind="web", expires_at=now + timedelta(hours=1)
            )
    return made


def words(pilot: Pilot[Any]) -> str:
    """What stands on the screen as running text, whatever was wrapped where."""
    return " ".join(screen_text(pilot).translate(dict.fromkeys(map(ord, "│╭╮╰╯─"), " ")).split())


async def until_said(pilot: Pilot[Any], *sentences: str) -> None:
    """Wait for sentences that may be wrapped, until they all stand there."""
    await until(pilot, lambda: all(sentence in words(pilot) for sentence in sentences))
