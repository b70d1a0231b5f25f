"""A condition on users: the shape of what `users.py` makes and `lists.access` chooses from."""

from __future__ import annotations

from dataclasses import dataclass

from tui.browse.sql import Sql


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on `u` and `a`, and SELECTs of ids by index whose union holds all that pass; none when no index helps."""

    test: Sql
    listed_by: tuple[Sql, ...] = ()
