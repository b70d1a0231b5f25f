"""The name that a deleted account is kept under, so that its own name is free: `deleted.4711`.

A valid username that holds the id, so two deleted accounts never want the same one. Somebody may have chosen one of
them as a username all the same: then a number is added, `deleted.4711.2`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models import Account

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tortoise.backends.base.client import BaseDBAsyncClient

PREFIX: Final = "deleted."
"""In SQL the first choice of an account is ``'deleted.' || id``, its key is the same text."""

CHUNK: Final = 1000
"""Names asked for in one query."""


def placeholder(user_id: int, number: int = 1) -> str:
    """Return the name that this account is kept under; `number` counts the choices."""
    return f"{PREFIX}{user_id}" if number == 1 else f"{PREFIX}{user_id}.{number}"


async def free_placeholders(client: BaseDBAsyncClient, user_ids: Iterable[int]) -> dict[int, str]:
    """Return a name for each account that no other one has: a query for each thousand, and one more for those taken.

    A name that an account has itself counts as free. Only true while nobody makes users: the constraint decides.
    """
    left = dict.fromkeys(user_ids, 1)
    found: dict[int, str] = {}
    while left:
        wanted = {placeholder(user_id, number): user_id for user_id, number in left.items()}
        names = list(wanted)
        taken: set[int] = set()
        for start in range(0, len(names), CHUNK):
            chunk = names[start : start + CHUNK]
            rows = await Account.filter(username_key__in=chunk).using_db(client).values_list("id", "username_key")
            taken.update(wanted[name] for user_id, name in rows if wanted[name] != user_id)
        found.update({user_id: name for name, user_id in wanted.items() if user_id not in taken})
        left = {user_id: left[user_id] + 1 for user_id in taken}
    return found
