"""A support person resolves "I can't log in" in three keys: why, unlock, confirm."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from models import LoginAttempt, User, UserAuthState
from models.clock import database_now
from models.operations import Secret, SignedIn, sign_in
from models.operations.service import ServiceRefused, ServiceSession, authenticate
from models.operations.transactions import connection, write_transaction
from tests.e2e.program import back, leave, press_until, search, shellback
from tests.models.operations.people import PASSWORD, user
from tui.database import open_database
from tui.settings import parse_url

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from tests.e2e.conftest import Peopled


async def _prepare(url: str) -> str:
    """A support person who is signed in, and a user whom ten failures locked out; returns the token."""
    async with await open_database(parse_url(url)):
        await user("desk", "support")
        caller = await user("caller")
        now = await database_now(connection())

        async def lock(client: BaseDBAsyncClient) -> None:
            await UserAuthState.create(
                using_db=client,
                user_id=caller.id,
                failed_count=10,
                last_failed_at=now,
                locked_until=now + timedelta(minutes=14),
                lock_cause="failures",
            )
            await LoginAttempt.create(
                using_db=client,
                user_id=caller.id,
                username_tried="caller",
                outcome="wrong, now locked",
                ip="10.0.0.4",
                user_agent="\x1b[31mFire\u202efox",
                created_at=now,
            )

        await write_transaction(lock)
        assert isinstance(await authenticate("caller", Secret(PASSWORD)), ServiceRefused)
        signed = await sign_in("desk", Secret(PASSWORD))
        assert isinstance(signed, SignedIn)
        assert signed.token is not None
        return signed.token.reveal()


async def _lets_in(url: str) -> bool:
    async with await open_database(parse_url(url)):
        state = await UserAuthState.get(user_id=(await User.get(username="caller")).id)
        return state.locked_until is None and isinstance(await authenticate("caller", Secret(PASSWORD)), ServiceSession)


def test_three_keys_from_the_list_let_a_caller_in_again(peopled: Peopled) -> None:
    token = asyncio.run(_prepare(peopled.url))
    environment = {"SHELLBACK_DATABASE_URL": peopled.url, "SHELLBACK_TOKEN": token}
    with shellback(environment=environment) as terminal:
        terminal.wait_for("desk (support)")
        search(terminal, '"caller"', "1 match")
        terminal.wait_for("LOCKED")
        terminal.press("w")
        terminal.wait_for("caller cannot sign in: locked until")
        screen = terminal.wait_for("L unlock")
        assert "\u202e" not in screen
        terminal.press("L")
        terminal.wait_for("shellback users unlock")
        press_until(terminal, "ctrl+s", "Nothing stops caller")
        terminal.wait_gone("shellback users unlock")
        back(terminal, "1 match")
        terminal.wait_gone("LOCKED")
        leave(terminal)
    assert asyncio.run(_lets_in(peopled.url))
