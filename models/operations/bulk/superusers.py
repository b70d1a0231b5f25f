"""The last superuser, in a bulk: taken away one after the other, in the order of ids, until the next would be the last.

Counting is only true while all superusers are locked, as in `guards.keeps_a_superuser`, whose two rules these are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.operations.bulk.sql import Values, fetch
from models.operations.bulk.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient


@dataclass(slots=True)
class Superusers:
    """How many active superusers are left, and how many of them without an end date."""

    live: int
    lasting: int

    def refused(self, rows: Iterable[Any], *, stay: bool) -> dict[int, Verdict]:
        """Return which of these superusers, in the order of their ids, cannot be taken away; count the others out.

        `rows` have the FACTS of `rules`. `stay`: they go on being active and only get an end date.
        """
        found: dict[int, Verdict] = {}
        for row in sorted(rows, key=lambda row: int(row["id"])):
            if not row["is_live"]:
                continue
            lasts = row["expires_at"] is None
            if self.live <= 1:
                found[row["id"]] = Verdict.LAST_SUPERUSER
            elif lasts and self.lasting <= 1:
                found[row["id"]] = Verdict.LASTING_SUPERUSER
            else:
                self.live, self.lasting = self.live - (not stay), self.lasting - lasts
        return found


async def count_superusers(client: BaseDBAsyncClient, now: datetime) -> Superusers:
    """Count the active ones, as `context.is_live` says."""
    values = Values()
    live = f"is_active AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > {values(now)})"
    lasting = "coalesce(sum(CASE WHEN expires_at IS NULL THEN 1 ELSE 0 END), 0)"
    sql = f"SELECT count(*) AS live, {lasting} AS lasting FROM users WHERE is_superuser = TRUE AND {live}"
    (row,) = await fetch(client, sql, *values.given)
    return Superusers(int(row["live"]), int(row["lasting"]))
