"""Who else is called so that a person cannot tell the two apart: asked of an account that is there already."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from models import Account
from models.lookalikes import skeleton
from models.operations.nearest import Named
from models.operations.uniqueness import mixed_spellings, spellings

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.user import AccountColumns

MOST: Final = 10


async def look_alikes_of(client: BaseDBAsyncClient, account: AccountColumns) -> tuple[Named, ...]:
    """Return others whose name looks like the account's, at most ten, deleted ones among them: one query by key."""
    likely = await asyncio.to_thread(_likely, account.username)  # the first time some thousand look-alikes are read
    rows = Account.filter(username_key__in=likely).exclude(id=account.id).using_db(client)
    # As many rows as keys at most. With an order and a limit PostgreSQL walks all users by number until it has ten.
    found = sorted(await rows.values_list("id", "username"))
    own = skeleton(account.username)
    return tuple(Named(user_id, name) for user_id, name in found if skeleton(name) == own)[:MOST]


def _likely(name: str) -> list[str]:
    return sorted(spellings(name) | mixed_spellings(name))
