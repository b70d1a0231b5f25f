"""What the database and the day add to the language of the search box. One short query."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from tui.browse.search.complete import Vocabulary
from tui.browse.sql import Sql, rows

MOST: Final = 500
"""Names of roles that are offered: a table with more of them is not one of roles."""


async def load_vocabulary() -> Vocabulary:
    """Return the names of the roles, sorted, and today's date where the program runs."""
    found = await rows(Sql("SELECT name FROM roles ORDER BY name LIMIT ?", (MOST,)))
    return Vocabulary(tuple(str(row["name"]) for row in found), datetime.now(UTC).astimezone().date())
