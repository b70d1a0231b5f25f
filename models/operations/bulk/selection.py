"""The users of a bulk: ids and versions as they were at one moment. Paging, sorting and searching change it no more."""

from __future__ import annotations

import asyncio
import heapq
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.operations.bulk.sql import fetch, ids_in, numbers
from models.operations.transactions import connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST: Final = 1_000_000
"""Users of one bulk at most."""

AT_ONCE: Final = 10_000
"""Ids of one query."""

TOO_MANY: Final = "More than 1 000 000 users match, and no bulk takes more. Narrow the search."


class TooMany(ValueError):
    """Raised instead of a selection of more than `MOST` users. `sentence` says what to do."""

    def __init__(self) -> None:
        super().__init__(TOO_MANY)
        self.sentence = TOO_MANY


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Users, each once, in the order of their ids, with the version at which each was seen.

    `words` is the predicate in words ("active, holds the role support", "37 marked users"); `query` the text it came
    from, empty for marks.
    """

    ids: array[int]
    versions: array[int]
    words: str
    query: str = ""

    def __len__(self) -> int:
        return len(self.ids)


async def freeze_ids(ids: Iterable[int], *, words: str = "", query: str = "") -> Selection:
    """Return the users of these ids as they are now: marks. An id of nobody is kept, at version 0, and is reported by
    the plan as gone. Raises `TooMany`, and what the engine raises."""
    given = list(ids)
    wanted = in_order(given) if len(given) <= AT_ONCE else await asyncio.to_thread(in_order, given)
    if len(wanted) > MOST:
        raise TooMany
    client = connection()
    versions = array("q")
    sql = f"SELECT id, version FROM users WHERE {ids_in(client, 'id', '$1')}"
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE].tolist()
        seen = {row[0]: row[1] for row in await fetch(client, sql, numbers(client, part))}
        versions.extend(seen.get(one, 0) for one in part)
    label = words or (f"{len(wanted)} marked users" if len(wanted) != 1 else "1 marked user")
    return Selection(wanted, versions, label, query)


def in_order(ids: Sequence[int]) -> array[int]:
    """Return the ids in order, each once. Never a long time in C, which would stop the event loop from a thread too."""
    parts = (sorted(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))
    ordered, last = array("q"), None
    for one in heapq.merge(*parts):
        if one != last:
            ordered.append(one)
            last = one
    return ordered
