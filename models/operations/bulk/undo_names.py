"""Names and addresses that come back: whether somebody has them by now, or has one that looks like them."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

from models.lookalikes import skeleton
from models.operations.bulk.sql import fetch
from models.operations.bulk.verdicts import Verdict
from models.operations.transactions import is_postgres
from models.operations.uniqueness import spellings_of_each
from models.usernames import email_key, key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.bulk.undo_kinds import Back

KEYS: Final = 4_000
"""Names asked for in one statement."""


async def leave_taken(client: BaseDBAsyncClient, backs: dict[int, Back]) -> dict[int, Verdict]:
    """Take out of `backs` who cannot have the former name again, and from the others an address that somebody has.

    Users of the batch who give each other's names back are no obstacle to one another. Returns the verdicts of those
    who were taken out.
    """
    names = _wanted(backs.values(), "username")
    if not names and not _wanted(backs.values(), "email"):
        return {}
    holders = await _holders(client, "username_key", [key(name) for name in names])
    addresses = await _holders(client, "email_key", [email_key(name) for name in _wanted(backs.values(), "email")])
    alike = await _alike(client, names)
    return await asyncio.to_thread(_leave, backs, holders, addresses, alike)


def _leave(
    backs: dict[int, Back], holders: dict[str, int], addresses: dict[str, int], alike: Sequence[tuple[int, str]]
) -> dict[int, Verdict]:
    looks: dict[str, list[tuple[int, str]]] = {}
    for user_id, username in alike:
        looks.setdefault(skeleton(username), []).append((user_id, username))
    verdicts: dict[int, Verdict] = {}
    settled = False
    while not settled:  # whoever drops out keeps the name that another one wants
        settled = True
        renamed = {one.user_id for one in backs.values() if one.values.get("username")}
        readdressed = {one.user_id for one in backs.values() if "email" in one.values}
        for one in list(backs.values()):
            name, address = one.values.get("username"), one.values.get("email")
            if address and _others(addresses, email_key(address), one.user_id) - readdressed:
                del one.values["email"]
                one.changes.pop("email", None)
                one.skipped = (*one.skipped, "email")
                settled = False
            taken = name and (
                _others(holders, key(name), one.user_id) - renamed or _looks_like_another(one, name, looks, renamed)
            )
            if taken or not one.changes:
                verdicts[one.user_id] = Verdict.TAKEN
                del backs[one.user_id]
                settled = False
    return verdicts


def giving(backs: Iterable[Back], present: dict[int, str]) -> list[int]:
    """Return the users whose present name (`present`: its key by id) another user of the batch gets back."""
    wanted = {key(one.values["username"]): one.user_id for one in backs if one.values.get("username")}
    return [user_id for user_id, name in present.items() if wanted.get(name, user_id) != user_id]


def _wanted(backs: Iterable[Back], name: str) -> list[str]:
    return [str(one.values[name]) for one in backs if one.values.get(name)]


def _others(holders: dict[str, int], wanted: str | None, user_id: int) -> set[int]:
    holder = holders.get(wanted or "")
    return set() if holder in {None, user_id} else {int(holder or 0)}


def _looks_like_another(one: Back, name: str, looks: dict[str, list[tuple[int, str]]], renamed: set[int]) -> bool:
    return any(
        other_id != one.user_id and other_id not in renamed and key(other) != key(name)
        for other_id, other in looks.get(skeleton(name), ())
    )


async def _holders(client: BaseDBAsyncClient, column: str, keys: Sequence[str | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in await _in_chunks(client, f"SELECT id, {column} FROM users WHERE {column}", keys):
        found[row[1]] = int(row[0])
    return found


async def _alike(client: BaseDBAsyncClient, names: Sequence[str]) -> list[tuple[int, str]]:
    keys = await asyncio.to_thread(_spelled, names) if names else []
    return [
        (int(row[0]), str(row[1]))
        for row in await _in_chunks(client, "SELECT id, username FROM users WHERE username_key", keys)
    ]


def _spelled(names: Sequence[str]) -> list[str]:
    return sorted(frozenset().union(*map(spellings_of_each, names)))


async def _in_chunks(client: BaseDBAsyncClient, select: str, keys: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    among = "= ANY($1::text[])" if is_postgres(client) else "IN (SELECT value FROM json_each($1))"
    for start in range(0, len(keys), KEYS):
        part = list(keys[start : start + KEYS])
        found += await fetch(client, f"{select} {among}", part if is_postgres(client) else json.dumps(part))
    return found
