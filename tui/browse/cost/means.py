"""What the database offers to searching: about how many rows there are, and whether "contains" has its index."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise

from tui.browse.cost.catalogue import load_indexes
from tui.browse.cost.indexes import LISTED, has_trigrams
from tui.browse.sql import Sql, dialect, rows
from tui.database.replica.reads import PRIMARY, Reads

COUNTED = 10_000
"""Up to so many users the total is counted: it takes a millisecond or two."""


@dataclass(frozen=True, slots=True)
class Means:
    """About how many users there are (None: nobody knows), and whether trigram indexes serve "contains"."""

    total: Total
    trigram: bool


@dataclass(frozen=True, slots=True)
class Total:
    """A number of users, and whether it is exact."""

    value: int
    exact: bool


async def load_means(reads: Reads = PRIMARY) -> Means:
    """Return what there is. Two short queries."""
    return await reads.run(_load)


async def _load() -> Means:
    return Means(await estimated_total(), has_trigrams(await load_indexes(*LISTED)))


async def estimated_total() -> Total:
    """Return how many users there are: exactly when there are few, else as the database's statistics have it.

    PostgreSQL: `reltuples`. SQLite: `sqlite_stat1`. Before an ANALYZE: as many as ids fit, which is never too small.
    """
    few = await rows(Sql("SELECT count(*) AS n FROM (SELECT 1 FROM users LIMIT ?) t", (COUNTED + 1,)))
    if int(few[0]["n"]) <= COUNTED:
        return Total(int(few[0]["n"]), exact=True)
    known = await (_of_postgres() if dialect() == "postgres" else _of_sqlite())
    ends = await id_ends()
    most = ends[1] - ends[0] + 1 if ends else 0
    # More than there are ids there cannot be: SQLite's statistics of a part of the table can be wrong by a third.
    return Total(max(COUNTED, min(known, most) if known > COUNTED else most), exact=False)


async def id_ends() -> tuple[int, int] | None:
    """Return the least and the greatest id, or None when there are no users."""
    # Two subqueries: asked for both at once, SQLite reads the table from end to end.
    found = await rows(Sql("SELECT (SELECT min(id) FROM users) AS first, (SELECT max(id) FROM users) AS last"))
    return None if found[0]["first"] is None else (int(found[0]["first"]), int(found[0]["last"]))


def sample_ids(ends: tuple[int, int], count: int) -> list[int]:
    """Return some `count` ids between two, one anywhere in each equal part; all of them when they are no more.

    Not at equal distances: names that a program numbered would all be of one kind.
    """
    first, last = ends
    if last - first < count:
        return list(range(first, last + 1))
    chance = random.Random(count)  # the same ids each time: their rows are still in memory
    bounds = [first + (last + 1 - first) * number // count for number in range(count + 1)]
    return [chance.randrange(low, high) for low, high in pairwise(bounds)]


async def _of_postgres() -> int:
    found = await rows(Sql("SELECT reltuples AS n FROM pg_class WHERE oid = to_regclass('users')"))
    return int(found[0]["n"]) if found else 0


async def _of_sqlite() -> int:
    if not await rows(Sql("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")):
        return 0
    found = await rows(Sql("SELECT stat FROM sqlite_stat1 WHERE tbl = 'users' AND stat IS NOT NULL LIMIT 1"))
    return int(str(found[0]["stat"]).split()[0]) if found else 0
