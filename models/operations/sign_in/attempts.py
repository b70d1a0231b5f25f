"""One row for each attempt to give a password, whatever came of it; never what was typed but the username."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models import LoginAttempt
from models.clock import database_now
from models.operations.text import clipped

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Actor
    from models.operations.sign_in.claims import Claims


CODE_ASKED: Final = "code asked"
"""The outcome of an attempt that got the password right and has not given the code yet: no failure, and no sign-in."""

NO_FAILURE: Final = frozenset({"ok", CODE_ASKED})


async def note_attempt(
    client: BaseDBAsyncClient, username: str, user_id: int | None, outcome: str, *, agent: str, address: str | None
) -> LoginAttempt:
    """Write the row in the caller's transaction. `outcome` is "ok" or why not, in at most 20 characters."""
    return await LoginAttempt.create(
        using_db=client,
        username_tried=clipped(username, 150),
        user_id=user_id,
        ip=address,
        user_agent=agent,
        outcome=clipped(outcome, 20),
        created_at=await database_now(client),
    )


def outcome_words(outcome: str) -> str:
    """Return an outcome as a sentence says it: `wrong password, now locked` of "wrong, now locked"."""
    what, comma, more = outcome.partition(",")
    return f"wrong password{comma}{more}" if what == "wrong" else outcome


def agent_of(who: Claims | Actor) -> str:
    """Return what stands for the browser of a terminal: the program, and who it claims to run for."""
    where = f"{who.os_user}@{who.host}".strip("@")
    return clipped(f"shellback {where}".rstrip(), 255)
