"""Values of the database in the few words of a table: times in UTC, the state of a user."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models.operations.text import is_endless
from tui.browse.user.states import badges

if TYPE_CHECKING:
    from tui.browse.user.states import Facts


def minute(moment: datetime | None, missing: str = "never") -> str:
    """A time to the minute, UTC, as all of the command line shows it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else missing


def lock_end(moment: datetime) -> str:
    """When a lock ends: a time to the minute, or `for good`."""
    return "for good" if is_endless(moment) else minute(moment)


def state(user: Facts, now: datetime) -> str:
    """The badges that hold at `now`, the gravest first."""
    return ", ".join(badge.word for badge in badges(user, now, lock_end))


def leading_minus(order: str) -> str:
    """`created-` as `-created`: with the minus in front argparse would take it for an option."""
    return f"-{order[:-1]}" if order.endswith("-") else order
