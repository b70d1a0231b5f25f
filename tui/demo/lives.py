"""What has happened to the demo's people: when they came, how their accounts stand, when they signed in.

Like `tui.demo.people` a function of the number, for a given world. Shares are chosen so that every state of an account
is met within a few screens of ten thousand people, and most accounts are in order. Moments are whole seconds since
1970; how they are stored is in `tui.demo.rows`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

DAY: Final = 86_400
YEARS: Final = 6 * 365 * DAY
"""How long ago the first account was made."""

RECENT: Final = 4 * DAY
"""How far back, in seconds, lies what the staff did in the last days."""

SUPERUSERS: Final = frozenset({0, 41, 977, 5003})
"""Few, as they should be; 0 is the demo's own."""

STAFF: Final = ("operator", "operator", "support", "support", "support", "support", "auditor", "dba")
"""The roles of the people from 1 on. They are who acts in the history."""


class World(NamedTuple):
    """How many people there are, by which seed, and what time it is for them."""

    people: int
    seed: int
    now: int


class Life(NamedTuple):
    """One account. A moment is None where the thing has not happened."""

    created: int
    later: int
    """Some moment between then and now: when the account was changed, if it was."""
    bits: int
    """64 random bits of this person, for whatever else is to be decided."""
    is_active: bool = True
    is_superuser: bool = False
    is_verified: bool = True
    usable: bool = True
    temporary_until: int | None = None
    """When a temporary password, which must be changed, expires; it was set a day before."""
    expires: int | None = None
    deactivated: int | None = None
    deleted: int | None = None
    role: str | None = None
    last_login: int | None = None
    failures: int = 0
    locked_until: int | None = None
    lock_cause: str | None = None

    def last_failed(self, now: int) -> int | None:
        """When the last failed sign-in was: failures lock for a quarter of an hour, from the last of them."""
        if not self.failures:
            return None
        if self.lock_cause == "failures" and self.locked_until is not None:
            return self.locked_until - 15 * 60
        return now - 60 - (self.bits >> 33) % 3600

    @property
    def edits(self) -> int:
        """How often the account was edited, beside what its state tells."""
        return (self.bits >> 30) % 3 if (self.bits >> 24) % 6 == 0 else 0

    @property
    def changes(self) -> tuple[int, ...]:
        """The moments at which the account was changed, in order: a grant, edits, and what its state tells, last."""
        state = self.temporary_until is not None or self.deactivated is not None or self.deleted is not None
        count = (self.role is not None) + self.edits + state
        end = self.deleted or self.deactivated or self.later
        if self.temporary_until is not None:
            end = max(self.created, self.temporary_until - DAY)
        return tuple(self.created + (end - self.created) * at // count for at in range(1, count + 1))


def life(number: int, world: World) -> Life:
    """The account of the person with this number, counted from 0."""
    bits = random_bits(number, world.seed)
    created = created_at(number, world, bits)
    since = max(world.now - created, 2)
    # One in five had to do with the staff in the last days, so that the newest pages of the history are varied.
    span = min(since, RECENT) if (bits >> 34) % 5 == 0 else since
    later = created + 1 + (since - span) + (bits >> 10) % (span - 1)
    if number in SUPERUSERS or 0 < number <= len(STAFF):
        role = STAFF[number - 1] if 0 < number <= len(STAFF) else None
        login = world.now - (bits >> 20) % (3 * DAY) if number else None
        return Life(created, later, bits, is_superuser=number in SUPERUSERS, role=role, last_login=login)
    plain = Life(
        created,
        later,
        bits,
        is_verified=bits & 7 != 0,
        role=STAFF[(bits >> 7) % len(STAFF)] if bits % 150 == 0 else None,
        last_login=None if (bits >> 4) % 16 == 0 else last_login(bits, since, world.now),
        failures=(bits >> 18) % 4 + 1 if bits % 31 == 0 else 0,
    )
    fate = (bits >> 40) % 1000
    return plain if fate >= 190 else _fallen(plain, fate, world.now)


def _fallen(plain: Life, fate: int, now: int) -> Life:
    """The account of somebody for whom not all is in order; `fate` is 0 to 189, of a thousand."""
    bits = plain.bits >> 12
    until_later = None if plain.last_login is None else min(plain.last_login, plain.later)
    if fate < 70:
        return plain._replace(is_active=False, deactivated=plain.later, last_login=until_later)
    if fate < 85:
        return plain._replace(usable=False, role=None, deleted=plain.later, last_login=until_later)
    if fate < 100:
        return plain._replace(expires=plain.later, last_login=until_later)
    if fate < 130:
        return plain._replace(expires=now + bits % (300 * DAY) + 1)
    if fate < 145:
        return plain._replace(temporary_until=now + bits % (DAY * 3 // 2) - DAY // 2)  # a third have expired
    if fate < 148:
        return plain._replace(failures=10, locked_until=now + bits % 900 + 1, lock_cause="failures")
    if fate < 150:
        return plain._replace(locked_until=now + bits % (30 * DAY) + 1, lock_cause="staff")
    return plain._replace(usable=False)


def created_at(number: int, world: World, bits: int) -> int:
    """When the account was made. Later numbers are later, but for some hours; more of them are recent."""
    share = min(1.0, (number + 1) / max(world.people, 1)) ** 0.7
    return world.now - YEARS + int((YEARS - DAY) * share) - (bits >> 13) % (DAY // 4)


def last_login(bits: int, since: int, now: int) -> int:
    """When somebody who signs in did so last: half of them within some weeks."""
    ago = (bits >> 44) / (1 << 20)
    return now - int(min(since, 2 * 365 * DAY) * ago**4)


def random_bits(number: int, seed: int) -> int:
    """64 bits that look random: SplitMix64 of the number, the same on every machine."""
    mask = 0xFFFFFFFFFFFFFFFF
    bits = ((number + 1) * 0x9E3779B97F4A7C15 + seed * 0xD1342543DE82EF95) & mask
    bits = ((bits ^ bits >> 30) * 0xBF58476D1CE4E5B9) & mask
    bits = ((bits ^ bits >> 27) * 0x94D049BB133111EB) & mask
    return bits ^ bits >> 31
