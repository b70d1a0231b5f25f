"""What a user may do now, and where each permission comes from. Reads only; the rules are in `models.permissions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise.expressions import Q

from models import Account, RolePermission, UserRole
from models.clock import database_now
from models.operations.transactions import connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.user import AccountColumns


@dataclass(frozen=True, slots=True)
class RoleSource:
    """A role that a user holds now, what it allows, and who granted it."""

    role_id: int
    role: str
    codenames: frozenset[str]
    granted_by: str
    granted_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a user may do now. A superuser may do everything; expired grants count for nothing."""

    user_id: int
    is_superuser: bool
    sources: tuple[RoleSource, ...]

    @property
    def codenames(self) -> frozenset[str]:
        """Every permission that some role gives. Empty for a superuser without roles: ask `has`."""
        return frozenset().union(*(source.codenames for source in self.sources))

    @property
    def is_staff(self) -> bool:
        """Whether Shellback is open to this user at all: some role, or superuser."""
        return self.is_superuser or bool(self.sources)

    def has(self, codename: str) -> bool:
        """Whether this may be done."""
        return self.is_superuser or codename in self.codenames

    def end_of(self, codenames: Iterable[str]) -> datetime | None:
        """Return when the first of these permissions ends to be held; None where none does by itself."""
        if self.is_superuser:
            return None
        ends = [
            _last_end(source.expires_at for source in self.sources if name in source.codenames) for name in codenames
        ]
        return min((end for end in ends if end is not None), default=None)

    def where_from(self, codename: str) -> tuple[str, ...]:
        """Return the names of the roles that give this permission; ("superuser", ...) first for a superuser."""
        roles = tuple(source.role for source in self.sources if codename in source.codenames)
        return ("superuser", *roles) if self.is_superuser else roles


def _last_end(ends: Iterable[datetime | None]) -> datetime | None:
    """The last of several ends; None where one is for good, and where there is none."""
    found = list(ends)
    return None if None in found else max((end for end in found if end is not None), default=None)


async def effective_permissions(user_id: int) -> Permissions | None:
    """Return what the user may do by the database's clock, or None when there is no such user.

    It says nothing of whether the account is active: that is asked apart.
    """
    client = connection()
    account = await Account.get_or_none(id=user_id, using_db=client)
    if account is None:
        return None
    return (await permissions_of(client, [account], await database_now(client)))[user_id]


async def permissions_of(
    client: BaseDBAsyncClient, accounts: Sequence[AccountColumns], now: datetime
) -> dict[int, Permissions]:
    """Return the permissions of each account by its id, with two queries however many there are."""
    current = Q(expires_at=None) | Q(expires_at__gt=now)
    sources = await _sources(client, current, [account.id for account in accounts])
    return {
        account.id: Permissions(account.id, account.is_superuser, tuple(sources[account.id])) for account in accounts
    }


async def expired_grants(client: BaseDBAsyncClient, user_id: int, now: datetime) -> tuple[RoleSource, ...]:
    """Return the roles that the user held until some moment before `now`: they count for nothing, and stand there until
    they are renewed or taken away."""
    return tuple((await _sources(client, Q(expires_at__lte=now), [user_id]))[user_id])


async def _sources(client: BaseDBAsyncClient, which: Q, user_ids: Sequence[int]) -> dict[int, list[RoleSource]]:
    """The grants of these users, by name, with what each role allows: two queries however many there are."""
    grants = (
        await UserRole.filter(which, user_id__in=list(user_ids))
        .using_db(client)
        .order_by("role__name")
        .values("user_id", "role_id", "role__name", "granted_by_label", "granted_at", "expires_at")
    )
    codenames: dict[int, set[str]] = {grant["role_id"]: set() for grant in grants}
    rows = await RolePermission.filter(role_id__in=list(codenames)).using_db(client).values_list("role_id", "codename")
    for role_id, codename in rows:
        codenames[role_id].add(codename)
    found: dict[int, list[RoleSource]] = {user_id: [] for user_id in user_ids}
    for grant in grants:
        source = RoleSource(
            grant["role_id"],
            grant["role__name"],
            frozenset(codenames[grant["role_id"]]),
            grant["granted_by_label"],
            grant["granted_at"],
            grant["expires_at"],
        )
        found[grant["user_id"]].append(source)
    return found


async def superuser_exists() -> bool:
    """Whether some superuser is there, active or not: then the first start is over. For a role of the server that may
    make no users it is over as well: row security may hide the superusers from it, and it could not make the first."""
    client = connection()
    if await Account.filter(is_superuser=True, deleted_at=None).using_db(client).exists():
        return True
    if client.capabilities.dialect != "postgres":
        return False
    (row,) = await client.execute_query_dict("SELECT has_any_column_privilege('users', 'INSERT') AS may_make")
    return not row["may_make"]
