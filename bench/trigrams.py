"""The trigram index of a filled database, made as the program offers it and dropped again."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.places import fetch

if TYPE_CHECKING:
    from bench.places import Place


def has_trigrams(place: Place) -> bool:
    """Whether the server offers pg_trgm."""
    return bool(fetch(place.dialect, place.driver, "SELECT 1 FROM pg_available_extensions WHERE name = $1", "pg_trgm"))


@contextmanager
def trigram_index(place: Place, *, keep: bool) -> Iterator[Callable[[], float]]:
    """Make what the program offers to copy; drop it afterwards unless `keep`. Yields how many seconds it took."""
    statements = asyncio.run(_offered(place)).splitlines()
    begun = time.perf_counter()
    for statement in statements:
        fetch(place.dialect, place.driver, statement)
    fetch(place.dialect, place.driver, "ANALYZE users")
    took = time.perf_counter() - begun
    try:
        yield lambda: took
    finally:
        for name in [] if keep else re.findall(r'CREATE INDEX CONCURRENTLY "(\w+)"', "\n".join(statements)):
            fetch(place.dialect, place.driver, f'DROP INDEX "{name}"')


async def _offered(place: Place) -> str:
    """The statements that this database lacks."""
    from tui.browse.cost.catalogue import load_indexes
    from tui.browse.cost.indexes import contains_advice
    from tui.database import open_database
    from tui.settings import parse_url

    async with await open_database(parse_url(place.url)):
        advice = contains_advice(await load_indexes("users"))
    return advice.sql if advice is not None else ""
