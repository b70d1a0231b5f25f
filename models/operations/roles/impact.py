"""What changing a role would do to those who hold it: how many there are, and what each gains or loses in effect.

Counted by the database and bounded on both sides: at most so many holders are looked at, and at most so many are
counted. Somebody gains nothing who has the permission by another role, or is a superuser, or is deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models import RolePermission
from models.operations.statements import Values, fetch, ids_in, numbers
from models.operations.text import clipped, counted, grouped, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.roles.state import RoleState

COUNTED: Final = 1_000
"""Users that are counted one by one; more is `1 000+`."""

LOOKED_AT: Final = 10_000
"""Holders that are looked at, in the order of their ids."""

SAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Bounded:
    """A number that is exact, or at least this."""

    number: int
    more: bool = False

    def __str__(self) -> str:
        return f"{grouped(self.number)}+" if self.more else grouped(self.number)

    def of(self, noun: str) -> str:
        """Return "1 user", "12 users" or "1 000+ users"."""
        return f"{self} {noun}s" if self.more else counted(self.number, noun)


@dataclass(frozen=True, slots=True)
class Effect:
    """A permission that goes into the role or out of it, and for how many that makes a difference."""

    codename: str
    gained: bool
    users: Bounded


@dataclass(frozen=True, slots=True)
class Sample:
    """One of those for whom something changes."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Impact:
    """All of it. `holders` counts whoever holds the role now, of any state."""

    holders: Bounded
    effects: tuple[Effect, ...] = ()
    samples: tuple[Sample, ...] = ()

    def sentences(self) -> Iterator[str]:
        """Say it, the most important first."""
        if not self.holders.number:
            yield "nobody holds this role now"
            return
        verb = "holds" if str(self.holders) == "1" else "hold"
        yield f"{self.holders.of('user')} {verb} this role"
        for gained, words in ((True, ("gains", "gain")), (False, ("loses", "lose"))):
            by_users: dict[Bounded, list[str]] = {}
            for effect in self.effects:
                if effect.gained is gained and effect.users.number:
                    by_users.setdefault(effect.users, []).append(clipped(effect.codename, 50))
            for users, codenames in by_users.items():
                yield f"{users.of('user')} {words[str(users) != '1']} {listed(sorted(codenames))}"
        if self.samples:
            yield f"among them {', '.join(f'{clipped(one.username, 50)} #{one.id}' for one in self.samples)}"
        idle = [clipped(effect.codename, 50) for effect in self.effects if not effect.users.number]
        if idle:
            yield f"{listed(sorted(idle))}: no difference to anybody, by other roles or as superuser"


async def impact_of(
    client: BaseDBAsyncClient, state: RoleState, added: AbstractSet[str], removed: AbstractSet[str], now: datetime
) -> Impact:
    """Return what putting `added` into the role and taking `removed` out of it does. Two or three queries."""
    codenames = (*sorted(added), *sorted(removed))
    givers = await _other_givers(client, state.id, codenames)
    values = Values()
    role, at = values(state.id), values(now)
    held = (
        f"WITH held AS (SELECT h.user_id FROM user_roles h WHERE h.role_id = {role}"
        f" AND (h.expires_at IS NULL OR h.expires_at > {at}) ORDER BY h.user_id LIMIT {LOOKED_AT + 1})"
    )
    tests = [_makes_a_difference(client, values, at, givers[name]) for name in codenames]
    several = f"(SELECT count(*) FROM (SELECT 1 FROM held LIMIT {COUNTED + 1}) c)"
    each = [
        f"(SELECT count(*) FROM (SELECT 1 FROM held JOIN users u ON u.id = held.user_id WHERE {test}"
        f" LIMIT {COUNTED + 1}) c)"
        for test in tests
    ]
    everybody = "(SELECT count(*) FROM held)"
    (row,) = await fetch(client, f"{held} SELECT {', '.join([several, everybody, *each])}", *values.given)
    cut = row[1] > LOOKED_AT
    effects = tuple(
        Effect(name, name in added, bounded(row[place], cut=cut)) for place, name in enumerate(codenames, 2)
    )
    samples: tuple[Sample, ...] = ()
    if any(effect.users.number for effect in effects):
        found = await fetch(
            client,
            f"{held} SELECT u.id, u.username FROM held JOIN users u ON u.id = held.user_id"
            f" WHERE {' OR '.join(f'({test})' for test in tests)} ORDER BY u.id LIMIT {SAMPLES}",
            *values.given,
        )
        samples = tuple(Sample(one[0], one[1]) for one in found)
    return Impact(bounded(row[0]), effects, samples)


def bounded(number: int, *, cut: bool = False) -> Bounded:
    """Return what was counted with a limit of COUNTED + 1. `cut`: not everybody was looked at."""
    return Bounded(COUNTED, more=True) if number > COUNTED else Bounded(number, more=cut and number > 0)


async def _other_givers(client: BaseDBAsyncClient, role_id: int, codenames: tuple[str, ...]) -> dict[str, list[int]]:
    """Which other roles have each codename. Roles are few."""
    givers: dict[str, list[int]] = {name: [] for name in codenames}
    if codenames:
        query = RolePermission.filter(codename__in=list(codenames)).exclude(role_id=role_id).using_db(client)
        for other, name in await query.values_list("role_id", "codename"):
            givers[name].append(int(other))
    return givers


def _makes_a_difference(client: BaseDBAsyncClient, values: Values, at: str, givers: list[int]) -> str:
    plain = "NOT u.is_superuser AND u.deleted_at IS NULL"
    if not givers:
        return plain
    among = ids_in(client, "o.role_id", values(numbers(client, givers)))
    current = f"(o.expires_at IS NULL OR o.expires_at > {at})"
    return f"{plain} AND NOT EXISTS (SELECT 1 FROM user_roles o WHERE o.user_id = u.id AND {among} AND {current})"
