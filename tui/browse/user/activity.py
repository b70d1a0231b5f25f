"""How often one user signed in and failed to, day by day: a month at a glance. Bounded, by the user's own index."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from models import LoginAttempt

if TYPE_CHECKING:
    from collections.abc import Iterable

DAYS = 30
MOST = 2_000
"""Attempts that are read, newest first: what is older than these is not counted."""
FAILURES = 3
"""Failures that are shown one by one."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt that failed. Texts are as stored, not yet safe to show."""

    at: datetime
    outcome: str
    address: str


@dataclass(frozen=True, slots=True)
class Activity:
    """Sign-ins and failures of each of the last DAYS days, today last, in the zone of whoever reads.

    `since` is the oldest attempt that was counted where there were more than MOST, else None.
    """

    days: tuple[date, ...]
    sign_ins: tuple[int, ...]
    failures: tuple[int, ...]
    last_failures: tuple[Failure, ...]
    since: datetime | None


async def load_activity(user_id: int, now: datetime) -> Activity:
    """Return the last month of a user: one query by the index of the user's attempts, at most MOST rows of it."""
    rows = LoginAttempt.filter(user_id=user_id).order_by("-id").limit(MOST)
    attempts = await rows.values_list("created_at", "outcome", "ip")
    return counted(attempts, now)


def counted(attempts: Iterable[tuple[datetime, str, str | None]], now: datetime) -> Activity:
    """Return attempts, newest first, as days. One that lies ahead of `now`, by a clock set back, counts as today's."""
    found = list(attempts)
    today = now.astimezone().date()
    days = tuple(today - timedelta(days=back) for back in reversed(range(DAYS)))
    sign_ins: Counter[date] = Counter()
    failures: Counter[date] = Counter()
    for at, outcome, _ in found:
        (sign_ins if outcome == "ok" else failures)[min(at.astimezone().date(), today)] += 1
    failed = (Failure(at, outcome, address or "") for at, outcome, address in found if outcome != "ok")
    oldest = found[-1][0] if len(found) == MOST else None
    return Activity(
        days,
        tuple(sign_ins[day] for day in days),
        tuple(failures[day] for day in days),
        tuple(failure for failure, _ in zip(failed, range(FAILURES), strict=False)),
        oldest if oldest is not None and oldest.astimezone().date() >= days[0] else None,
    )
