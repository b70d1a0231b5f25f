"""Who else is called so that a person cannot tell the two apart: asked of an account that is there already."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from models.lookalikes import skeleton
from models.operations.nearest import Named
from models.operations.uniqueness import bearers, spellings_of_one

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.user import AccountColumns

MOST: Final = 10


async def look_alikes_of(client: BaseDBAsyncClient, account: AccountColumns) -> tuple[Named, ...]:
    """Return others whose name looks like the account's, at most ten, deleted ones among them: one query by key."""
    # The first time some thousand look-alikes are read.
    likely = await asyncio.to_thread(spellings_of_one, account.username)
    found = await bearers(client, likely, account.id)
    own = skeleton(account.username)
    return tuple(Named(user_id, name) for user_id, name in found if skeleton(name) == own)[:MOST]
