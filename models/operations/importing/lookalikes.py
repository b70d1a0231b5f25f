"""Whether new names look like existing ones, asked for many at once: the spellings of thousands in a few statements."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from models.operations.bulk.sql import fetch
from models.operations.importing.rows import values_of
from models.operations.transactions import is_postgres
from models.operations.uniqueness import spellings_of_each
from models.usernames import key, skeleton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.importing.spool import Spool

NAMES: Final = 200
"""New names whose spellings are found at once."""

KEYS: Final = 4000
"""Spellings of one statement: their encoding takes the event loop some milliseconds."""


async def refuse_look_alikes(
    client: BaseDBAsyncClient, spool: Spool, names: Sequence[tuple[int, int | None, str]]
) -> None:
    """Make errors of rows whose new name looks like another user's. `names`: (line, target, given), NAMES at most."""
    wanted = await asyncio.to_thread(_spelled, names)
    keys = list(wanted.first)
    found = [row for start in range(0, len(keys), KEYS) for row in await _named(client, keys[start : start + KEYS])]
    errors = []
    for other_id, other in found:
        look, other_key = skeleton(other), key(other)
        for number in wanted.of(other_key):
            line, target, given = names[number]
            name = str(values_of(given)["username"])
            if target != other_id and key(name) != other_key and skeleton(name) == look:
                errors.append((_sentence(other, other_id), line))
    if errors:
        await asyncio.to_thread(spool.refuse, errors)


async def _named(client: BaseDBAsyncClient, keys: Sequence[str]) -> Sequence[Any]:
    if is_postgres(client):
        return await fetch(client, "SELECT id, username FROM users WHERE username_key = ANY($1::text[])", keys)
    among = "SELECT id, username FROM users WHERE username_key IN (SELECT value FROM json_each($1))"
    return await fetch(client, among, json.dumps(keys))


async def clashing_since(spool: Spool, users: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return (line, sentence) of new names that look like these users, who came or were renamed since the plan."""
    looks = {skeleton(username): (user_id, username) for user_id, username in users}
    mine = await asyncio.to_thread(spool.with_look, list(looks))
    return [
        (line, _sentence(looks[look][1], looks[look][0]))
        for look, (line, target, name) in mine.items()
        if target != looks[look][0] and name != key(looks[look][1])
    ]


@dataclass(slots=True)
class _Spelled:
    """The keys that would look like some names, and whose: numbers of names. Flat, since a million small lists would
    keep the garbage collector, and with it the event loop, for a tenth of a second."""

    first: dict[str, int] = field(default_factory=dict)
    more: dict[str, list[int]] = field(default_factory=dict)

    def of(self, spelling: str) -> list[int]:
        """Return whose key this is."""
        return [self.first[spelling], *self.more.get(spelling, ())] if spelling in self.first else []


def _spelled(names: Sequence[tuple[int, int | None, str]]) -> _Spelled:
    wanted = _Spelled()
    for number, (_, _, given) in enumerate(names):
        for spelling in spellings_of_each(str(values_of(given)["username"])):
            if wanted.first.setdefault(spelling, number) != number:
                wanted.more.setdefault(spelling, []).append(number)
    return wanted


def _sentence(other: str, other_id: int) -> str:
    return f"username: This looks like {other} (#{other_id}). Choose one that does not."
