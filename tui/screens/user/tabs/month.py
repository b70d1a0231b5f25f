"""The month of a user on the Account tab: a bar a day for sign-ins and for failures, and the same in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from models.operations.sign_in.attempts import outcome_words
from models.operations.text import counted, grouped
from tui.browse.moments import stamp
from tui.browse.user.activity import DAYS, MOST, Activity
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from tui.widgets.facts import Fact

BARS: Final = "▁▂▃▄▅▆▇█"
NONE: Final = "·"
"""A day without any: a dot is not a low bar."""


def month(activity: Activity, now: datetime) -> Iterator[Fact]:
    """Return the facts: bars and words of sign-ins and of failures, then the last failures one by one."""
    yield f"Sign-ins, {DAYS} days", _bars(activity.sign_ins, activity.days)
    yield f"Failures, {DAYS} days", _bars(activity.failures, activity.days)
    if activity.since is not None:
        yield "Counted", Content(f"the newest {counted(MOST, 'attempt')}, since {stamp(activity.since, now)}")
    if activity.last_failures:
        lines = [
            safe(f"{stamp(one.at, now):<16} {one.address or 'no address':<15} {outcome_words(one.outcome)}", 120)
            for one in activity.last_failures
        ]
        yield "Last failures", Content("\n").join(lines)


def _bars(counts: Sequence[int], days: Sequence[date]) -> Content:
    """`··▂·█  12, most on 21 Nov: 5`."""
    total, most = sum(counts), max(counts)
    if not total:
        return Content(f"{NONE * len(counts)}  none")
    bars = "".join(_bar(count, most) for count in counts)
    day = days[len(counts) - 1 - list(reversed(counts)).index(most)]
    when = f"on {day.day} {day:%b}"
    return Content(f"{bars}  {grouped(total)}, {when if most == total else f'most {when}: {grouped(most)}'}")


def _bar(count: int, most: int) -> str:
    return BARS[(count * len(BARS) - 1) // most] if count else NONE
